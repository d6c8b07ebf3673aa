import type { Decimal } from '../../columnar/decimal.js'
import type { CalendarDate } from '../../columnar/times/calendar-date.js'
import type { TimeOfDay } from '../../columnar/times/time-of-day.js'
import type { Timestamp } from '../../columnar/times/timestamp.js'
import { type Column, functionOf, nameOrColumn } from '../column/column.js'
import type { ReferencesOfOperand } from '../column/column-base.js'
import type { ReferencesOf } from '../column/column-types.js'
import { type ColumnOrName, ofNothing, ofOne, ofTwo } from './makers.js'

/* Dates, times and what they are made of. */

type Nullable<T> = T | null
type Of<V, A> = Column<Nullable<V>, string, ReferencesOf<A>>

/** A column and a text that may be left out. */
const withText =
  <V>(name: string) =>
  <const A extends ColumnOrName>(column: A, text?: string): Of<V, A> =>
    functionOf(name, nameOrColumn(column), ...(text === undefined ? [] : [text]))

/** The moment at which the query began, in various forms. */
export const currentDate = ofNothing<CalendarDate>('current_date')
export const curdate = ofNothing<CalendarDate>('curdate')
export const currentTimestamp = ofNothing<Timestamp>('current_timestamp')
export const now = ofNothing<Timestamp>('now')
export const localtimestamp = ofNothing<Timestamp>('localtimestamp')
export const currentTime = (precision?: number): Column<TimeOfDay, string, never> =>
  functionOf('current_time', ...(precision === undefined ? [] : [precision]))
export const currentTimezone = ofNothing<string>('current_timezone')

export const year = ofOne<Nullable<number>>('year')
export const month = ofOne<Nullable<number>>('month')
export const day = ofOne<Nullable<number>>('day')
export const dayofmonth = ofOne<Nullable<number>>('dayofmonth')
export const hour = ofOne<Nullable<number>>('hour')
export const minute = ofOne<Nullable<number>>('minute')
export const second = ofOne<Nullable<number>>('second')
export const timestampSeconds = ofOne<Nullable<Timestamp>>('timestamp_seconds')
export const timestampMillis = ofOne<Nullable<Timestamp>>('timestamp_millis')
export const timestampMicros = ofOne<Nullable<Timestamp>>('timestamp_micros')
export const unixMillis = ofOne<Nullable<bigint>>('unix_millis')

export const quarter = ofOne<Nullable<number>>('quarter')
export const dayofweek = ofOne<Nullable<number>>('dayofweek')
export const dayofyear = ofOne<Nullable<number>>('dayofyear')
export const weekday = ofOne<Nullable<number>>('weekday')
export const weekofyear = ofOne<Nullable<number>>('weekofyear')
export const dayname = ofOne<Nullable<string>>('dayname')
export const monthname = ofOne<Nullable<string>>('monthname')
export const lastDay = ofOne<Nullable<CalendarDate>>('last_day')
export const unixDate = ofOne<Nullable<number>>('unix_date')
export const unixSeconds = ofOne<Nullable<bigint>>('unix_seconds')
export const unixMicros = ofOne<Nullable<bigint>>('unix_micros')
export const dateFromUnixDate = ofOne<Nullable<CalendarDate>>('date_from_unix_date')

/** Texts by a pattern such as `yyyy-MM-dd`, or as Spark writes such values. */
export const toDate = withText<CalendarDate>('to_date')
export const tryToDate = withText<CalendarDate>('try_to_date')
export const toTimestamp = withText<Timestamp>('to_timestamp')
export const toTimestampLtz = withText<Timestamp>('to_timestamp_ltz')
export const toTimestampNtz = withText<Timestamp>('to_timestamp_ntz')
export const tryToTimestamp = withText<Timestamp>('try_to_timestamp')
export const toTime = withText<TimeOfDay>('to_time')
export const tryToTime = withText<TimeOfDay>('try_to_time')
export const unixTimestamp = withText<bigint>('unix_timestamp')
export const toUnixTimestamp = withText<bigint>('to_unix_timestamp')
export const fromUnixtime = withText<string>('from_unixtime')

/** A timestamp as a text by a pattern: `F.dateFormat('at', 'yyyy-MM-dd HH:mm')`. */
export const dateFormat = <const A extends ColumnOrName>(column: A, pattern: string): Of<string, A> =>
  functionOf('date_format', nameOrColumn(column), pattern)

/** The beginning of the unit that a timestamp is in. */
export const dateTrunc = <const A extends ColumnOrName>(unit: string, column: A): Of<Timestamp, A> =>
  functionOf('date_trunc', unit, nameOrColumn(column))

/** The beginning of the unit that a time of day is in. */
export const timeTrunc = <const A extends ColumnOrName>(unit: string, column: A): Of<TimeOfDay, A> =>
  functionOf('time_trunc', unit, nameOrColumn(column))

/** How many whole units lie between two times of day: `F.timeDiff('minute', 'opens', 'closes')`. */
export const timeDiff = <const A extends ColumnOrName, const B extends ColumnOrName>(
  unit: string,
  start: A,
  end: B,
): Of<bigint, A | B> => functionOf('time_diff', unit, nameOrColumn(start), nameOrColumn(end))

