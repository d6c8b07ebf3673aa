// Intervals made of their fields.
import { RESULT_ADDRESS, RESULT_LENGTH, RESULT_LOW, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'

/** What is too large for its type, which no text tells. */
function overflow(out: usize): i32 {
  store<u32>(out, 0, RESULT_ADDRESS)
  store<u32>(out, 0, RESULT_LENGTH)
  return ROUTINE_ERROR
}

export function makeYearMonth(years: i32, months: i32, out: usize): i32 {
  const whole = <i64>years * 12
  if (whole != <i64><i32>whole || whole + months != <i64><i32>(whole + months)) return overflow(out)
  store<i32>(out, <i32>(whole + months), RESULT_LOW)
  return ROUTINE_VALUE
}

const DAY: i64 = 86400000000
const HOUR: i64 = 3600000000
const MINUTE: i64 = 60000000

/** Whether a sum of 64 bits has left these: its sign is that of neither addend. */
export function isBeyond(a: i64, b: i64, sum: i64): bool {
  return ((a ^ sum) & (b ^ sum)) < 0
}

/** Fields one after the other, as Spark adds them up: what leaves the type in between is too large, whatever comes then. */
export function makeDayTime(days: i32, hours: i32, minutes: i32, micros: i64, out: usize): i32 {
  // Fewer days than 2^31 are of fewer microseconds than 2^68.
  if (days > <i32>(i64.MAX_VALUE / DAY) || days < <i32>(i64.MIN_VALUE / DAY)) return overflow(out)
  const withDays = micros + days * DAY
  if (isBeyond(micros, days * DAY, withDays)) return overflow(out)
  const withHours = withDays + hours * HOUR
  if (isBeyond(withDays, hours * HOUR, withHours)) return overflow(out)
  const whole = withHours + minutes * MINUTE
  if (isBeyond(withHours, minutes * MINUTE, whole)) return overflow(out)
  store<i64>(out, whole, RESULT_LOW)
  return ROUTINE_VALUE
}
