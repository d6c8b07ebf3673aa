import test from 'ava'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'
import { planFaults } from '../support/plan-faults.js'

const schema = parseSchema('a int not null, b bigint, s string, f boolean, m map<string,int>, st struct<x: int>')
const catalog = catalogOf({ t: { provider: 'parquet', options: {}, paths: ['t'], schema } })

/** The condition of a query, its parameters, and the text it marks. */
function refusal(sql: string): readonly unknown[] {
  try {
    analyzed(sql, catalog)
    return ['accepted']
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    const { condition, parameters, origin } = error
    return [condition, Object.values(parameters), origin?.text.slice(origin.start, origin.end)]
  }
}

/** The columns of a query as in a schema; its plan must be sound. */
function columns(sql: string): string {
  const plan = analyzed(sql, catalog)
  const faults = planFaults(plan)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  return outputOf(plan)
    .map(({ name, type, nullable }) => `${name} ${typeName(type)}${nullable ? '' : ' not null'}`)
    .join(', ')
}

test('keys that a set leaves out may be NULL, those of all sets are what they were', (t) => {
  t.is(columns('select a, count(*) from t group by rollup(a)'), 'a int, count(1) bigint not null')
  t.is(columns('select a, b from t group by a, rollup(b)'), 'a int not null, b bigint')
  t.is(
    columns('select grouping(a), grouping_id(a, b), grouping__id, a + 1 from t group by cube(a, b)'),
    'grouping(a) tinyint not null, grouping_id(a, b) bigint not null, grouping__id bigint not null, (a + 1) int',
  )
  t.is(
    columns('select a, count(distinct b) from t group by grouping sets ((a), (a), ())'),
    'a int, count(DISTINCT b) bigint not null',
  )
})

