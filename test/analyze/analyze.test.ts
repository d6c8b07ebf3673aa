import { readFileSync } from 'node:fs'
import test from 'ava'
import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf } from '../support/analysis.js'

const types = parseSchema(
  'b boolean, i8 tinyint, i16 smallint, i int, l bigint, f float, d double, m decimal(10,2), s string, day date, at timestamp, st struct<x int, y string>',
)
const source = { provider: 'parquet', options: {}, paths: ['t'], schema: types }
const catalog = catalogOf({ t: source, u: source }, { v: parseQuery('select i, l as total from t where b') })

const schemaOf = (sql: string): string =>
  outputOf(analyzed(sql, catalog))
    .map((a) => `${a.name} ${typeName(a.type)}${a.nullable ? '' : ' not null'}`)
    .join(', ')
const typeOf = (expression: string): string => schemaOf(`select ${expression} as x from t`).slice(2)
const refused = (sql: string): string => {
  try {
    return schemaOf(sql)
  } catch (error) {
    if (!MillraceError.is(error)) return `not ours: ${error}`
    const written = error.origin ? ` <${error.origin.text.slice(error.origin.start, error.origin.end)}>` : ''
    return error.condition + written
  }
}

test('the TPC-H queries have the columns and types that Spark gives them', (t) => {
  const query = (number: string) =>
    outputOf(analyzed(readFileSync(new URL(`../../../test/data/tpch/q${number}.sql`, import.meta.url), 'utf8'))).map(
      (a) => `${a.name} ${typeName(a.type)}`,
    )
  t.deepEqual(query('01'), [
    'l_returnflag string',
    'l_linestatus string',
    'sum_qty decimal(25,2)',
    'sum_base_price decimal(25,2)',
    'sum_disc_price decimal(38,4)',
    'sum_charge decimal(38,6)',
    'avg_qty decimal(19,6)',
    'avg_price decimal(19,6)',
    'avg_disc decimal(19,6)',
    'count_order bigint',
  ])
  t.deepEqual(query('03'), ['l_orderkey bigint', 'revenue decimal(38,4)', 'o_orderdate date', 'o_shippriority int'])
  t.deepEqual(query('05'), ['n_name string', 'revenue decimal(38,4)'])
  t.deepEqual(query('06'), ['revenue decimal(38,4)'])
  t.is(query('10').length, 8)
  t.deepEqual(query('12'), ['l_shipmode string', 'high_line_count bigint', 'low_line_count bigint'])
  t.deepEqual(query('14'), ['promo_revenue decimal(38,6)'])
  t.deepEqual(query('19'), ['revenue decimal(38,4)'])
})

test('operands are widened as Spark does in ANSI mode', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['i + l', 'bigint'],
    ['i8 + i16', 'smallint'],
    ['i + f', 'double'],
    ['i + m', 'decimal(13,2)'],
    ['m + 1', 'decimal(11,2)'],
    ['m * m', 'decimal(21,4)'],
    ['m / m', 'decimal(23,13)'],
    ['m % 3', 'decimal(3,2)'],
    ['m + d', 'double'],
    ['i / l', 'double'],
    ['i div l', 'bigint'],
    ["i + '1'", 'bigint'],
    ["d + '1'", 'double'],
    ["day = '2024-01-01'", 'boolean'],
    ['day < at', 'boolean'],
    ['day + 3', 'date'],
    ["day + interval '1' month", 'date'],
    ["day - interval '2' day", 'date'],
    ["day + interval '2' hour", 'timestamp'],
    ["at + interval '2' hour", 'timestamp'],
    ['coalesce(i, l, m)', 'decimal(22,2)'],
    ['case when b then i else m end', 'decimal(12,2)'],
    ['if(b, null, s)', 'string'],
    ['i in (1, 2L)', 'boolean'],
    ['st.y', 'string'],
    ['sum(i)', 'bigint'],
    ['sum(f)', 'double'],
    ['avg(i)', 'double'],
    ['avg(m)', 'decimal(14,6)'],
    ['count(*)', 'bigint not null'],
    ['count_if(b)', 'bigint not null'],
    ["window(at, '10 seconds').start", 'timestamp'],
    ["from_json(s, 'a int, b array<int>').a", 'int'],
    ['i is null', 'boolean not null'],
  ]
  for (const [expression, type] of cases) t.is(typeOf(expression), type, expression)
})

