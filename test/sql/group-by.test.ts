import test from 'ava'
import { parseQuery } from '../../planner/sql/query.js'
import { outline } from '../support/outline.js'

/** The keys and grouping sets of a GROUP BY, keys by name. */
function groupBy(text: string): string {
  const query = parseQuery(`select 1 from t group by ${text}`)
  if (query.kind !== 'aggregate') return query.kind
  const keys = query.groupBy.map(outline)
  if (!query.sets) return keys.join()
  return query.sets.map((set) => `(${set.map((key) => keys[key]).join()})`).join(' ')
}

test('ROLLUP, CUBE and GROUPING SETS are lists of sets of keys', (t) => {
  t.is(groupBy('a, b with rollup'), '(a,b) (a) ()')
  t.is(groupBy('a, b with cube'), '(a,b) (a) (b) ()')
  t.is(groupBy('rollup(a, (b, c), d)'), '(a,b,c,d) (a,b,c) (a) ()')
  t.is(groupBy('cube(a, (b, c))'), '(a,b,c) (a) (b,c) ()')
  t.is(groupBy('grouping sets (a, (b, c), (), rollup(d), grouping sets ((a), b))'), '(a) (b,c) () (d) () (a) (b)')
  t.is(groupBy('a, rollup(b), grouping sets (c, ())'), '(a,b,c) (a,b) (a,c) (a)')
  t.is(groupBy('a, b grouping sets ((a), ())'), '(a) ()')
  t.is(groupBy('rollup((a + b) * 2, (c))'), '((* (+ a b) 2:int),c) ((* (+ a b) 2:int)) ()')
})

test('the words of grouping sets are names where nothing else may stand', (t) => {
  t.is(groupBy('rollup, cube'), 'rollup,cube')
  t.is(groupBy('cube()'), '(cube)')
  t.is(groupBy('all'), 'all')
  t.is(groupBy('a, grouping'), 'a,grouping')
})

test('empty sets in ROLLUP and CUBE are refused, and more sets than can be told', (t) => {
  t.throws(() => groupBy('rollup(a, ())'), { message: /_LEGACY_ERROR_TEMP_0051.*ROLLUP/ })
  t.throws(() => groupBy('cube((), a)'), { message: /_LEGACY_ERROR_TEMP_0051.*CUBE/ })
  t.throws(() => groupBy('()'), { message: /PARSE_SYNTAX_ERROR/ })
  const names = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}`).join()
  t.notThrows(() => groupBy(`cube(${names(12)})`))
  t.throws(() => groupBy(`cube(${names(13)})`), { message: /QUERY_TOO_COMPLEX.*grouping sets/ })
  t.throws(() => groupBy(`cube(${names(1100)})`), { message: /QUERY_TOO_COMPLEX.*grouping sets/ })
  t.throws(() => groupBy(`rollup(${names(70)}), cube(${names(6)})`), { message: /QUERY_TOO_COMPLEX.*grouping sets/ })
})

/** The clauses behind a table. */
const from = (text: string) => {
  const query = parseQuery(`select * from ${text}`)
  return query.kind === 'project' ? query.input : query
}

test('PIVOT and UNPIVOT stand behind a relation and may have a name', (t) => {
  const pivot = from('t pivot (sum(a) as s, max(b) for c in (1, 2 as two, 3 three)) p')
  t.is(pivot.kind, 'subqueryAlias')
  t.like(pivot, { alias: 'p', input: { kind: 'pivot', input: { kind: 'table', name: ['t'] } } })
  const { input } = pivot as Extract<typeof pivot, { kind: 'subqueryAlias' }>
  if (input.kind === 'pivot') {
    t.deepEqual(input.aggregates.map(outline), ['(sum a) as s', '(max b)'])
    t.deepEqual(input.columns.map(outline), ['c'])
    t.deepEqual(
      input.values!.map(({ name }) => name),
      [undefined, 'two', 'three'],
    )
  }
  t.like(from('t pivot (sum(a) for (b, c) in ((1, 2), (3, 4) as x))'), { values: { 1: { name: 'x' } } })
  t.like(from('t unpivot include nulls ((a, b) for n in ((c, d) as cd, (e, f))) u'), {
    kind: 'subqueryAlias',
    input: { includeNulls: true, valueColumns: ['a', 'b'], nameColumn: 'n', groups: { 0: { name: 'cd' } } },
  })
  t.like(from('t unpivot exclude nulls (a for n in (c))'), { kind: 'unpivot', includeNulls: false })
  t.like(from('t pivot'), { kind: 'subqueryAlias', alias: 'pivot' })
  t.like(from('t unpivot, u'), { kind: 'join', left: { alias: 'unpivot' } })
  t.throws(() => from('t pivot (sum(a))'), { message: /PARSE_SYNTAX_ERROR.*FOR/ })
  t.throws(() => from('t unpivot (a for n in ())'), { message: /PARSE_SYNTAX_ERROR/ })
})