test('what asks for the grouping set needs sets, and one of their keys', (t) => {
  const unsupported = 'UNSUPPORTED_GROUPING_EXPRESSION'
  t.deepEqual(refusal('select grouping(a) from t'), [unsupported, [], 'grouping(a)'])
  t.deepEqual(refusal('select a from t where grouping_id(a) = 1'), [unsupported, [], 'grouping_id(a)'])
  t.deepEqual(refusal('select grouping__id from t group by a'), [unsupported, [], 'grouping__id'])
  t.deepEqual(refusal('select a from t group by a having grouping(a) > 0'), [unsupported, [], 'grouping(a)'])
  t.deepEqual(refusal('select a from t group by a order by grouping_id(a)'), [unsupported, [], 'grouping_id(a)'])
  t.deepEqual(refusal('select grouping(b) from t group by rollup(a, s)'), [
    'GROUPING_COLUMN_MISMATCH',
    ['b', 'a,s'],
    'grouping(b)',
  ])
  t.deepEqual(refusal('select grouping_id(s, a) from t group by rollup(a, s)'), [
    'GROUPING_ID_COLUMN_MISMATCH',
    ['s,a', 'a,s'],
    'grouping_id(s, a)',
  ])
  t.is(refusal('select grouping() from t group by rollup(a)')[0], 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION')
  t.is(refusal('select a, b from t group by rollup(a)')[0], 'MISSING_AGGREGATION')
  const keys = (count: number): string => Array.from({ length: count }, (_, i) => `a + ${i}`).join()
  t.is(refusal(`select count(*) from t group by ${keys(63)} grouping sets (())`)[0], 'accepted')
  t.deepEqual(
    refusal(`select count(*) from t group by ${keys(64)} grouping sets (())`)[0],
    'GROUPING_SIZE_LIMIT_EXCEEDED',
  )
})

test('positions and aliases are keys of sets too', (t) => {
  t.is(columns('select b as k, a, count(*) from t group by cube(k, 2)'), 'k bigint, a int, count(1) bigint not null')
  t.deepEqual(refusal('select a, count(*) from t group by cube(1, 2)').slice(0, 2), [
    'GROUP_BY_POS_AGGREGATE',
    ['2', 'count(1) AS `count(1)`'],
  ])
  t.deepEqual(refusal('select a from t group by rollup(3)'), ['GROUP_BY_POS_OUT_OF_RANGE', ['3', '1'], '3'])
})

test('GROUP BY ALL takes the members of the list without aggregates, and is a column if there is one', (t) => {
  t.is(
    columns('select s, a + 1, count(*) from t group by all'),
    's string, (a + 1) int not null, count(1) bigint not null',
  )
  t.is(
    columns('select t.*, 1 one from (select a, b from t) t group by all'),
    'a int not null, b bigint, one int not null',
  )
  t.is(columns('select count(*) from (select a as all from t) group by all'), 'count(1) bigint not null')
  t.is(columns('select (select max(b) from t) x, sum(a) from t group by all'), 'x bigint, sum(a) bigint')
  t.is(
    columns('select a, (select max(u.b) from t u where u.a = t.a), count(*) from t group by all'),
    'a int not null, scalarsubquery(a) bigint, count(1) bigint not null',
  )
  t.is(columns('select stack(2, a + 1L, count(*)) from t group by all'), 'col0 bigint')
  t.is(columns('select s, stack(2, a + 1L, b) from t group by all'), 's string, col0 bigint')
  t.deepEqual(refusal('select stack(2, a + count(*), 1L) from t group by all'), [
    'UNRESOLVED_ALL_IN_GROUP_BY',
    [],
    'all',
  ])
  t.deepEqual(refusal('select a + count(*) from t group by all'), ['UNRESOLVED_ALL_IN_GROUP_BY', [], 'all'])
  t.deepEqual(refusal('select max(a), (select 1) + count(*) from t group by all'), [
    'UNRESOLVED_ALL_IN_GROUP_BY',
    [],
    'all',
  ])
  t.is(refusal('select a + count(*), b from t group by all')[0], 'MISSING_AGGREGATION')
  t.is(refusal('select a, count(*) from t group by all, a')[0], 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
})

test('PIVOT and UNPIVOT tell what does not fit', (t) => {
  t.is(
    columns("select * from (select a, s, b from t) pivot (sum(b) x, count(*) for s in ('p', null as none))").replaceAll(
      ' bigint',
      '',
    ),
    'a int not null, p_x, p_count(1), none_x, none_count(1)',
  )
  t.is(
    columns("select * from (select a, s, b from t) pivot (max(a) for (b, s) in ((1, 'x'), (2, null)))"),
    '{1, x} int, {2, null} int',
  )
  t.deepEqual(refusal('select * from t pivot (sum(a) for a in (b))'), ['NON_LITERAL_PIVOT_VALUES', ['"b"'], 'b'])
  t.deepEqual(refusal('select * from t pivot (a + sum(b) for s in (1))'), ['_LEGACY_ERROR_TEMP_1006', ['t.a'], 'a'])
  t.is(refusal('select * from t pivot (sum(max(b)) for a in (1))')[0], 'NESTED_AGGREGATE_FUNCTION')
  t.deepEqual(refusal('select * from t pivot (sum(b) for (a, s) in (1))').slice(0, 2), [
    'PIVOT_VALUE_DATA_TYPE_MISMATCH',
    ['1', 'int', 'struct<a:int,s:string>'],
  ])
  t.deepEqual(refusal('select * from t pivot (sum(b) for (a, s) in ((1, 2, 3)))').slice(0, 2), [
    'PIVOT_VALUE_DATA_TYPE_MISMATCH',
    ['named_struct(col1, 1, col2, 2, col3, 3)', 'struct<col1:int,col2:int,col3:int>', 'struct<a:int,s:string>'],
  ])
  t.is(refusal('select * from t pivot (sum(b) for m in (1))')[0], 'INCOMPARABLE_PIVOT_COLUMN')
  t.is(
    columns('select * from (select a, b, s from t) unpivot (x for n in (a, b as bb))'),
    's string, n string not null, x bigint',
  )
  t.deepEqual(refusal('select * from t unpivot (x for n in (a, s))').slice(0, 2), [
    'UNPIVOT_VALUE_DATA_TYPE_MISMATCH',
    ['"INT" (`a`), "STRING" (`s`)'],
  ])
  t.deepEqual(refusal('select * from t unpivot ((x, y) for n in ((a, b), (b)))').slice(0, 2), [
    'UNPIVOT_VALUE_SIZE_MISMATCH',
    ['2'],
  ])
  t.deepEqual(refusal('select * from t unpivot (x for n in (st.x))').slice(0, 2), [
    'UNPIVOT_REQUIRES_ATTRIBUTES',
    ['value', 'id', '"x"'],
  ])
  t.is(refusal('select * from t unpivot (x for n in (zz))')[0], 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
})

test('a name of several columns of the list is that of a column below in ORDER BY, and of a key in HAVING', (t) => {
  t.is(columns('select 2 as a, 3 as a from t order by a'), 'a int not null, a int not null')
  t.is(
    columns('select a as c, 2 as a, 3 as a from t group by a order by a'),
    'c int not null, a int not null, a int not null',
  )
  t.is(refusal('select a as x, b as x from t order by x')[0], 'UNRESOLVED_COLUMN.WITH_SUGGESTION')
  t.is(columns('select 3 as x from (select 1 as x, 2 as x) group by all having x > 50'), 'x int not null')
  t.is(refusal('select 2 as x, 3 as x from t group by all having x > 50')[0], 'AMBIGUOUS_REFERENCE')
  t.is(
    columns('select a as x, 3 as a, 4 as a from t group by a having a > 50'),
    'x int not null, a int not null, a int not null',
  )
})

test('names that are not known are told in the order of the select list and then of the keys', (t) => {
  for (const [sql, name] of [
    ['select nix1 from t group by nix2', 'nix1'],
    ['select nix1 as x, count(*) from t group by nix2 having nix3', 'nix1'],
    ['select max(nix1 + nix4) from t group by nix2', 'nix1'],
    ['select a from t group by nix2, nix3', 'nix2'],
    ['select 1 as x, x + 1 from t group by nix2', 'nix2'],
  ] as const)
    t.is(refusal(sql)[2], name, sql)
})
