// Dates and timestamps as text, in Spark's formats; timestamps in UTC, the session's time zone.
import { civilFromDays, floorDays } from './dates'
import { beginText, endText, writeDigits } from '../text/text'

const MICROS_PER_SECOND: i64 = 1000000
const NANOS_PER_SECOND: i64 = 1000000000
const MICROS_PER_DAY: i64 = 86400000000

function writeDate(at: usize, value: i32): usize {
  const civil = civilFromDays(value)
  const year = civil >> 9
  if (year < 0) store<u8>(at++, 0x2d)
  else if (year > 9999) store<u8>(at++, 0x2b)
  at = writeDigits(at, abs(year), 4)
  store<u8>(at++, 0x2d)
  at = writeDigits(at, <u64>((civil >> 5) & 15), 2)
  store<u8>(at++, 0x2d)
  return writeDigits(at, <u64>(civil & 31), 2)
}

/** hh:mm:ss */
function writeClock(at: usize, seconds: i64): usize {
  at = writeDigits(at, seconds / 3600, 2)
  store<u8>(at++, 0x3a)
  at = writeDigits(at, (seconds / 60) % 60, 2)
  store<u8>(at++, 0x3a)
  return writeDigits(at, seconds % 60, 2)
}

export function formatDate(value: i32, out: usize): void {
  const start = beginText(24)
  endText(start, writeDate(start, value), out)
}

/** Nanoseconds since midnight as 13:14:15.5: the fraction without the zeros at its end, and without the point when it is zero. */
export function formatClock(nanos: i64, out: usize): void {
  const start = beginText(24)
  let at = writeClock(start, nanos / NANOS_PER_SECOND)
  const fraction = nanos % NANOS_PER_SECOND
  if (fraction != 0) {
    store<u8>(at++, 0x2e)
    at = writeDigits(at, fraction, 9)
    while (load<u8>(at - 1) == 0x30) at--
  }
  endText(start, at, out)
}

/** 2024-02-29 13:14:15.5: the fraction without the zeros at its end, and without the point when it is zero. */
export function formatTimestamp(micros: i64, out: usize): void {
  const start = beginText(48)
  const whole = floorDays(micros)
  const rest = micros - whole * MICROS_PER_DAY
  let at = writeDate(start, <i32>whole)
  const seconds = rest / MICROS_PER_SECOND
  store<u8>(at++, 0x20)
  at = writeClock(at, seconds)
  const fraction = rest % MICROS_PER_SECOND
  if (fraction != 0) {
    store<u8>(at++, 0x2e)
    at = writeDigits(at, fraction, 6)
    while (load<u8>(at - 1) == 0x30) at--
  }
  endText(start, at, out)
}
