import test from 'ava'
import { jsonReplacer, type Session } from '../../api/index.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { withSharedSession } from '../support/shared-sessions.js'

/** The rows of a statement as JSON without names, or its condition and one of its parameters. */
async function answer(session: Session, sql: string, parameter?: string): Promise<unknown> {
  try {
    const rows = await session.sql(sql).collect()
    return JSON.parse(
      JSON.stringify(
        rows.map((row) => Object.values(row)),
        jsonReplacer,
      ),
    )
  } catch (error) {
    if (!MillraceError.is(error)) throw error
    return parameter === undefined ? error.condition : `${error.condition} ${error.parameters[parameter]}`
  }
}

const check = (
  title: string,
  cases: readonly (readonly [sql: string, expected: unknown, parameter?: string])[],
): void =>
  test(title, (t) =>
    withSharedSession('local[1]', async (session) => {
      for (const [sql, expected, parameter] of cases) t.deepEqual(await answer(session, sql, parameter), expected, sql)
    }),
  )

const UNKNOWN = 'UNRESOLVED_COLUMN.WITH_SUGGESTION'
const T = 'from values (1, 2) t(a, b)'

check('above a select list with groups other columns are not known, and what is shown or counted there is proposed', [
  [`select a ${T} group by a order by b`, `${UNKNOWN} \`a\``, 'proposal'],
  [`select a ${T} group by a having b > 1`, `${UNKNOWN} \`a\``, 'proposal'],
  [`select 1 as one ${T} having a > 1`, `${UNKNOWN} \`one\``, 'proposal'],
  [`select count(*), a ${T} group by a order by t.b`, `${UNKNOWN} \`t\`.\`a\`, \`count(1)\``, 'proposal'],
  [`select a ${T} group by a having count(*) > 1 and b = 1`, `${UNKNOWN} \`t\`.\`a\`, \`count(1)\``, 'proposal'],
  [`select a, b ${T} group by a order by b`, 'MISSING_AGGREGATION "b"', 'expression'],
  [`select a + 1 ${T} group by a + 1 order by a + 1`, [[2]]],
])

