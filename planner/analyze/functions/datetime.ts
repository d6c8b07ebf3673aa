import { BIGINT, DATE, INT, TIMESTAMP } from '../../../columnar/types.js'
import { call } from '../../plan/expression/build.js'
import type { ScalarFunction } from '../../plan/expression/functions.js'
import { localTime } from '../session.js'
import { castTo, expectType, unexpectedType } from '../types/coercion.js'
import { isIntegral, isNumeric } from '../types/common-types.js'
import { DATETIME_UNITS } from './datetime-units.js'
import { collated, exactly, type FunctionDefinition, type FunctionTable, helped } from './definition.js'
import { movedByDays } from './interval-arithmetic.js'
import { asFirstDay } from './of-day.js'
import { TIME_WINDOWS } from './time-windows.js'

const datePart = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, (args, site) => {
    const isTimestamp = args[0]!.type.kind === 'timestamp' || args[0]!.type.kind === 'timestamp_ntz'
    const value = isTimestamp ? localTime(args[0]!) : expectType(args[0]!, DATE, 0, site)
    return call(fn, INT, [value], { origin: site.origin })
  })

const timePart = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, ([time], site) => {
    if (time!.type.kind === 'time') return call(fn, INT, [asFirstDay(time!)], { origin: site.origin })
    const value = time!.type.kind === 'timestamp_ntz' ? time! : expectType(time!, TIMESTAMP, 0, site)
    return call(fn, INT, [localTime(value)], { origin: site.origin })
  })

/** A timestamp of a whole number of units since 1970. */
const fromNumber = (fn: ScalarFunction): FunctionDefinition =>
  exactly(1, (args, site) => {
    const count = args[0]!
    if (!isIntegral(count.type) && count.type.kind !== 'void') throw unexpectedType(count, '"INTEGRAL"', 0, site)
    return call(fn, TIMESTAMP, [castTo(count, BIGINT)], { origin: site.origin })
  })

/** Of seconds there may be fractions; what is no number gives NULL. */
const fromSeconds: FunctionDefinition = exactly(1, (args, site) => {
  const seconds = args[0]!
  const { kind } = seconds.type
  if (!isNumeric(seconds.type) && kind !== 'void') throw unexpectedType(seconds, '"NUMERIC"', 0, site)
  const count = isIntegral(seconds.type) || kind === 'void' ? castTo(seconds, BIGINT) : seconds
  const nullable = seconds.nullable || kind === 'float' || kind === 'double'
  return call('timestamp_seconds', TIMESTAMP, [count], { origin: site.origin, nullable })
})

function addDays(fn: 'date_add' | 'date_sub'): FunctionDefinition {
  return exactly(2, (args, site) => {
    const date = expectType(args[0]!, DATE, 0, site)
    const days = args[1]!.type.kind === 'string' ? expectType(args[1]!, INT, 1, site) : args[1]!
    return movedByDays(fn, date, days, site)
  })
}

const dateDiff: FunctionDefinition = exactly(2, (args, site) => {
  const [end, start] = args.map((arg, i) => expectType(arg, DATE, i, site))
  return call('date_diff', INT, [end!, start!], { origin: site.origin })
})

const addMonths: FunctionDefinition = exactly(2, (args, site) => {
  const date = expectType(args[0]!, DATE, 0, site)
  return call('date_add_months', DATE, [date, castTo(args[1]!, INT)], { origin: site.origin })
})

export const DATETIME: FunctionTable = collated('plain', {
  year: helped('(date)', 'The year.', [["year('2016-07-30')", '2016']], datePart('year')),
  month: helped('(date)', 'The month, 1 to 12.', [["month('2016-07-30')", '7']], datePart('month')),
  day: helped('(date)', 'The day of the month.', [["day('2009-07-30')", '30']], datePart('day')),
  dayofmonth: helped('(date)', 'The day of the month.', [["dayofmonth('2009-07-30')", '30']], datePart('day')),
  hour: helped('(timestamp or time)', 'The hour.', [["hour('2009-07-30 12:58:59')", '12']], timePart('hour')),
  minute: helped('(timestamp or time)', 'The minute.', [["minute('2009-07-30 12:58:59')", '58']], timePart('minute')),
  second: helped('(timestamp or time)', 'The second.', [["second('2009-07-30 12:58:59')", '59']], timePart('second')),
  date_add: helped(
    '(date, days)',
    'So many days later.',
    [["date_add('2016-07-30', 1)", '2016-07-31']],
    addDays('date_add'),
  ),
  dateadd: helped(
    '(date, days) or (UNIT, count, timestamp)',
    'So many days, or units, later.',
    [["dateadd(MONTH, 1, timestamp'2024-01-31 10:00:00')", '2024-02-29 10:00:00']],
    addDays('date_add'),
    { printed: { as: 'date_add' } },
  ),
  date_sub: helped(
    '(date, days)',
    'So many days earlier.',
    [["date_sub('2016-07-30', 1)", '2016-07-29']],
    addDays('date_sub'),
  ),
  datediff: helped(
    '(end, start) or (UNIT, start, end)',
    'The same as `date_diff`.',
    [["datediff(HOUR, timestamp'2024-01-01 00:00:00', timestamp'2024-01-02 01:30:00')", '25']],
    dateDiff,
  ),
  date_diff: helped(
    '(end, start) or (UNIT, start, end)',
    'How many days lie between, or how many whole units.',
    [["date_diff('2009-07-31', '2009-07-30')", '1']],
    dateDiff,
  ),
  add_months: helped(
    '(date, months)',
    'So many months later; the last day where the month has no such day.',
    [["add_months('2016-08-31', 1)", '2016-09-30']],
    addMonths,
  ),
  timestamp_seconds: helped(
    '(number)',
    'So many seconds after 1970-01-01 00:00:00 UTC.',
    [["timestamp_seconds(1230219000) = timestamp'2008-12-25 15:30:00Z'", 'true']],
    fromSeconds,
  ),
  timestamp_millis: helped(
    '(number)',
    'So many milliseconds after 1970-01-01 00:00:00 UTC.',
    [["timestamp_millis(1230219000123) = timestamp'2008-12-25 15:30:00.123Z'", 'true']],
    fromNumber('timestamp_millis'),
  ),
  timestamp_micros: helped(
    '(number)',
    'So many microseconds after 1970-01-01 00:00:00 UTC.',
    [["timestamp_micros(1230219000123123) = timestamp'2008-12-25 15:30:00.123123Z'", 'true']],
    fromNumber('timestamp_micros'),
  ),
  ...TIME_WINDOWS,
  ...DATETIME_UNITS,
})
