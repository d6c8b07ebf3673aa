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
