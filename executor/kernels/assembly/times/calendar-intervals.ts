// Intervals of months, days and microseconds, which are bytes.
import { INTERVAL_BYTES, INTERVAL_DAYS, INTERVAL_MICROS, INTERVAL_MONTHS } from '../../interface/interval'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { addMonths, dayOfDate, monthOfDate, yearOfDate } from './dates'
import { isBeyond } from './intervals'

const DAY: i64 = 86400000000
const HOUR: i64 = 3600000000
const MINUTE: i64 = 60000000
const MICROS_PER_DAY: f64 = 86400000000
const MONTHS_PER_YEAR = 12

export function intervalMonths(at: usize, _length: i32): i32 {
  return load<i32>(at, INTERVAL_MONTHS)
}
export function intervalDays(at: usize, _length: i32): i32 {
  return load<i32>(at, INTERVAL_DAYS)
}
export function intervalMicros(at: usize, _length: i32): i64 {
  return load<i64>(at, INTERVAL_MICROS)
}

/** Its days as microseconds, the most that there may be where they are more, which then moves no time. */
export function intervalWholeDays(at: usize, _length: i32): i64 {
  const days = <i64>load<i32>(at, INTERVAL_DAYS)
  if (days > i64.MAX_VALUE / DAY) return i64.MAX_VALUE
  if (days < i64.MIN_VALUE / DAY) return i64.MIN_VALUE
  return days * DAY
}

export function intervalOf(months: i32, days: i32, micros: i64, out: usize): void {
  const at = arenaAllocate(INTERVAL_BYTES)
  store<i32>(at, months, INTERVAL_MONTHS)
  store<i32>(at, days, INTERVAL_DAYS)
  store<i64>(at, micros, INTERVAL_MICROS)
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, INTERVAL_BYTES, RESULT_LENGTH)
}

/** One of parts that may be too large for it, which then wrap; returns a status. */
function checked(months: i64, days: i64, micros: i64, fits: bool, out: usize): i32 {
  intervalOf(<i32>months, <i32>days, micros, out)
  const isWhole = fits && months == <i64>(<i32>months) && days == <i64>(<i32>days)
  return isWhole ? ROUTINE_VALUE : ROUTINE_ERROR
}

/** Hours and minutes are added one after the other, as Spark does: what leaves the type in between is too large, whatever comes then. */
export function makeInterval(
  years: i32,
  months: i32,
  weeks: i32,
  days: i32,
  hours: i32,
  minutes: i32,
  micros: i64,
  out: usize,
): i32 {
  const ofYears = <i64>years * 12
  const ofWeeks = <i64>weeks * 7
  const withHours = micros + hours * HOUR
  const whole = withHours + minutes * MINUTE
  const fits =
    ofYears == <i64>(<i32>ofYears) &&
    ofWeeks == <i64>(<i32>ofWeeks) &&
    !isBeyond(micros, hours * HOUR, withHours) &&
    !isBeyond(withHours, minutes * MINUTE, whole)
  return checked(ofYears + months, ofWeeks + days, whole, fits, out)
}

/** From one date to another in whole months, towards zero, and days. */
export function intervalOfDates(end: i32, start: i32, out: usize): void {
  let months = monthNumber(end) - monthNumber(start)
  let days = dayOfDate(end) - dayOfDate(start)
  if (months > 0 && days < 0) {
    months--
    days = end - <i32>addMonths(start, months)
  } else if (months < 0 && days > 0) {
    months++
    days = end - <i32>addMonths(start, months)
  }
  intervalOf(months, days, 0, out)
}

function monthNumber(date: i32): i32 {
  return yearOfDate(date) * MONTHS_PER_YEAR + monthOfDate(date)
}

export function intervalAdd(a: usize, _length: i32, b: usize, _other: i32, out: usize): i32 {
  const x = load<i64>(a, INTERVAL_MICROS)
  const y = load<i64>(b, INTERVAL_MICROS)
  const months = <i64>load<i32>(a, INTERVAL_MONTHS) + load<i32>(b, INTERVAL_MONTHS)
  const days = <i64>load<i32>(a, INTERVAL_DAYS) + load<i32>(b, INTERVAL_DAYS)
  return checked(months, days, x + y, !isBeyond(x, y, x + y), out)
}

export function intervalSubtract(a: usize, _length: i32, b: usize, _other: i32, out: usize): i32 {
  const x = load<i64>(a, INTERVAL_MICROS)
  const y = load<i64>(b, INTERVAL_MICROS)
  const months = <i64>load<i32>(a, INTERVAL_MONTHS) - load<i32>(b, INTERVAL_MONTHS)
  const days = <i64>load<i32>(a, INTERVAL_DAYS) - load<i32>(b, INTERVAL_DAYS)
  // The sum of the difference and of what was taken away has the sign of neither, where that left the type.
  return checked(months, days, x - y, !isBeyond(x - y, y, x), out)
}

/** So many times as long; what is less than a day of the days goes to the microseconds, that of the months is dropped. */
export function intervalScaled(at: usize, _length: i32, factor: f64, out: usize): i32 {
  return rounded(
    <f64>load<i32>(at, INTERVAL_MONTHS) * factor,
    <f64>load<i32>(at, INTERVAL_DAYS) * factor,
    <f64>load<i64>(at, INTERVAL_MICROS) * factor,
    out,
  )
}

/** The part of it that is one of so many. The divisor is not 0. */
export function intervalDivided(at: usize, _length: i32, divisor: f64, out: usize): i32 {
  return rounded(
    <f64>load<i32>(at, INTERVAL_MONTHS) / divisor,
    <f64>load<i32>(at, INTERVAL_DAYS) / divisor,
    <f64>load<i64>(at, INTERVAL_MICROS) / divisor,
    out,
  )
}

/** Months and days that are too large are the largest that there are, as Java converts them. */
function rounded(months: f64, days: f64, micros: f64, out: usize): i32 {
  const wholeMonths = <i32>months
  const wholeDays = <i32>days
  intervalOf(wholeMonths, wholeDays, <i64>Math.floor(micros + MICROS_PER_DAY * (days - wholeDays) + 0.5), out)
  const fits = <f64>wholeMonths == Math.trunc(months) && <f64>wholeDays == Math.trunc(days)
  return fits || months != months ? ROUTINE_VALUE : ROUTINE_ERROR
}