check('rows of values are structs, which are ordered by their first field that differs, where a NULL is least', [
  [
    `select (a, b), (a, 'x') ${T}`,
    [
      [
        { a: 1, b: 2 },
        { a: 1, col2: 'x' },
      ],
    ],
  ],
  [`select (a, b) in ((1, 2), (3, 4)), (a, b) = (1, 2), (a, b) is null ${T}`, [[true, true, false]]],
  [
    `select (a, b) < (1, 3), (a, b) < (1, 2), (a, b) <= (1, 2), (a, b) < (2, 0), (a, b) > (1, 1) ${T}`,
    [[true, false, true, true, true]],
  ],
  [
    `select (a, b) >= (1, 3), (b, a) > (1, 3), (a, cast(null as int)) < (1, 0), (a, 0) > (1, cast(null as int)) ${T}`,
    [[false, true, true, true]],
  ],
  [`select (a, b) between (1, 1) and (1, 3), (a, b) <> (1, 2) ${T}`, [[true, false]]],
  ["select named_struct('a', 1) = named_struct('b', 1L)", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
  ["select coalesce(named_struct('a', 1), named_struct('A', 2L))", [[{ a: 1 }]]],
])

check('USING takes the first column of a name on either side', [
  [
    'select * from values (1) a(x) full join values (1) b(x) using (x), values (1) c(x) full join values (1) d(x) using (x)',
    [[1, 1]],
  ],
  [
    'select * from values (1) a(x) join values (1) b(y) using (x)',
    'UNRESOLVED_USING_COLUMN_FOR_JOIN `y`',
    'suggestion',
  ],
])

check('a subquery does not know a name that several columns around it have', [
  [
    'select * from values (1) a(x), values (2) b(x) where exists (select 1 from values (1) c(y) where y = x)',
    `${UNKNOWN} \`x\``,
    'objectName',
  ],
  ['select (select x) from values (1) a(x), values (2) b(x)', 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'],
])

const IS_IN_S = 'cast(exists (select 1 from values (1) s(y) where s.y = t.x) as int)'
check('keys with subqueries, and aliases beside aggregates under GROUP BY ALL', [
  [`select ${IS_IN_S} + 1 from values (1), (1) t(x) group by ${IS_IN_S}`, [[2]]],
  ['select count(a) as n, sum(a) + n from values (1), (2) t(a) group by all', [[2, 5]]],
  ['select count(a) as n, sum(a) + a from values (1), (2) t(a) group by all', 'UNRESOLVED_ALL_IN_GROUP_BY'],
])

check(
  'pipes: columns are dropped once, windows are those of one select, an order of the whole follows, aggregates alone are aggregated',
  [
    ['select 1 as x, 2 as y, 3 as z |> drop z, y, Z', 'EXCEPT_OVERLAPPING_COLUMNS z, y, Z', 'columns'],
    [
      `select * ${T} |> select sum(a) over w as s |> select s, sum(s) over w window w as (order by s)`,
      'MISSING_WINDOW_SPECIFICATION',
    ],
    [`select * ${T} |> select sum(a) over w as s window w as (order by b)`, [[1]]],
    ['values (1), (2) |> order by col1 order by col1 desc', [[2], [1]]],
    [
      `select * ${T} |> aggregate sum(a), grouping(b) + 1 group by b`,
      'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE GROUPING',
      'case',
    ],
    [
      `select * ${T} |> aggregate sum(a) over () group by b`,
      'UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE',
    ],
  ],
)

check('texts of IDENTIFIER are constants that are not NULL', [
  ['select * from identifier(v)', 'NOT_A_CONSTANT_STRING.NOT_CONSTANT'],
  ['select * from identifier(cast(null as string))', 'NOT_A_CONSTANT_STRING.NULL'],
  ["select identifier('t').a from values (1) t(a)", `${UNKNOWN} \`t\``, 'objectName'],
])

test('conditions that Spark gave no SQLSTATE have none', (t) => {
  const error = new MillraceError('_LEGACY_ERROR_TEMP_0064', { msg: 'a message.' })
  t.is(error.sqlState, undefined)
  t.is(error.message, '[_LEGACY_ERROR_TEMP_0064] a message.')
})

test('a field of a column in parentheses is called by its name', (t) =>
  withSharedSession('local[1]', async (session) => {
    const df = session.sql("select (st).z, st.z + 1, (named_struct('a', 1)).a from values (named_struct('z', 3)) t(st)")
    t.deepEqual(await df.columns(), ['z', '(st.z + 1)', 'named_struct(a, 1).a'])
  }))

test('columns are named by what functions of several names are', (t) =>
  withSharedSession('local[1]', async (session) => {
    const names: readonly (readonly [sql: string, name: string])[] = [
      ['current_date', 'current_date()'],
      ['current_date = Current_Date()', '(current_date() = current_date())'],
      ["datepart('year', date'2020-01-01')", "datepart(year FROM DATE '2020-01-01')"],
      ["date_part('year', date'2020-01-01')", "date_part(year, DATE '2020-01-01')"],
      ["convert_timezone('UTC', 'UTC', null)", 'convert_timezone(UTC, UTC, NULL)'],
      ["convert_timezone('UTC', null)", 'convert_timezone(current_timezone(), UTC, NULL)'],
      ['array_agg(1)', 'collect_list(1)'],
    ]
    for (const [sql, name] of names) t.is((await session.sql(`select ${sql}`).schema()).fields[0]!.name, name, sql)
    const column = 'select current_date from values (1) t(current_date)'
    t.is((await session.sql(column).schema()).fields[0]!.name, 'current_date')
  }))

check('the count of a width_bucket is cut to a whole number', [
  [
    'select width_bucket(5.35, 0.024, 10.06, 2.5), width_bucket(5.35, 0.024, 10.06, 2.5D), width_bucket(5.35, 0.024, 10.06, 0.5)',
    [[2, 2, null]],
  ],
])

check('what a CTE draws is the same wherever the query reads it, and every call draws for itself', [
  ['select count(*) from (with q as (select random() x from range(4)) select * from q union select * from q)', [[4]]],
  ['with q as (select uuid() u from range(3)) select count(*) from q a join q b on a.u = b.u', [[3]]],
  ['select count(*) from (select random() x from range(4) union select random() from range(4))', [[8]]],
])

test('what is drawn differs from query to query', (t) =>
  withSharedSession('local[1]', async (session) => {
    const sql = 'select random() x'
    t.notDeepEqual(await session.sql(sql).collect(), await session.sql(sql).collect())
  }))
