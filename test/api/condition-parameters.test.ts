import test from 'ava'
import { Session } from '../../api/index.js'
import type { MillraceError } from '../../common/errors/millrace-error.js'

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
