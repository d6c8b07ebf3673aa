import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf } from '../../planner/plan/logical/transform.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseExpression } from '../../planner/sql/expressions.js'
import { parseSchema } from '../../planner/sql/types.js'
import { analyzed, catalogOf, idGenerator } from '../support/analysis.js'
import { planFaults } from '../support/plan-faults.js'

const schema = parseSchema(
  'g int not null, x int, l bigint, s string, d double, m decimal(5,2), day date, at timestamp, st struct<a: int>',
)
const catalog = catalogOf({ t: { provider: 'parquet', options: {}, paths: ['t'], schema } })

/** The columns of a query and their types. */
const columns = (sql: string): readonly string[] =>
  outputOf(analyzed(sql, catalog)).map(
    ({ name, type, nullable }) => `${name}: ${type.kind}${nullable ? '' : ' not null'}`,
  )

const refusal = (sql: string): readonly unknown[] => {
  try {
    analyzed(sql, catalog)
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return [error.condition, error.parameters]
  }
  return ['accepted']
}

const windowsOf = (plan: LogicalPlan): readonly Extract<LogicalPlan, { kind: 'window' }>[] => [
  ...(plan.kind === 'window' ? [plan] : []),
  ...inputsOf(plan).flatMap(windowsOf),
]

const WHOLE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'
const ROWS = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const RANGE = 'RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const BY_X = 'ORDER BY x ASC NULLS FIRST'

/** Members of a select list, and the names and types that Spark gives them. */
const NAMED: readonly (readonly [member: string, column: string])[] = [
  ['sum(x) over ()', `sum(x) OVER (${WHOLE}): bigint`],
  ['sum(x) over (partition by g order by x)', `sum(x) OVER (PARTITION BY g ${BY_X} ${RANGE}): bigint`],
  ['count(*) over (rows 2 preceding)', 'count(1) OVER (ROWS BETWEEN 2 PRECEDING AND CURRENT ROW): bigint not null'],
  ['row_number() over (order by x)', `row_number() OVER (${BY_X} ${ROWS}): int not null`],
  ['rank(s) over (order by x desc)', `RANK() OVER (ORDER BY x DESC NULLS LAST ${ROWS}): int not null`],
  ['dense_rank() over (order by x)', `DENSE_RANK() OVER (${BY_X} ${ROWS}): int not null`],
  ['percent_rank() over (order by x)', `PERCENT_RANK() OVER (${BY_X} ${ROWS}): double not null`],
  ['cume_dist() over (order by x)', `cume_dist() OVER (${BY_X} ${RANGE}): double not null`],
  ['ntile() over (order by x)', `ntile(1) OVER (${BY_X} ${ROWS}): int not null`],
  ['ntile(1 + 1) over (order by x)', `ntile((1 + 1)) OVER (${BY_X} ${ROWS}): int not null`],
  ['lag(x) over (order by x)', `lag(x, 1, NULL) OVER (${BY_X} ROWS BETWEEN -1 FOLLOWING AND -1 FOLLOWING): int`],
  [
    'lead(g, 2, 0) over (order by x)',
    `lead(g, 2, 0) OVER (${BY_X} ROWS BETWEEN 2 FOLLOWING AND 2 FOLLOWING): int not null`,
  ],
  ['lag(x, -1) over (order by x)', `lag(x, -1, NULL) OVER (${BY_X} ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING): int`],
  ['nth_value(s, 2) ignore nulls over (order by x)', `nth_value(s, 2) ignore nulls OVER (${BY_X} ${RANGE}): string`],
  ['first_value(g) over (order by x)', `first_value(g) OVER (${BY_X} ${RANGE}): int`],
  ['last_value(g) respect nulls over (order by x)', `last(g) OVER (${BY_X} ${RANGE}): int`],
  ['any_value(g, true) over (order by x)', `any_value(g) OVER (${BY_X} ${RANGE}): int`],
  ['sum(m) over w', `sum(m) OVER (PARTITION BY g ${WHOLE}): decimal`],
  ['avg(x) over (W)', `avg(x) OVER (PARTITION BY g ${WHOLE}): double`],
  ['sum(x) filter (where x > 1) over w2', `sum(x) FILTER (WHERE (x > 1)) OVER (PARTITION BY g ${WHOLE}): bigint`],
  [
    'sum(x) over (order by d range between 1 preceding and 0.5 following)',
    'sum(x) OVER (ORDER BY d ASC NULLS FIRST RANGE BETWEEN (- 1) FOLLOWING AND 0.5 FOLLOWING): bigint',
  ],
  [
    "sum(x) over (order by day range between interval '2' day preceding and current row)",
    "sum(x) OVER (ORDER BY day ASC NULLS FIRST RANGE BETWEEN INTERVAL '2' DAY PRECEDING AND CURRENT ROW): bigint",
  ],
]

