import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { analyze } from '../../planner/analyze/analyze.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf, idGenerator } from '../support/analysis.js'

const schema = parseSchema(
  'i int, l bigint, s string, b boolean, day date, at timestamp, st struct<x: int>, k map<string,int>',
)
const source = { provider: 'parquet', options: {}, paths: ['t'], schema }
const loop: UnresolvedRelation = { kind: 'table', name: ['loop'] }
const catalog = catalogOf({ t: source, u: source }, { loop, orders: parseQuery('select i as order_id from t') })

/** The message of the error up to its SQLSTATE, then the text that it marks. */
function refusal(run: () => unknown): readonly [string, string] {
  try {
    run()
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    const message = error.message.slice(0, error.message.indexOf('SQLSTATE') + 15)
    return [message, error.origin ? error.origin.text.slice(error.origin.start, error.origin.end) : '']
  }
  return ['accepted', '']
}

const CASES: readonly (readonly [sql: string, message: string, marked: string])[] = [
  [
    'select ii from t',
    '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `ii` cannot be resolved. Did you mean one of the following? [`i`, `at`, `b`, `k`, `l`]. SQLSTATE: 42703',
    'ii',
  ],
  [
    'select x.order_idd from orders x join t y on x.order_id = y.i',
    '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `x`.`order_idd` cannot be resolved. Did you mean one of the following? [`x`.`order_id`, `y`.`day`, `y`.`i`, `y`.`at`, `y`.`b`]. SQLSTATE: 42703',
    'x.order_idd',
  ],
  [
    'select i as total from t order by totl',
    '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `totl` cannot be resolved. Did you mean one of the following? [`total`]. SQLSTATE: 42703',
    'totl',
  ],
  [
    'select s, count(*) as n from t group by s order by nn + 1',
    '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column, variable, or function parameter with name `nn` cannot be resolved. Did you mean one of the following? [`n`, `t`.`s`]. SQLSTATE: 42703',
    'nn',
  ],
  [
    'select nope',
    '[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION] A column, variable, or function parameter with name `nope` cannot be resolved. SQLSTATE: 42703',
    'nope',
  ],
  [
    'select i from t x join u y on x.i = y.i',
    '[AMBIGUOUS_REFERENCE] Reference `i` is ambiguous, could be: [`x`.`i`, `y`.`i`]. SQLSTATE: 42704',
    'i',
  ],
  [
    'select * from ordrs',
    '[TABLE_OR_VIEW_NOT_FOUND] The table or view `ordrs` cannot be found. Did you mean `orders`? SQLSTATE: 42P01',
    'ordrs',
  ],
  ['select * from loop', '[RECURSIVE_VIEW] Recursive view `loop` detected. SQLSTATE: 42K0H', ''],
  [
    'select uper(s) from t',
    '[UNRESOLVED_ROUTINE] Cannot resolve routine `uper`. Did you mean `upper`? SQLSTATE: 42883',
    'uper(s)',
  ],
  [
    'select upper(s, s) from t',
    '[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `upper` requires 1 parameters but the actual number is 2. SQLSTATE: 42605',
    'upper(s, s)',
  ],
  [
    'select count() from t',
    '[WRONG_NUM_ARGS.WITH_SUGGESTION] The `count` requires >= 1 parameters but the actual number is 0. "spark.sql.legacy.allowParameterlessCount" is not built. SQLSTATE: 42605',
    'count()',
  ],
  [
    'select i + b from t',
    '[DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES] Cannot resolve "(i + b)" due to data type mismatch: the left and right operands of the binary operator have incompatible types ("INT" and "BOOLEAN"). SQLSTATE: 42K09',
    'i + b',
  ],
  [
    'select s * s from t',
    '[DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE] Cannot resolve "(s * s)" due to data type mismatch: the binary operator requires the input type ("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL"), not "STRING". SQLSTATE: 42K09',
    's * s',
  ],
  [
    'select coalesce(b, i) from t',
    '[DATATYPE_MISMATCH.DATA_DIFF_TYPES] Cannot resolve "coalesce(b, i)" due to data type mismatch: input to `coalesce` should all be the same type, but it is ("BOOLEAN" or "INT"). SQLSTATE: 42K09',
    'coalesce(b, i)',
  ],
  [
    'select hour(i) from t',
    '[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE] Cannot resolve "hour(i)" due to data type mismatch: the first parameter requires the "TIMESTAMP" type, however "i" has the type "INT". SQLSTATE: 42K09',
    'i',
  ],
  [
    'select cast(b as date) from t',
    '[DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION] Cannot resolve "CAST(b AS DATE)" due to data type mismatch: cannot cast "BOOLEAN" to "DATE". SQLSTATE: 42K09',
    'cast(b as date)',
  ],
  [
    'select i from t where i + 1',
    '[DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN] Cannot resolve "(i + 1)" due to data type mismatch: the condition of WHERE has the type "INT", not "BOOLEAN". SQLSTATE: 42K09',
    'i + 1',
  ],
  [
    'select 1 from t join u on t.i + u.i',
    '[JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE] The join condition "(i + i)" has the invalid type "INT", expected "BOOLEAN". SQLSTATE: 42K0E',
    't.i + u.i',
  ],
  [
    'select i, sum(l) from t group by s',
    '[MISSING_AGGREGATION] The non-aggregating expression "i" is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(i)" if you do not care which of the values within a group is returned. SQLSTATE: 42803',
    'i',
  ],
  [
    'select *, count(*) from t group by i',
    '[MISSING_AGGREGATION] The non-aggregating expression "l" is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use "any_value(l)" if you do not care which of the values within a group is returned. SQLSTATE: 42803',
    '*',
  ],
  [
    'select i, sum(l) from t',
    '[MISSING_GROUP_BY] The query does not include a GROUP BY clause. Add GROUP BY, or aggregate "i" as well. SQLSTATE: 42803',
    'i',
  ],
  [
    'select i from t where b and sum(l) > 1',
    '[INVALID_WHERE_CONDITION] The WHERE condition "(b AND (sum(l) > 1))" contains invalid expressions: sum(t.l). Rewrite the query to avoid aggregate functions in the WHERE clause; HAVING may be what you want. SQLSTATE: 42903',
    'sum(l)',
  ],
  [
    'select count(*) from t group by max(i)',
    '[GROUP_BY_AGGREGATE] Aggregate functions are not allowed in GROUP BY, but found max(t.i). SQLSTATE: 42903',
    'max(i)',
  ],
  [
    'select i, max(l) from t group by 2',
    '[GROUP_BY_POS_AGGREGATE] GROUP BY 2 refers to an expression max(t.l) AS `max(l)` that contains an aggregate function. Aggregate functions are not allowed in GROUP BY. SQLSTATE: 42903',
    '2',
  ],
  [
    'select i from t group by 3',
    '[GROUP_BY_POS_OUT_OF_RANGE] GROUP BY position 3 is not in select list (valid range is [1, 1]). SQLSTATE: 42805',
    '3',
  ],
  [
    'select i from t order by 0',
    '[ORDER_BY_POS_OUT_OF_RANGE] ORDER BY position 0 is not in select list (valid range is [1, 1]). SQLSTATE: 42805',
    '0',
  ],
  [
    'select *, count(*) from t group by 1',
    '[STAR_GROUP_BY_POS] Star (*) is not allowed in a select list when GROUP BY an ordinal position is used. SQLSTATE: 0A000',
    '1',
  ],
  [
    'select sum(avg(i)) from t',
    '[NESTED_AGGREGATE_FUNCTION] It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function "avg(i)" in a sub-query. SQLSTATE: 42607',
    'avg(i)',
  ],
  [
    'select 1 from t join u on sum(t.i) = u.i',
    '[UNSUPPORTED_EXPR_FOR_OPERATOR] A query operator contains one or more unsupported expressions: Join cannot hold "sum(i)". SQLSTATE: 42K0E',
    'sum(t.i)',
  ],
  [
    'select upper(*) from t',
    '[WRONG_NUM_ARGS.WITHOUT_SUGGESTION] The `upper` requires 1 parameters but the actual number is 8. SQLSTATE: 42605',
    'upper(*)',
  ],
  [
    'select x.* from t',
    '[CANNOT_RESOLVE_STAR_EXPAND] Cannot resolve `x`.* given input columns `i`, `l`, `s`, `b`, `day`, `at`, `st`, `k`. SQLSTATE: 42704',
    'x.*',
  ],
  ['select st.y from t', '[FIELD_NOT_FOUND] No such struct field `y` in `x`. SQLSTATE: 42704', 'st.y'],
  [
    'select i from t order by k',
    '[DATATYPE_MISMATCH.INVALID_ORDERING_TYPE] Cannot resolve "k ASC NULLS FIRST" due to data type mismatch: the `sortorder` does not support ordering on type "MAP<STRING, INT>". SQLSTATE: 42K09',
    'k',
  ],
  [
    'select * from t join orders using (l)',
    '[UNRESOLVED_USING_COLUMN_FOR_JOIN] USING column `l` cannot be resolved on the right side of the join. The right-side columns: [`order_id`]. SQLSTATE: 42703',
    't join orders using (l)',
  ],
  [
    'select * from (select i, l from t) as q (a)',
    '[ASSIGNMENT_ARITY_MISMATCH] The number of columns or variables assigned or aliased: 1 does not match the number of source expressions: 2. SQLSTATE: 42802',
    '',
  ],
  [
    'with c as (select 1), C as (select 2) select * from c',
    "[DUPLICATED_CTE_NAMES] CTE definition can't have duplicate names: `c`. SQLSTATE: 42602",
    '',
  ],
  [
    'select from_json(s, s) from t',
    '[INVALID_SCHEMA.NON_STRING_LITERAL] The input schema "s" is not a valid schema string. The input expression must be string literal and not null. SQLSTATE: 42K07',
    'from_json(s, s)',
  ],
  [
    "select count(*) from t group by rollup(i, session_window(at, '5 seconds'))",
    '[UNSUPPORTED_FEATURE] The feature is not supported: session windows that grouping sets leave out. SQLSTATE: 0A000',
    '',
  ],
  [
    "select count(*) from t group by window(at, '3000000000 seconds', '1 second')",
    '[UNSUPPORTED_FEATURE] The feature is not supported: 3000000000 windows of one row. SQLSTATE: 0A000',
    "window(at, '3000000000 seconds', '1 second')",
  ],
  [
    "select 1 from t join t as u on session_window(t.at, '5 seconds') = session_window(u.at, '5 seconds')",
    '[UNSUPPORTED_FEATURE] The feature is not supported: session_window over more than one relation. SQLSTATE: 0A000',
    "session_window(t.at, '5 seconds')",
  ],
]

