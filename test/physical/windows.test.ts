import test from 'ava'
import { explainPhysical } from '../../planner/explain/explain-physical.js'
import { optimize } from '../../planner/optimize/optimize.js'
import { planPhysical } from '../../planner/physical/plan-physical.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { PHYSICAL_OPTIONS } from '../support/physical-options.js'

const schema = parseSchema('a int, b int, c int, s string')
const catalog = catalogOf({
  t: { provider: 'parquet', options: {}, paths: ['t'], schema, statistics: { rows: 1e6, bytes: 1e7 } },
})
/** The operators of a query from the root, as EXPLAIN has them, without projections. */
function operators(sql: string): readonly string[] {
  const text = explainPhysical(planPhysical(optimize(analyzed(sql, catalog)), PHYSICAL_OPTIONS).root)
  return text
    .split('\n')
    .map((line) => line.replace(/^[^A-Z]*/, ''))
    .filter((line) => line !== '' && !line.startsWith('Project'))
    .map((line) => line.replace(/^Scan.*/, 'Scan'))
}

test('rows come to a window by the partition keys, ordered by them and then as the window says', (t) => {
  t.deepEqual(operators('select sum(c) over (partition by a order by b desc) from t'), [
    'Window [sum(_window) RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW], partition=[a], order=[b DESC NULLS LAST]',
    'Sort [a ASC NULLS FIRST, b DESC NULLS LAST]',
    'Exchange hash(a) into 4',
    'Scan',
  ])
})

test('without partition keys one task has all rows', (t) => {
  const [, ...below] = operators('select row_number() over (order by b) from t')
  t.deepEqual(below, ['Sort [b ASC NULLS FIRST]', 'Exchange single', 'Scan'])
})

test('rows that lie and are ordered as a window needs them are neither moved nor sorted again', (t) => {
  const kinds = (sql: string): string =>
    operators(sql)
      .map((line) => line.split(' ')[0])
      .join(' ')
  t.is(
    kinds('select max(c) over (partition by a), rank() over (partition by a order by b) from t'),
    'Window Window Sort Exchange Scan',
  )
  t.is(
    kinds('select rank() over (partition by a order by b), rank() over (partition by a order by c) from t'),
    'Window Sort Window Sort Exchange Scan',
  )
  t.is(
    kinds('select a, rank() over (partition by a order by sum(b)) from t group by a'),
    'Window Sort HashAggregate Exchange HashAggregate Scan',
  )
})

test('a condition on partition keys filters the rows before the window, any other the results', (t) => {
  const lines = operators(
    'select * from (select a, b, rank() over (partition by a, b order by c) as r from t) q where a > 1 and r = 1 and b + a = 3',
  )
  t.regex(lines[0]!, /^Filter \(RANK\(\).* = 1\)$/)
  t.regex(lines.slice(1).join('\n'), /Window.*Exchange.*Filter.*a > 1/s)
  const over = operators(
    'select * from (select a, b, rank() over (partition by a order by c) as r from t) q where b = 1',
  )
  t.is(over[0], 'Filter (b = 1)')
})

test('a function whose result nobody reads is not computed, nor its column carried', (t) => {
  const plan = operators(
    'select a, r from (select a, rank() over (partition by a order by b) r, max(s) over (partition by a) m from t) q',
  )
  t.is(plan.filter((line) => line.startsWith('Window')).length, 1)
  t.deepEqual(operators('select a from (select a, max(s) over (partition by a) m from t) q'), ['Scan'])
})

const ranked = (ranking: string, condition: string, keys = 'partition by a order by b desc'): string =>
  `select a, b from (select *, ${ranking}() over (${keys}) r from t) q where ${condition}`
const limitsOf = (sql: string): readonly string[] =>
  operators(sql).filter((line) => line.startsWith('WindowGroupLimit'))

test('rows beyond a place in their partition are left out before they are brought together, and again before they are sorted', (t) => {
  t.deepEqual(operators(ranked('row_number', 'r <= 2')), [
    'Filter (row_number() OVER (PARTITION BY a ORDER BY b DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) <= 2)',
    'Window [row_number() ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW], partition=[a], order=[b DESC NULLS LAST]',
    'Sort [a ASC NULLS FIRST, b DESC NULLS LAST]',
    'WindowGroupLimit (final) row_number <= 2, partition=[a], order=[b DESC NULLS LAST]',
    'Exchange hash(a) into 4',
    'WindowGroupLimit (partial) row_number <= 2, partition=[a], order=[b DESC NULLS LAST]',
    'Scan',
  ])
})

test('what limits the places of rows is a comparison with a constant, of any ranking', (t) => {
  const limit = (ranking: string, condition: string): string | undefined =>
    limitsOf(ranked(ranking, condition))[0]?.match(/\) (.*), partition/)?.[1]
  t.is(limit('rank', 'r < 4'), 'rank <= 3')
  t.is(limit('dense_rank', '4 >= r'), 'dense_rank <= 4')
  t.is(limit('rank', '4 > r and b > 1'), 'rank <= 3')
  t.is(limit('row_number', 'r = 1'), 'row_number <= 1')
  t.is(limit('row_number', 'r <=> 5'), 'row_number <= 5')
  t.is(limit('row_number', 'r between 3 and 7'), 'row_number <= 7')
  t.is(limit('row_number', 'r < 9 and r <= 6'), 'row_number <= 6')
  t.is(limit('row_number', 'r <= 256'), 'row_number <= 256')
  t.is(limit('row_number', 'r <= 0'), 'row_number <= 1')
  for (const condition of ['r <= 257', 'r > 1', 'r >= 1', 'r <> 1', '2 <= r', 'r = b', 'r <= 2 or b = 1', 'r + 1 <= 2'])
    t.is(limit('row_number', condition), undefined, condition)
  t.is(limit('percent_rank', 'r = 1'), undefined)
})

test('QUALIFY limits the places of rows as WHERE around does', (t) => {
  t.is(limitsOf('select a, b from t qualify rank() over (partition by a order by b) = 1').length, 2)
})

test('of several rankings over one window the least limit counts; beside other functions there is none', (t) => {
  const over = (calls: string, condition: string): readonly string[] =>
    limitsOf(
      `select * from (select a, b, ${calls} from t window w as (partition by a order by b)) q where ${condition}`,
    )
  t.regex(over('rank() over w r, row_number() over w n', 'r <= 3 and n <= 5')[0]!, / rank <= 3,/)
  t.regex(over('rank() over w r, row_number() over w n', 'r <= 7 and n <= 5')[0]!, / row_number <= 5,/)
  t.deepEqual(over('row_number() over w n, sum(c) over w s', 'n <= 5 and s > 0'), [])
  t.deepEqual(over('row_number() over w n, lead(c) over w l', 'n <= 5 and l > 0'), [])
})

test('rows that are together already are limited once, and those in order not at all', (t) => {
  const grouped = '(select a, b, sum(c) c from t group by a, b) g'
  const first = (keys: string): readonly string[] =>
    limitsOf(`select * from (select a, rank() over (partition by ${keys}) r from ${grouped}) q where r = 1`)
  t.deepEqual(first('a, b order by c'), [
    'WindowGroupLimit (final) rank <= 1, partition=[a, b], order=[c ASC NULLS FIRST]',
  ])
  const twice =
    'select * from (select *, rank() over (partition by a order by b) r from (select *, sum(c) over (partition by a order by b) total from t) i) q where r = 1 and total > 1'
  t.deepEqual(limitsOf(twice), [])
  t.is(limitsOf(ranked('rank', 'r = 1', 'order by b')).length, 2)
})