test('columns are called as Spark calls them, with the frame that a window has', (t) => {
  for (const [member, column] of NAMED)
    t.deepEqual(columns(`select ${member} from t window w as (partition by g), w2 as w`), [column], member)
})

const REFUSED: readonly (readonly [sql: string, condition: string, parameters: Readonly<Record<string, unknown>>])[] = [
  ['select row_number() from t', 'WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', { funcName: '"row_number()"' }],
  ['select lag(x) from t', 'WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE', { funcName: '"lag(x, 1, NULL)"' }],
  [
    'select rank() over (partition by g) from t',
    'WINDOW_FUNCTION_FRAME_NOT_ORDERED',
    { wf_name: 'rank', wf_expr: 'RANK()' },
  ],
  ['select sum(x) over w from t', 'MISSING_WINDOW_SPECIFICATION', { windowName: 'w' }],
  [
    'select sum(x) over w from t window v as (order by x) window w as (order by x)',
    'MISSING_WINDOW_SPECIFICATION',
    { windowName: 'w' },
  ],
  [
    'select g from t where rank() over (order by x) = 1',
    'WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE',
    { clauseName: 'WHERE' },
  ],
  [
    'select g from t group by g having rank() over (order by g) = 1',
    'WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE',
    { clauseName: 'HAVING' },
  ],
  ['select sum(rank() over (order by x)) from t', '_LEGACY_ERROR_TEMP_1031', {}],
  ['select abs(x) over () from t', 'UNSUPPORTED_EXPR_FOR_WINDOW', { sqlExpr: '"abs(x)"' }],
  [
    'select sum(x) ignore nulls over () from t',
    'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
    { prettyName: '`sum`', syntax: 'IGNORE NULLS' },
  ],
  [
    'select upper(s) respect nulls from t',
    'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
    { prettyName: '`upper`', syntax: 'RESPECT NULLS' },
  ],
  [
    'select rank() filter (where g > 1) over (order by x) from t',
    'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
    { prettyName: '`rank`', syntax: 'FILTER CLAUSE' },
  ],
  [
    'select count(distinct x) over (partition by g) from t',
    'DISTINCT_WINDOW_FUNCTION_UNSUPPORTED',
    { windowExpr: `"count(DISTINCT x) OVER (PARTITION BY g ${WHOLE})"` },
  ],
  [
    'select ntile(0) over (order by x) from t',
    'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
    { exprName: 'buckets', valueRange: '(0, 2147483647]', currentValue: '0', sqlExpr: '"ntile(0)"' },
  ],
  [
    'select ntile(x) over (order by x) from t',
    'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
    { inputName: '`buckets`', inputType: '"INT"', inputExpr: '"x"', sqlExpr: '"ntile(x)"' },
  ],
  [
    'select nth_value(x, 0) over (order by x) from t',
    'DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE',
    { exprName: 'offset', valueRange: '(0, 9223372036854775807]', currentValue: '0L', sqlExpr: '"nth_value(x, 0)"' },
  ],
  ['select lag(x, 1L) over (order by x) from t', '_LEGACY_ERROR_TEMP_1035', { prettyName: 'lag' }],
  ['select lag(x) over (order by x rows 1 preceding) from t', '_LEGACY_ERROR_TEMP_1035', { prettyName: 'lag' }],
  [
    'select rank() over (order by x rows 1 preceding) from t',
    '_LEGACY_ERROR_TEMP_1036',
    { wf: 'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW', required: ROWS },
  ],
  ['select first(x, g) over (order by x) from t', '_LEGACY_ERROR_TEMP_1210', { funcName: 'first' }],
  [
    'select sum(x) over (range between 1 preceding and 1 following) from t',
    'DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER',
    { sqlExpr: '"(RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING)"' },
  ],
  [
    'select sum(x) over (order by g, x range 1 preceding) from t',
    'DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER',
    {
      orderSpec: 'g ASC NULLS FIRST,x ASC NULLS FIRST',
      sqlExpr: '"(ORDER BY g ASC NULLS FIRST, x ASC NULLS FIRST RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)"',
    },
  ],
  [
    'select sum(x) over (order by at range 1 preceding) from t',
    'DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE',
    {
      orderSpecType: '"TIMESTAMP"',
      valueBoundaryType: '"INT"',
      sqlExpr: '"(ORDER BY at ASC NULLS FIRST RANGE BETWEEN 1 PRECEDING AND CURRENT ROW)"',
    },
  ],
  [
    'select sum(x) over (order by s range 1 preceding) from t',
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE',
    {
      location: 'lower',
      exprType: '"STRING"',
      expectedType: '("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")',
      sqlExpr: '"RANGE BETWEEN (- 1) FOLLOWING AND CURRENT ROW"',
    },
  ],
  [
    'select sum(x) over (order by x rows between current row and 3000000000 following) from t',
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE',
    {
      location: 'upper',
      exprType: '"BIGINT"',
      expectedType: '"INT"',
      sqlExpr: '"ROWS BETWEEN CURRENT ROW AND 3000000000 FOLLOWING"',
    },
  ],
  [
    'select sum(x) over (order by x rows between 1 following and 1 preceding) from t',
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON',
    { comparison: 'less than or equal', sqlExpr: '"ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING"' },
  ],
  [
    'select sum(x) over (order by x rows between unbounded following and 1 preceding) from t',
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND',
    { lower: '"UNBOUNDED FOLLOWING"', upper: '"(- 1)"', sqlExpr: '"ROWS BETWEEN UNBOUNDED FOLLOWING AND 1 PRECEDING"' },
  ],
  [
    'select sum(x) over (order by x rows between current row and unbounded preceding) from t',
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND',
    {
      lower: '"CURRENT ROW"',
      upper: '"UNBOUNDED PRECEDING"',
      sqlExpr: '"ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING"',
    },
  ],
  [
    "select sum(x) over (order by day range between interval '1' month preceding and interval '1' day following) from t",
    'DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES',
    {
      lower: `"(- INTERVAL '1' MONTH)"`,
      upper: `"INTERVAL '1' DAY"`,
      lowerType: '"INTERVAL MONTH"',
      upperType: '"INTERVAL DAY"',
      sqlExpr: `"RANGE BETWEEN INTERVAL '1' MONTH PRECEDING AND INTERVAL '1' DAY FOLLOWING"`,
    },
  ],
  [
    'select sum(x) over w from t window w as (order by x), W as (order by g)',
    'INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION',
    { windowName: '`W`' },
  ],
  [
    'select sum(x) over w from t window w as nope',
    'INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE',
    { windowName: '`nope`' },
  ],
  [
    'select sum(x) over w from t window w as v, v as w',
    'INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE',
    { windowName: '`v`' },
  ],
  ['select g from t qualify g = 1', 'QUALIFY_REQUIRES_WINDOW_FUNCTION', {}],
  [
    'select g, sum(x) over () from t group by g',
    'MISSING_AGGREGATION',
    { expression: '"x"', expressionAnyValue: '"any_value(x)"' },
  ],
  [
    'select count(*) from t group by rank() over (order by x)',
    'UNSUPPORTED_EXPR_FOR_OPERATOR',
    { operator: 'Aggregate', invalidExprSqls: `"RANK() OVER (${BY_X} ${ROWS})"` },
  ],
  [
    'select g from t order by rank() over (order by x)',
    'UNSUPPORTED_EXPR_FOR_OPERATOR',
    { operator: 'Sort', invalidExprSqls: `"RANK() OVER (${BY_X} ${ROWS})"` },
  ],
  [
    'select sum(x) filter (where rank() over (order by x) = 1) from t',
    'INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION',
    { filterExpr: `"(RANK() OVER (${BY_X} ${ROWS}) = 1)"`, windowExpr: `"RANK() OVER (${BY_X} ${ROWS})"` },
  ],
  [
    'select g + 1 as y, sum(y) over () from t',
    'UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW',
    { lca: '`y`', windowExpr: `"sum(lateralAliasReference(y)) OVER (${WHOLE})"` },
  ],
  [
    'select rank() over (partition by cast(null as map<int, int>) order by x) from t',
    'EXPRESSION_TYPE_IS_NOT_ORDERABLE',
    { expr: '"NULL"', exprType: '"MAP<INT, INT>"' },
  ],
]

