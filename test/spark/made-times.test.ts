import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { DEFAULT_SESSION } from '../../planner/analyze/session.js'
import { analyzed, TPCH_CATALOG } from '../support/analysis.js'
import { withSharedSession } from '../support/shared-sessions.js'

/** Fields out of bounds, and what Java says of each. */
const OUT_OF_BOUNDS: readonly (readonly [sql: string, rangeMessage: string])[] = [
  ['make_date(2019, 13, 1)', 'Invalid value for MonthOfYear (valid values 1 - 12): 13'],
  ['make_date(2019, 1, 0)', 'Invalid value for DayOfMonth (valid values 1 - 28/31): 0'],
  ['make_date(2023, 2, 29)', "Invalid date 'February 29' as '2023' is not a leap year"],
  ['make_date(2019, 9, 31)', "Invalid date 'SEPTEMBER 31'"],
  ['make_timestamp(2019, 2, 30, 23, 59, 1)', "Invalid date 'FEBRUARY 30'"],
  ['make_timestamp(2019, 2, 28, 24, 59, 1)', 'Invalid value for HourOfDay (valid values 0 - 23): 24'],
  ['make_timestamp(2019, 2, 28, 23, 60, 1)', 'Invalid value for MinuteOfHour (valid values 0 - 59): 60'],
  ['make_timestamp(2019, 6, 30, 23, 59, 61)', 'Invalid value for SecondOfMinute (valid values 0 - 59): 61'],
  ['make_timestamp_ntz(2019, 6, 30, 23, 59, -1)', 'Invalid value for SecondOfMinute (valid values 0 - 59): -1'],
]

test('fields of dates and times that are out of bounds are told with what they may be', (t) =>
  withSharedSession('local[1]', async (session) => {
    for (const [sql, rangeMessage] of OUT_OF_BOUNDS) {
      const error = await t.throwsAsync(async () => await session.sql(`select ${sql}`).collect())
      t.true(MillraceError.is(error), sql)
      const { condition, parameters } = error as unknown as MillraceError
      t.is(condition, 'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION', sql)
      t.is(parameters['rangeMessage'], rangeMessage, sql)
    }
  }))

test('what has one value a query has it in every row', (t) =>
  withSharedSession('local[2]', async (session) => {
    const sql = 'select count(distinct current_timestamp()) a, count(distinct now()) b from range(100000)'
    t.deepEqual(await session.sql(sql).collect(), [{ a: 1n, b: 1n }])
    const before = Date.now()
    const [row] = await session.sql("select now() n, timestamp'now' = now() s").collect()
    t.true((row!['n'] as Date).getTime() >= before)
    t.true(row!['s'])
  }))

test('a stream refuses what each of its batches would have another value of', (t) => {
  const ofStream = (sql: string) =>
    analyzed(sql, { ...TPCH_CATALOG, session: { ...DEFAULT_SESSION, timeZone: 'Asia/Tokyo', nowMicros: undefined } })
  t.throws(() => ofStream('select current_date'), { message: /UNSUPPORTED_FEATURE.*current_date in a stream/ })
  t.throws(() => ofStream("select timestamp'today'"), { message: /UNSUPPORTED_FEATURE.*'today' in a stream/ })
  t.notThrows(() => ofStream("select timestamp'2024-01-01', hour(timestamp'2024-01-01')"))
})

test('values of timestamps that kernels know no zone for are refused in other zones than UTC', (t) => {
  const inZone = (timeZone: string) => (sql: string) =>
    analyzed(sql, { ...TPCH_CATALOG, session: { ...DEFAULT_SESSION, timeZone } })
  const refused = ['select cast(array(now()) as string)', "select cast(named_struct('t', now()) as string)"]
  for (const sql of refused) {
    t.throws(() => inZone('Europe/Berlin')(sql), { message: /UNSUPPORTED_FEATURE.*in another time zone than UTC/ }, sql)
    t.notThrows(() => inZone('Etc/UTC')(sql), sql)
  }
})