/** Times of day as numbers since midnight, and the other way round. */
export const timeFromSeconds = ofOne<Nullable<TimeOfDay>>('time_from_seconds')
export const timeFromMillis = ofOne<Nullable<TimeOfDay>>('time_from_millis')
export const timeFromMicros = ofOne<Nullable<TimeOfDay>>('time_from_micros')
export const timeToSeconds = ofOne<Nullable<Decimal>>('time_to_seconds')
export const timeToMillis = ofOne<Nullable<bigint>>('time_to_millis')
export const timeToMicros = ofOne<Nullable<bigint>>('time_to_micros')

/** The beginning of the bucket that a timestamp is in: `F.timeBucket(F.expr("interval '15' minute"), 'at')`. */
export const timeBucket = <const A extends ColumnOrName>(size: Column, column: A, origin?: Column): Of<Timestamp, A> =>
  functionOf('time_bucket', size, nameOrColumn(column), ...(origin === undefined ? [] : [origin]))

/** The last microsecond of a window of time. */
export const windowTime = ofOne<Nullable<Timestamp>>('window_time')

/** The first day of the unit that a date is in. */
export const trunc = withText<CalendarDate>('trunc')

/** A field of a date or timestamp by its name: `F.datePart('week', 'at')`. */
export const datePart = <const A extends ColumnOrName>(field: string, column: A): Of<number | Decimal, A> =>
  functionOf('date_part', field, nameOrColumn(column))
export const datepart = datePart
export const extract = datePart

/** The next such day of the week. */
export const nextDay = withText<CalendarDate>('next_day')

/** The months from the start to the end, with parts of them. */
export const monthsBetween = ofTwo<Nullable<number>>('months_between')

export const fromUtcTimestamp = withText<Timestamp>('from_utc_timestamp')
export const toUtcTimestamp = withText<Timestamp>('to_utc_timestamp')

/** What the clocks of one time zone show when those of another do. */
export const convertTimezone = <const A extends ColumnOrName>(from: string, to: string, column: A): Of<Timestamp, A> =>
  functionOf('convert_timezone', from, to, nameOrColumn(column))

const made =
  <V>(name: string) =>
  <const A extends readonly ColumnOrName[]>(...fields: A): Of<V, A[number]> => {
    const [first, ...others] = fields.map(nameOrColumn)
    return functionOf(name, first!, ...others)
  }

/** Dates and timestamps out of columns of their fields. */
export const makeDate = made<CalendarDate>('make_date')
export const makeTime = made<TimeOfDay>('make_time')
export const makeTimestamp = made<Timestamp>('make_timestamp')
export const makeTimestampLtz = made<Timestamp>('make_timestamp_ltz')
export const makeTimestampNtz = made<Timestamp>('make_timestamp_ntz')
export const tryMakeTimestamp = made<Timestamp>('try_make_timestamp')
export const tryMakeTimestampLtz = made<Timestamp>('try_make_timestamp_ltz')
export const tryMakeTimestampNtz = made<Timestamp>('try_make_timestamp_ntz')

const shifted =
  (name: string) =>
  <const A extends ColumnOrName, N extends number | Column>(
    column: A,
    by: N,
  ): Column<Nullable<CalendarDate>, string, ReferencesOf<A> | ReferencesOfOperand<N>> =>
    functionOf(name, nameOrColumn(column), by)
export const dateAdd = shifted('date_add')
export const dateadd = shifted('dateadd')
export const dateSub = shifted('date_sub')
export const addMonths = shifted('add_months')

/** Days from the start to the end. */
export const datediff = ofTwo<Nullable<number>>('datediff')
export const dateDiff = ofTwo<Nullable<number>>('date_diff')

/** So many units later: `F.timestampAdd('hour', F.lit(8), 'at')`. */
export const timestampAdd = <const A extends ColumnOrName, const B extends ColumnOrName>(
  unit: string,
  count: A,
  column: B,
): Of<Timestamp, A | B> => functionOf('timestampadd', unit, nameOrColumn(count), nameOrColumn(column))

/** How many whole units lie between two timestamps: `F.timestampDiff('minute', 'start', 'end')`. */
export const timestampDiff = <const A extends ColumnOrName, const B extends ColumnOrName>(
  unit: string,
  start: A,
  end: B,
): Of<bigint, A | B> => functionOf('timestampdiff', unit, nameOrColumn(start), nameOrColumn(end))

/** The window of so long a time that a timestamp lies in, as a struct of `start` and `end`: `F.window('at', '10 seconds')`. */
export function window<const A extends ColumnOrName>(
  column: A,
  duration: string,
  slide: string = duration,
  startTime = '0 seconds',
): Column<{ readonly start: Timestamp; readonly end: Timestamp }, 'window', ReferencesOf<A>> {
  return functionOf('window', nameOrColumn(column), duration, slide, startTime)
}

/** From a timestamp until the gap after it ends; grouped by, windows that meet are one session: `F.sessionWindow('at', '5 minutes')`. */
export function sessionWindow<const A extends ColumnOrName>(
  column: A,
  gap: string | Column,
): Column<{ readonly start: Timestamp; readonly end: Timestamp }, 'session_window', ReferencesOf<A>> {
  return functionOf('session_window', nameOrColumn(column), gap)
}