test('an error of analysis says what Spark would and marks the text it is about', (t) => {
  for (const [sql, message, marked] of CASES)
    t.deepEqual(
      refusal(() => analyzed(sql, catalog)),
      [message, marked],
      sql,
    )
})

const attribute = (name: string): UnresolvedExpression => ({ kind: 'attribute', parts: [name] })
const table: UnresolvedRelation = { kind: 'table', name: ['t'] }

test('relations that SQL cannot write are checked as well', (t) => {
  const conditionOf = (relation: UnresolvedRelation): string =>
    refusal(() => analyze(relation, catalog, idGenerator()))[0].replace(/^\[(.*?)\].*/s, '$1')
  const total: UnresolvedExpression = { kind: 'function', name: 'sum', args: [attribute('i')] }
  t.is(
    conditionOf({ kind: 'withWatermark', input: table, column: 'i', delayMicros: 1n }),
    'EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE',
  )
  t.is(
    conditionOf({ kind: 'withColumns', input: table, columns: [{ name: 'x', expression: total }] }),
    'UNSUPPORTED_EXPR_FOR_OPERATOR',
  )
  const twice = ['x', 'X'].map((name) => ({ name, expression: attribute('i') }))
  t.is(conditionOf({ kind: 'withColumns', input: table, columns: twice }), 'COLUMN_ALREADY_EXISTS')
  t.is(conditionOf({ kind: 'drop', input: table, columns: ['nope'] }), 'accepted')
})