test('what a window may not be, or where it may not stand, is refused as Spark does', (t) => {
  for (const [sql, ...expected] of REFUSED) t.deepEqual(refusal(sql), expected, sql)
})

test('functions over the same window are computed together, each once, and those over others apart', (t) => {
  const plan = analyzed(
    `select sum(x) over (partition by g order by x), rank() over (partition by g order by x) + 1, sum(x) over (partition by g order by x) * 2,
      max(d) over (order by x) from t`,
    catalog,
  )
  t.deepEqual(planFaults(plan), [])
  const calls = windowsOf(plan).map((window) => window.calls.map(({ fn }) => fn))
  t.deepEqual(calls, [['max'], ['sum', 'rank']])
})

test('rows are moved by the fewest keys first, and windows that share an order come one above the other', (t) => {
  const plan = analyzed(
    `select count(*) over (), avg(x) over (partition by g, s order by x, d), sum(x) over (partition by s), max(x) over (partition by g),
      rank() over (partition by g order by x, d), min(x) over (partition by g order by x) from t`,
    catalog,
  )
  const fromBelow = windowsOf(plan).toReversed()
  t.deepEqual(
    fromBelow.map(({ partitionBy, orderBy }) => `${partitionBy.length} ${orderBy.length}`),
    ['1 2', '1 1', '1 0', '2 2', '1 0', '0 0'],
  )
})

