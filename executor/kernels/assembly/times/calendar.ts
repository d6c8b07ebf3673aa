// Weeks, quarters and units of the calendar, of dates as days since 1970 and of times as clocks show them, as micros.
import {
  UNIT_DAY,
  UNIT_HOUR,
  UNIT_MICROSECOND,
  UNIT_MILLISECOND,
  UNIT_MINUTE,
  UNIT_MONTH,
  UNIT_QUARTER,
  UNIT_SECOND,
  UNIT_WEEK,
} from '../../interface/calendar'
import { ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { civilFromDays, dayOfDate, dayOfYear, daysFromCivil, floorDays, lastDayOfMonth, timestampAddMonths, yearOfDate } from './dates'

const MICROS_PER_DAY: i64 = 86400000000
const SECONDS_PER_MONTH: f64 = 31 * 86400

/** Days since the Monday before, 0 to 6. */
@inline
function sinceMonday(days: i32): i32 {
  const rest = <i32>((<i64>days + 3) % 7)
  return rest < 0 ? rest + 7 : rest
}

/** The Thursday of a day's week: its year is that of the week. */
@inline
function thursday(days: i32): i32 {
  return days - sinceMonday(days) + 3
}

export function weekOfYear(days: i32): i32 {
  const middle = thursday(days)
  return (dayOfYear(middle) - 1) / 7 + 1
}

export function yearOfWeek(days: i32): i32 {
  return yearOfDate(thursday(days))
}

/** The last day of a date's month. */
export function lastDay(days: i32): i32 {
  const civil = civilFromDays(days)
  return days + lastDayOfMonth(<i32>(civil >> 9), <i32>(civil >> 5) & 15) - (<i32>civil & 31)
}

/** The next such day of the week, Monday being 0, after a date. */
export function nextDay(days: i32, weekday: i32): i32 {
  return days + 7 - ((sinceMonday(days) - weekday + 7) % 7)
}

/** The first day of the week, month, quarter or year that a date is in. */
export function truncateDate(days: i32, unit: i32): i32 {
  if (unit == UNIT_WEEK) return days - sinceMonday(days)
  if (unit == UNIT_MONTH) return days - dayOfDate(days) + 1
  if (unit != UNIT_QUARTER) return days - dayOfYear(days) + 1
  const civil = civilFromDays(days)
  const month = <i32>(civil >> 5) & 15
  return daysFromCivil(<i32>(civil >> 9), month - ((month - 1) % 3), 1)
}

/** The beginning of the unit that a time is in. */
export function truncateTime(micros: i64, unit: i32): i64 {
  if (unit > UNIT_DAY) return <i64>truncateDate(<i32>floorDays(micros), unit) * MICROS_PER_DAY
  const size = unitSize(unit)
  return micros - microsWithin(micros, size)
}

function unitSize(unit: i32): i64 {
  if (unit == UNIT_MICROSECOND) return 1
  if (unit == UNIT_MILLISECOND) return 1000
  if (unit == UNIT_SECOND) return 1000000
  if (unit == UNIT_MINUTE) return 60000000
  return unit == UNIT_HOUR ? 3600000000 : MICROS_PER_DAY
}

/** The months from one date and the micros since it began to others, with the days and hours that are left as parts of a month of 31 days; `rounds`: to eight digits. */
export function monthsApart(endDays: i32, endTime: i64, startDays: i32, startTime: i64, rounds: i32): f64 {
  const a = civilFromDays(endDays)
  const b = civilFromDays(startDays)
  const months = <f64>((a >> 9) * 12 + ((a >> 5) & 15) - ((b >> 9) * 12 + ((b >> 5) & 15)))
  const aDay = <i32>a & 31
  const bDay = <i32>b & 31
  const areLast =
    aDay == lastDayOfMonth(<i32>(a >> 9), <i32>(a >> 5) & 15) && bDay == lastDayOfMonth(<i32>(b >> 9), <i32>(b >> 5) & 15)
  if (aDay == bDay || areLast) return months
  const seconds = endTime / 1000000 - startTime / 1000000
  const exact = months + <f64>(<i64>(aDay - bDay) * 86400 + seconds) / SECONDS_PER_MONTH
  if (!rounds) return exact
  // Half up, as a decimal of eight digits.
  const scaled = exact * 1e8
  const whole = trunc(scaled)
  return (whole + (abs(scaled - whole) >= 0.5 ? (scaled < 0 ? -1.0 : 1.0) : 0.0)) / 1e8
}

/** What is left of a time beyond whole units of so many micros. */
export function microsWithin(micros: i64, unit: i64): i64 {
  const rest = micros % unit
  return rest < 0 ? rest + unit : rest
}

/** The last time before one that lies a multiple of so many months from an origin; 1 beyond what micros hold. */
export function monthBucket(micros: i64, origin: i64, months: i64, out: usize): i32 {
  const a = civilFromDays(<i32>floorDays(micros))
  const b = civilFromDays(<i32>floorDays(origin))
  const apart = (a >> 9) * 12 + ((a >> 5) & 15) - ((b >> 9) * 12 + ((b >> 5) & 15))
  const whole = (apart >= 0 ? apart : apart - months + 1) / months
  if (timestampAddMonths(origin, whole * months, out) != 0) return ROUTINE_ERROR
  // A day that the month does not have is its last one, so that the next month may begin later.
  if (load<i64>(out) <= micros) return ROUTINE_VALUE
  return timestampAddMonths(origin, (whole - 1) * months, out) != 0 ? ROUTINE_ERROR : ROUTINE_VALUE
}