test('names are resolved through views, CTEs, aliases, structs and stars', (t) => {
  t.is(schemaOf('select * from v'), 'i int, total bigint')
  t.is(schemaOf('with c (a) as (select i from t), d as (select a + 1 as a from c) select d.* from d'), 'a int')
  t.is(schemaOf('select x.I, y.total from t x join v y on x.i = y.i'), 'I int, total bigint')
  t.is(schemaOf('select st.*, T.st.x from t'), 'x int, y string, x int')
  t.is(schemaOf('select * from (select i as a, l from t) as q (p, q)'), 'p int, q bigint')
  t.is(schemaOf('select * from v a left join v b using (i)'), 'i int, total bigint, total bigint')
  t.is(schemaOf('select a.i, b.i from t a, t b where a.i = b.l'), 'i int, i int')
  t.is(schemaOf('select b.total from t a left join v b on a.i = b.i'), 'total bigint')
  t.is(schemaOf('select a.s, b.total from v b right join t a on a.i = b.i'), 's string, total bigint')
  t.is(
    schemaOf('select sum(i), (i + 1), cast(l as string), count(*), -d from t group by i, l, d'),
    'sum(i) bigint, (i + 1) int, l string, count(1) bigint not null, (- d) double',
  )
})

test('grouping sees ordinals, aliases and expressions, and ORDER BY and HAVING see past the select list', (t) => {
  t.is(
    schemaOf('select i + 1 as k, sum(l) from t group by k having sum(l) > 3 and k > 1 order by count(*) desc, k'),
    'k int, sum(l) bigint',
  )
  t.is(schemaOf('select s, max(i) as top from t group by 1 having top > 2 order by 2'), 's string, top int')
  t.is(schemaOf('select i from t order by l, i + 1'), 'i int')
  t.is(schemaOf('select distinct s from t order by s'), 's string')
  t.is(
    schemaOf("select window.end, count(*) from t group by window(at, '1 minute')"),
    'end timestamp, count(1) bigint not null',
  )
  t.is(schemaOf('select sum(i) / count(*) from t having count(*) > 0'), '(sum(i) / count(1)) double')
})

test('what does not make sense is one condition at its place', (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['select nope from t', 'UNRESOLVED_COLUMN.WITH_SUGGESTION <nope>'],
    ['select nope', 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION <nope>'],
    ['select totl from v', 'UNRESOLVED_COLUMN.WITH_SUGGESTION <totl>'],
    ['select i from t a join t b on a.i = b.i', 'AMBIGUOUS_REFERENCE <i>'],
    ['select * from nowhere', 'TABLE_OR_VIEW_NOT_FOUND <nowhere>'],
    ['select sume(i) from t', 'UNRESOLVED_ROUTINE <sume(i)>'],
    ['select length(s, s) from t', 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION <length(s, s)>'],
    ['select b + 1 from t', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES <b + 1>'],
    ['select b * b from t', 'DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE <b * b>'],
    ['select day = i from t', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES <day = i>'],
    ['select i from t where l', 'DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN <l>'],
    ['select cast(day as int) from t', 'DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION <cast(day as int)>'],
    ['select coalesce(b, i) from t', 'DATATYPE_MISMATCH.DATA_DIFF_TYPES <coalesce(b, i)>'],
    ['select sum(b) from t', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE <b>'],
    ['select i, sum(l) from t group by s', 'MISSING_AGGREGATION <i>'],
    ['select sum(i), l + 1 from t', 'MISSING_GROUP_BY <l>'],
    ['select i from t where sum(l) > 1', 'INVALID_WHERE_CONDITION <sum(l)>'],
    ['select sum(sum(i)) from t', 'NESTED_AGGREGATE_FUNCTION <sum(i)>'],
    ['select i from t group by 2', 'GROUP_BY_POS_OUT_OF_RANGE <2>'],
    ['select i from t order by 3', 'ORDER_BY_POS_OUT_OF_RANGE <3>'],
    ['select st.z from t', 'FIELD_NOT_FOUND <st.z>'],
    ['select i.x from t', 'INVALID_EXTRACT_BASE_FIELD_TYPE <i.x>'],
    ["select window(at, 'soon') from t", "CANNOT_PARSE_INTERVAL <'soon'>"],
    ['select * from t natural cross join u', 'INCOMPATIBLE_JOIN_TYPES <t natural cross join u>'],
  ]
  for (const [sql, error] of cases) t.is(refused(sql), error, sql)
})
