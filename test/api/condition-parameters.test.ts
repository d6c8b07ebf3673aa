import test from 'ava'
import { Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

/** Decimals of as many digits as there may be, and what leaves them. */
const TABLE = `from values (cast(${'9'.repeat(38)} as decimal(38,0)), cast(10.1234567890 as decimal(38,10))) t(x, y)`
const OUT_OF_RANGE: readonly (readonly [sql: string, value: string])[] = [
  ['select cast(-12345.67 as decimal(4,1))', '-12345.67'],
  ['select cast(1.5e20D as decimal(4,1))', '150000000000000000000'],
  ['select cast(123456.7F as decimal(4,1))', '123456.703125'],
  ['select cast(true as decimal(1,1))', '1'],
  ["select cast(' -1.50e10 ' as decimal(4,1))", '-15000000000'],
  ["select cast('123456.789' as decimal(4,1))", '123456.789'],
  [`select x + 1 ${TABLE}`, `1${'0'.repeat(38)}`],
  [`select x - -x ${TABLE}`, `1${'9'.repeat(37)}8`],
  [`select -x - 1 ${TABLE}`, `-1${'0'.repeat(38)}`],
  [`select x + y ${TABLE}`, `1${'0'.repeat(37)}9.1234567890`],
  [`select x * x ${TABLE}`, `${'9'.repeat(37)}8${'0'.repeat(38)}`],
  [`select -x * y ${TABLE}`, '-1012345678899999999999999999999999999980'],
  [`select x / 0.0001 ${TABLE}`, `${'9'.repeat(38)}0000.000000`],
  [`select sum(x) over () from (select x ${TABLE} union all select x ${TABLE})`, `1${'9'.repeat(37)}8`],
  [
    `select sum(x) over (order by y rows 2 preceding) from (select -x x, y ${TABLE} union all select -x, y ${TABLE})`,
    `-1${'9'.repeat(37)}8`,
  ],
]

/** Statements that Spark refuses, and what a parameter of its condition is there. */
const REFUSED: readonly (readonly [sql: string, parameter: string, value: string])[] = [
  ["select cast('it''s' as int)", 'expression', "'it\\'s'"],
  ["select cast('a\\\\b' as int)", 'expression', "'a\\\\b'"],
  ["select 'it''s' + 1", 'expression', "'it\\'s'"],
  ["select cast(a as decimal(3,1)) from (select concat('it', '''s') a)", 'expression', "'it\\'s'"],
  ["select date'it''s'", 'value', "'it\\'s'"],
  ["select 'a' like 'it''s\\\\'", 'format', "'it\\'s\\\\'"],
  ["select 'a' like 'b\\\\''c'", 'char', "'\\''"],
  ['select `no``pe`', 'objectName', '`no``pe`'],
  ['select * from `no``pe`', 'relationName', '`no``pe`'],
  ['select sum(true)', 'requiredType', '"NUMERIC" or "ANSI INTERVAL"'],
  ['select `no``pe`(1)', 'routineName', '`no``pe`'],
  ['values (1), (1/0)', 'sqlExpr', '"(1 / 0)"'],
  ["select b from values (cast('x' as int), 2) t(a, b) limit 0", 'sqlExpr', '"CAST(x AS INT)"'],
  ["values (cast(1 as int), 2), (2147483647 + 1, cast('x' as int))", 'sqlExpr', '"(2147483647 + 1)"'],
  ...OUT_OF_RANGE.map(([sql, value]) => [sql, 'value', value] as const),
]

test('parameters of conditions are those of Spark: texts and names in them are written so that SQL could read them', async (t) => {
  const session = await Session.builder().master('local[1]').create()
  try {
    for (const [sql, parameter, value] of REFUSED) {
      const error = await t.throwsAsync<MillraceError>(async () => await session.sql(sql).collect(), undefined, sql)
      t.is(error?.parameters[parameter], value, `${sql}: ${error?.message}`)
    }
  } finally {
    await session.stop()
  }
})
