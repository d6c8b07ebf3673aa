// Dates and times out of their fields; each kernel returns which field is out of bounds.
import {
  CLOCK_NO_NUMBER,
  CLOCK_OVERFLOW,
  CLOCK_RANGE,
  FIELD_DAY,
  FIELD_DAY_OF_MONTH,
  FIELD_FRACTION,
  FIELD_HOUR,
  FIELD_LEAP_DAY,
  FIELD_MINUTE,
  FIELD_MONTH,
  FIELD_RANGE,
  FIELD_SECOND,
  FIELD_YEAR,
} from '../../interface/calendar'
import { ROUTINE_VALUE } from '../../interface/text'
import { daysFromCivil, lastDayOfMonth } from './dates'
import { beginText, endText, writeDigits } from '../text/text'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
const MOST_YEAR = 999999999
/** Years beyond these have days that 32 bits do not hold. */
const LAST_YEAR = 5881580
const FIRST_YEAR = -5877641

/** Leaves a number as text for the condition. */
function told(field: i32, value: i64, out: usize): i32 {
  const start = beginText(24)
  let at = start
  if (value < 0) store<u8>(at++, 0x2d)
  let size: u64 = value < 0 ? <u64>-value : <u64>value
  let digits = 1
  for (let rest = size; rest >= 10; rest /= 10) digits++
  endText(start, writeDigits(at, size, digits), out)
  return field
}

/** The months of thirty days or less, eight bytes each. */
const SHORT_MONTHS = memory.data<u8>([
  0x46, 0x45, 0x42, 0x52, 0x55, 0x41, 0x52, 0x59, 0x41, 0x50, 0x52, 0x49, 0x4c, 0, 0, 0, 0x4a, 0x55, 0x4e, 0x45, 0, 0, 0, 0, 0x53, 0x45, 0x50,
  0x54, 0x45, 0x4d, 0x42, 0x45, 0x4e, 0x4f, 0x56, 0x45, 0x4d, 0x42, 0x45, 0x52,
])

/** Leaves `FEBRUARY 30`. */
function toldDay(month: i32, day: i32, out: usize): i32 {
  const start = beginText(24)
  let at = start
  const name = SHORT_MONTHS + (month == 2 ? 0 : month == 4 ? 8 : month == 6 ? 16 : month == 9 ? 24 : 32)
  for (let i: usize = 0; i < 8 && load<u8>(name + i) != 0; i++) store<u8>(at++, load<u8>(name + i))
  if (month == 9) store<u8>(at++, 0x52)
  store<u8>(at++, 0x20)
  endText(start, writeDigits(at, day, 1), out)
  return FIELD_DAY_OF_MONTH
}

/** Leaves seconds with their fraction, without zeros at the end. */
function toldFraction(secondMicros: i64, out: usize): i32 {
  const start = beginText(24)
  let at = writeDigits(start, secondMicros / MICROS_PER_SECOND, 1)
  store<u8>(at++, 0x2e)
  at = writeDigits(at, secondMicros % MICROS_PER_SECOND, 6)
  while (load<u8>(at - 1) == 0x30) at--
  endText(start, at, out)
  return FIELD_FRACTION
}

let made: i32 = 0

function dateOf(year: i32, month: i32, day: i32, out: usize): i32 {
  if (year > MOST_YEAR || year < -MOST_YEAR) return told(FIELD_YEAR, year, out)
  if (month < 1 || month > 12) return told(FIELD_MONTH, month, out)
  if (day < 1 || day > 31) return told(FIELD_DAY, day, out)
  if (day == 29 && month == 2 && lastDayOfMonth(year, month) < 29) return told(FIELD_LEAP_DAY, year, out)
  if (day > lastDayOfMonth(year, month)) return toldDay(month, day, out)
  if (year > LAST_YEAR || year < FIRST_YEAR) return told(FIELD_RANGE, year, out)
  made = daysFromCivil(year, month, day)
  if (made < 0 != year < 1970) return told(FIELD_RANGE, year, out)
  return ROUTINE_VALUE
}

export function makeDate(year: i32, month: i32, day: i32, out: usize): i32 {
  const status = dateOf(year, month, day, out)
  if (status == ROUTINE_VALUE) store<i32>(out, made)
  return status
}

let clock: i64 = 0

/** `secondMicros`: seconds with their fraction. Sixty seconds are a minute more, where they may be. */
function clockOf(hour: i32, minute: i32, secondMicros: i64, maySixty: bool, out: usize): i32 {
  if (hour < 0 || hour > 23) return told(FIELD_HOUR, hour, out)
  if (minute < 0 || minute > 59) return told(FIELD_MINUTE, minute, out)
  const second = secondMicros / MICROS_PER_SECOND
  const isSixty = maySixty && second == 60
  if (isSixty && secondMicros % MICROS_PER_SECOND != 0) return toldFraction(secondMicros, out)
  if (secondMicros < 0 || (second > 59 && !isSixty)) return told(FIELD_SECOND, second, out)
  clock = <i64>(hour * 3600 + minute * 60) * MICROS_PER_SECOND + secondMicros
  return ROUTINE_VALUE
}

/** A date and a time of day as micros. */
export function makeTimestamp(
  year: i32,
  month: i32,
  day: i32,
  hour: i32,
  minute: i32,
  secondMicros: i64,
  out: usize,
): i32 {
  const ofDate = dateOf(year, month, day, out)
  if (ofDate != ROUTINE_VALUE) return ofDate
  const ofClock = clockOf(hour, minute, secondMicros, true, out)
  if (ofClock != ROUTINE_VALUE) return ofClock
  if (made > 106751990 || made < -106751990) return told(FIELD_RANGE, year, out)
  store<i64>(out, <i64>made * MICROS_PER_DAY + clock)
  return ROUTINE_VALUE
}

const NANOS_PER_DAY: i64 = 86400000000000

/** A time of day as nanoseconds. */
export function makeClock(hour: i32, minute: i32, secondMicros: i64, out: usize): i32 {
  const status = clockOf(hour, minute, secondMicros, false, out)
  if (status == ROUTINE_VALUE) store<i64>(out, clock * 1000)
  return status
}

/** The time so many nanoseconds after midnight, which a day must have. */
function clockOfNanos(nanos: i64, out: usize): i32 {
  if (nanos < 0 || nanos >= NANOS_PER_DAY) return told(CLOCK_RANGE, nanos, out)
  store<i64>(out, nanos)
  return ROUTINE_VALUE
}

/** So many units of so many nanoseconds after midnight. */
export function clockOfUnits(count: i64, unit: i64, out: usize): i32 {
  const most = i64.MAX_VALUE / unit
  return count > most || count < -most ? CLOCK_OVERFLOW : clockOfNanos(count * unit, out)
}

const MOST_NANOS: f64 = 9223372036854775807

/** So many seconds after midnight, nanoseconds towards zero. */
export function clockOfSeconds(seconds: f64, out: usize): i32 {
  if (!isFinite<f64>(seconds)) return CLOCK_NO_NUMBER
  const nanos = seconds * 1e9
  if (abs(nanos) >= MOST_NANOS) return clockOfNanos(nanos > 0 ? i64.MAX_VALUE : i64.MIN_VALUE, out)
  return clockOfNanos(<i64>nanos, out)
}