test('what is nested too deep is refused, and long chains are not', (t) => {
  let relation: UnresolvedRelation = table
  let sum = attribute('i')
  for (let i = 0; i < 20_000; i++) {
    relation = { kind: 'limit', input: relation, limit: 1, offset: 0 }
    sum = { kind: 'function', name: '+', args: [sum, attribute('i')] }
  }
  const project: UnresolvedRelation = { kind: 'project', input: table, expressions: [sum] }
  for (const plan of [relation, project]) {
    t.regex(
      refusal(() => analyze(plan, catalog, idGenerator()))[0],
      /^\[QUERY_TOO_COMPLEX\] The query has more than 500 levels/,
    )
  }
  const doubling = Array.from(
    { length: 30 },
    (_, i) => `c${i + 1} as (select a.i from c${i} a join c${i} b on a.i = b.i)`,
  )
  const bomb = `with c0 as (select i from t), ${doubling.join(', ')} select * from c30`
  t.regex(refusal(() => analyzed(bomb, catalog))[0], /^\[QUERY_TOO_COMPLEX\] The query has more than 20000 relations/)
  const chain = Array.from({ length: 3000 }, (_, i) => `i = ${i}`).join(' or ')
  t.is(refusal(() => analyzed(`select i from t where ${chain}`, catalog))[0], 'accepted')
})
