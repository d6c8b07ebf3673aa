// Times as texts by patterns (`planner/plan/time-pattern/program.ts` makes them).
import * as codes from '../interface/time-pattern'
import { arenaAllocate } from './arena'
import { civilFromDays, daysFromCivil, floorDays } from './dates'
import { endText, writeDigits } from './text'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
/** No number takes more bytes. */
const LONGEST_NUMBER = 24

let days: i32 = 0
let year: i64 = 0
let month: i32 = 0
let day: i32 = 0
let second: i32 = 0
let micros: i64 = 0

function fieldOf(field: i32): i64 {
  switch (field) {
    case codes.OF_YEAR:
      return year
    case codes.OF_YEAR_OF_ERA:
      return year > 0 ? year : 1 - year
    case codes.OF_MONTH:
      return month
    case codes.OF_DAY:
      return day
    case codes.OF_DAY_OF_YEAR:
      return days - daysFromCivil(<i32>year, 1, 1) + 1
    case codes.OF_HOUR:
      return second / 3600
    case codes.OF_CLOCK_HOUR:
      return second < 3600 ? 24 : second / 3600
    case codes.OF_HALF_HOUR:
      return (second / 3600) % 12
    case codes.OF_HALF_CLOCK_HOUR:
      return ((second / 3600 + 11) % 12) + 1
    case codes.OF_MINUTE:
      return (second / 60) % 60
    case codes.OF_SECOND:
      return second % 60
    case codes.OF_ERA:
      return i64(year > 0)
    case codes.OF_HALF:
      return i64(second >= 43200)
    case codes.OF_QUARTER:
      return (month + 2) / 3
    case codes.OF_WEEKDAY: {
      const rest = (<i64>days + 3) % 7
      return rest < 0 ? rest + 7 : rest
    }
    default:
      return ((day - 1) % 7) + 1
  }
}

/** Writes a time that clocks show, which are so many seconds ahead of UTC, by a pattern. */
export function formatTime(local: i64, offset: i32, pattern: usize, length: i32, out: usize): void {
  const whole = floorDays(local)
  const rest = local - whole * MICROS_PER_DAY
  days = <i32>whole
  const civil = civilFromDays(days)
  year = civil >> 9
  month = <i32>(civil >> 5) & 15
  day = <i32>civil & 31
  second = <i32>(rest / MICROS_PER_SECOND)
  micros = rest % MICROS_PER_SECOND
  const end = pattern + length
  const start = arenaAllocate(length + (length / codes.PATTERN_HEAD_BYTES) * LONGEST_NUMBER)
  let at = start
  for (let op = pattern; op < end; op += <usize>codes.PATTERN_HEAD_BYTES + <usize>load<u16>(op, codes.PATTERN_PAYLOAD)) at = write(op, at, offset)
  endText(start, at, out)
}

function write(op: usize, at: usize, offset: i32): usize {
  const kind = load<u8>(op, codes.PATTERN_KIND)
  const size = load<u16>(op, codes.PATTERN_PAYLOAD)
  const min = <i32>load<u8>(op, codes.PATTERN_MIN)
  const field = <i32>load<u8>(op, codes.PATTERN_FIELD)
  if (kind == codes.PATTERN_TEXT) {
    store<u8>(at, load<u8>(op, codes.PATTERN_HEAD_BYTES))
    for (let i: usize = 1; i < size; i++) store<u8>(at + i, load<u8>(op + i, codes.PATTERN_HEAD_BYTES))
    return at + size
  }
  if (kind == codes.PATTERN_NUMBER) return writeNumber(op, at, fieldOf(field), min)
  if (kind == codes.PATTERN_SHORT_YEAR) return writePair(at, <u32>(<u64>abs(fieldOf(field)) % 100))
  if (kind == codes.PATTERN_FRACTION) return writeFraction(at, min)
  if (kind == codes.PATTERN_NAME) {
    const first = field == codes.OF_MONTH || field == codes.OF_QUARTER ? 1 : 0
    const name = op + codes.PATTERN_HEAD_BYTES + (<usize>fieldOf(field) - first) * <usize>load<u8>(op, codes.PATTERN_MAX)
    const bytes = <usize>load<u8>(name)
    for (let i: usize = 0; i < bytes; i++) store<u8>(at + i, load<u8>(name + i, 1))
    return at + bytes
  }
  return writeOffset(op, at, offset)
}

@inline
function writePair(at: usize, value: u32): usize {
  const tens = value / 10
  store<u16>(at, <u16>(0x3030 + tens + ((value - tens * 10) << 8)))
  return at + 2
}

@inline
function writeNumber(op: usize, at: usize, value: i64, min: i32): usize {
  // Two digits are what most fields have, and four most years.
  if (min == 2 && <u64>value < 100) return writePair(at, <u32>value)
  if (min == 4 && <u64>value < 10000) return writePair(writePair(at, <u32>value / 100), <u32>value % 100)
  if (value < 0) store<u8>(at++, 0x2d)
  else if (load<u8>(op, codes.PATTERN_SIGN) == codes.SIGN_LONG && value >= powerOfTen(min)) store<u8>(at++, 0x2b)
  return writeDigits(at, <u64>abs(value), min)
}

function powerOfTen(exponent: i32): i64 {
  let power: i64 = 1
  for (let i = 0; i < exponent; i++) power *= 10
  return power
}

/** The first digits of a second's fraction, of which there are nine. */
function writeFraction(at: usize, digits: i32): usize {
  writeDigits(at, micros, 6)
  for (let i = 6; i < digits; i++) store<u8>(at + i, 0x30)
  return at + digits
}

function writeOffset(op: usize, at: usize, offset: i32): usize {
  const form = <i32>load<u8>(op, codes.PATTERN_RESERVED)
  const isGmt = form == codes.OFFSET_GMT || form == codes.OFFSET_GMT_SHORT
  if (offset == 0 || isGmt) {
    const size = <usize>load<u16>(op, codes.PATTERN_PAYLOAD)
    memory.copy(at, op + codes.PATTERN_HEAD_BYTES, size)
    at += size
    if (offset == 0) return at
  }
  store<u8>(at++, offset < 0 ? 0x2d : 0x2b)
  const seconds = abs(offset)
  at = writeDigits(at, seconds / 3600, form == codes.OFFSET_GMT_SHORT ? 1 : 2)
  const minute = (seconds / 60) % 60
  const isShort = form == codes.OFFSET_HOURS || form == codes.OFFSET_GMT_SHORT
  const hasSeconds = form >= codes.OFFSET_SECONDS && seconds % 60 != 0
  if (isShort && minute == 0 && !hasSeconds) return at
  const hasColons = form == codes.OFFSET_COLON || form == codes.OFFSET_COLON_SECONDS || isGmt
  if (hasColons) store<u8>(at++, 0x3a)
  at = writeDigits(at, minute, 2)
  if (!hasSeconds) return at
  if (hasColons) store<u8>(at++, 0x3a)
  return writeDigits(at, seconds % 60, 2)
}