test('keys and arguments that are no columns are computed below the window, and windows over windows above', (t) => {
  const plan = analyzed('select sum(sum(x + 1) over (partition by g + 1)) over (order by lower(s)) from t', catalog)
  t.deepEqual(planFaults(plan), [])
  const [outer, inner] = windowsOf(plan)
  t.is(outer!.calls[0]!.args[0]!.kind, 'attribute')
  t.is(inner!.input.kind, 'project')
  t.deepEqual(
    [...inner!.partitionBy, ...inner!.calls[0]!.args, outer!.orderBy[0]!.expression].map(({ kind }) => kind),
    ['attribute', 'attribute', 'attribute'],
  )
})

test('windows see groups after HAVING, and QUALIFY sees windows before DISTINCT and LIMIT', (t) => {
  const kinds = (plan: LogicalPlan): string => [plan.kind, ...inputsOf(plan).map(kinds)].join(' ')
  const sql = `select distinct g, rank() over (order by sum(x)) as r from t group by g having count(*) > 1 qualify r = 1 limit 3`
  t.is(kinds(analyzed(sql, catalog)), 'limit aggregate project filter window filter aggregate scan')
  t.deepEqual(planFaults(analyzed(sql, catalog)), [])
})

test('a window over a stream is refused by name, and one over its window is not', (t) => {
  const described = { provider: 'kafka', options: {}, paths: [], schema }
  const streams = { ...catalog, source: () => described }
  const stream: UnresolvedRelation = { kind: 'dataSource', format: 'kafka', options: {}, paths: [], streaming: true }
  const over = (sql: string): UnresolvedRelation => ({
    kind: 'withColumns',
    input: stream,
    columns: [{ name: 'n', expression: parseExpression(sql) }],
  })
  const error = t.throws(() => analyze(over('row_number() over (partition by g order by at)'), streams, idGenerator()))
  t.true(MillraceError.is(error))
  t.deepEqual(MillraceError.is(error) && [error.condition, error.parameters], [
    'NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING',
    {
      windowFunc: 'ROW_NUMBER()',
      columnName: '`n`',
      windowSpec: `(PARTITION BY G ORDER BY AT ASC NULLS FIRST ${ROWS})`,
    },
  ])
  t.notThrows(() => analyze(over("window(at, '1 minute')"), streams, idGenerator()))
})
