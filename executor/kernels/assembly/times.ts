// Dates and timestamps as text, in Spark's formats; timestamps in UTC, the session's time zone.
import { civilFromDays, daysFromCivil, lastDayOfMonth } from './dates'
import { beginText, endText, trimAll, trimmedAt, trimmedLength, writeDigits } from './text'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000

let cursor: usize = 0
let end: usize = 0

/** Reads at least `least` and at most `most` digits; -1 when there are fewer. */
function readNumber(least: i32, most: i32): i32 {
  let value = 0
  let count = 0
  while (cursor < end && count < most) {
    const digit = <u32>load<u8>(cursor) - 0x30
    if (digit > 9) break
    value = value * 10 + <i32>digit
    cursor++
    count++
  }
  return count < least ? -1 : value
}

function readByte(byte: u8): bool {
  if (cursor == end || load<u8>(cursor) != byte) return false
  cursor++
  return true
}

let days = 0

/** Reads [+-]yyyy[y][y][y][-m[m][-d[d]]] into `days`; false when malformed. */
function readDate(): bool {
  let negative = false
  if (cursor < end && (load<u8>(cursor) == 0x2d || load<u8>(cursor) == 0x2b)) negative = load<u8>(cursor++) == 0x2d
  const year = readNumber(4, 7)
  if (year < 0) return false
  let month = 1
  let day = 1
  if (readByte(0x2d)) {
    month = readNumber(1, 2)
    if (month < 1 || month > 12) return false
    if (readByte(0x2d)) {
      day = readNumber(1, 2)
      if (day < 1 || day > lastDayOfMonth(negative ? -year : year, month)) return false
    }
  }
  days = daysFromCivil(negative ? -year : year, month, day)
  return true
}

/** Writes the days of a date; 1 when malformed. What follows a blank or T is not looked at. */
export function parseDate(at: usize, length: i32, out: usize): i32 {
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  if (!readDate()) return 1
  if (cursor < end && load<u8>(cursor) != 0x20 && load<u8>(cursor) != 0x54) return 1
  store<i32>(out, days)
  return 0
}

/** Reads Z, UTC, GMT or an offset ±h[h][[:]mm]; -1 when malformed, else offset in seconds plus a day. */
function readZone(): i32 {
  const day = 86400
  while (cursor < end && load<u8>(cursor) == 0x20) cursor++
  if (cursor == end || (readByte(0x5a) && cursor == end)) return day
  if (end - cursor >= 3) {
    const word = (<u32>load<u16>(cursor) << 8) | load<u8>(cursor, 2)
    if (word == 0x545543 || word == 0x4d4754) {
      cursor += 3
      if (cursor == end) return day
    }
  }
  const negative = load<u8>(cursor) == 0x2d
  if (!negative && load<u8>(cursor) != 0x2b) return -1
  cursor++
  const hours = readNumber(1, 2)
  let minutes = 0
  if (cursor < end) {
    readByte(0x3a)
    minutes = readNumber(2, 2)
  }
  if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59 || cursor != end) return -1
  const seconds = hours * 3600 + minutes * 60
  return day + (negative ? -seconds : seconds)
}

/** Writes the micros of a timestamp; 1 when malformed. `zoned`: whether a zone in the text counts or is ignored. */
export function parseTimestamp(at: usize, length: i32, zoned: i32, out: usize): i32 {
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  if (!readDate()) return 1
  let micros: i64 = 0
  let offset = 86400
  if (cursor < end) {
    if (!readByte(0x54) && !readByte(0x20)) return 1
    const hour = readNumber(1, 2)
    if (hour < 0 || hour > 23 || !readByte(0x3a)) return 1
    const minute = readNumber(1, 2)
    if (minute < 0 || minute > 59) return 1
    let second = 0
    if (readByte(0x3a)) {
      second = readNumber(1, 2)
      if (second < 0 || second > 59) return 1
      if (readByte(0x2e)) micros = readFraction()
    }
    micros += <i64>(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND
    offset = readZone()
    if (offset < 0) return 1
    if (!zoned) offset = 86400
  }
  store<i64>(out, <i64>days * MICROS_PER_DAY + micros - <i64>(offset - 86400) * MICROS_PER_SECOND)
  return 0
}

/** Digits after the point as micros; those after the sixth are dropped. */
function readFraction(): i64 {
  let micros: i64 = 0
  let unit: i64 = 100000
  while (cursor < end) {
    const digit = <u32>load<u8>(cursor) - 0x30
    if (digit > 9) break
    micros += <i64>digit * unit
    unit /= 10
    cursor++
  }
  return micros
}

function writeDate(at: usize, value: i32): usize {
  const civil = civilFromDays(value)
  const year = civil >> 9
  if (year < 0) store<u8>(at++, 0x2d)
  else if (year > 9999) store<u8>(at++, 0x2b)
  at = writeDigits(at, <u64>abs(year), 4)
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

/** 2024-02-29 13:14:15.5: the fraction without the zeros at its end, and without the point when it is zero. */
export function formatTimestamp(micros: i64, out: usize): void {
  const start = beginText(48)
  const whole = (micros >= 0 ? micros : micros - (MICROS_PER_DAY - 1)) / MICROS_PER_DAY
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

/** 2024-02-29T13:14:15.500Z: as JSON has it, in milliseconds. */
export function formatTimestampIso(micros: i64, out: usize): void {
  const start = beginText(48)
  const whole = (micros >= 0 ? micros : micros - (MICROS_PER_DAY - 1)) / MICROS_PER_DAY
  const rest = micros - whole * MICROS_PER_DAY
  let at = writeDate(start, <i32>whole)
  store<u8>(at++, 0x54)
  at = writeClock(at, rest / MICROS_PER_SECOND)
  store<u8>(at++, 0x2e)
  at = writeDigits(at, (rest % MICROS_PER_SECOND) / 1000, 3)
  store<u8>(at++, 0x5a)
  endText(start, at, out)
}
