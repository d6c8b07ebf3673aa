// Times as texts by patterns (`planner/plan/time-pattern/program.ts` makes them).
import * as codes from '../../interface/time-pattern'
import { arenaAllocate } from '../arena'
import { civilFromDays, dayOfYear, floorDays } from './dates'
import { copyBytes } from '../rows/row-store'
import { endText, writeDigits } from '../text/text'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
/** No number takes more bytes. */
const LONGEST_NUMBER = 24

let days: i32 = 0
let micros: i64 = 0

/** The fields that are at hand of every time (i32 each): those up to OF_SECOND, but for the day of the year. */
const VALUES: usize = memory.data(codes.PATTERN_FIELDS * 4, 4)

@inline
function setField(field: i32, value: i32): void {
  store<i32>(VALUES + (<usize>field << 2), value)
}

@inline
function valueOf(field: i32): i32 {
  return load<i32>(VALUES + (<usize>field << 2))
}

@inline
function fieldOf(field: i32): i64 {
  return field <= codes.OF_SECOND && field != codes.OF_DAY_OF_YEAR ? valueOf(field) : rareFieldOf(field)
}

function rareFieldOf(field: i32): i64 {
  switch (field) {
    case codes.OF_DAY_OF_YEAR:
      return dayOfYear(days)
    case codes.OF_ERA:
      return i64(valueOf(codes.OF_YEAR) > 0)
    case codes.OF_HALF:
      return i64(valueOf(codes.OF_HOUR) >= 12)
    case codes.OF_QUARTER:
      return (valueOf(codes.OF_MONTH) + 2) / 3
    case codes.OF_WEEKDAY: {
      const rest = (<i64>days + 3) % 7
      return rest < 0 ? rest + 7 : rest
    }
    default:
      return ((valueOf(codes.OF_DAY) - 1) % 7) + 1
  }
}

function setFields(second: i32): void {
  const civil = civilFromDays(days)
  const year = <i32>(civil >> 9)
  setField(codes.OF_YEAR, year)
  setField(codes.OF_YEAR_OF_ERA, year > 0 ? year : 1 - year)
  setField(codes.OF_MONTH, <i32>(civil >> 5) & 15)
  setField(codes.OF_DAY, <i32>civil & 31)
  const minute = second / 60
  const hour = minute / 60
  const half = hour < 12 ? hour : hour - 12
  setField(codes.OF_HOUR, hour)
  setField(codes.OF_CLOCK_HOUR, hour == 0 ? 24 : hour)
  setField(codes.OF_HALF_HOUR, half)
  setField(codes.OF_HALF_CLOCK_HOUR, half == 0 ? 12 : half)
  setField(codes.OF_MINUTE, minute - hour * 60)
  setField(codes.OF_SECOND, second - minute * 60)
}

/** Behind what is written there may be written as much. */
const SLACK: usize = 8

/** Writes a time that clocks show, which are so many seconds ahead of UTC, by a pattern. */
export function formatTime(local: i64, offset: i32, pattern: usize, length: i32, out: usize): void {
  const whole = floorDays(local)
  const rest = local - whole * MICROS_PER_DAY
  const second = rest / MICROS_PER_SECOND
  days = <i32>whole
  micros = rest - second * MICROS_PER_SECOND
  setFields(<i32>second)
  const end = pattern + length
  const start = arenaAllocate(<usize>(length + (length / codes.PATTERN_HEAD_BYTES) * LONGEST_NUMBER) + SLACK)
  let at = start
  for (let op = pattern; op < end; ) {
    const size = <usize>load<u16>(op, codes.PATTERN_PAYLOAD)
    const kind = load<u8>(op, codes.PATTERN_KIND)
    const payload = op + codes.PATTERN_HEAD_BYTES
    if (kind == codes.PATTERN_NUMBER) {
      at = writeNumber(op, at, fieldOf(load<u8>(op, codes.PATTERN_FIELD)), <i32>load<u8>(op, codes.PATTERN_MIN))
      at = writeText(at, payload, size)
    } else if (kind == codes.PATTERN_TEXT) at = writeText(at, payload, size)
    else at = writeOther(op, kind, size, at, offset)
    op = payload + size
  }
  endText(start, at, out)
}

@inline
function writeText(at: usize, text: usize, size: usize): usize {
  if (size <= SLACK) store<u64>(at, load<u64>(text))
  else copyBytes(at, text, size)
  return at + size
}

function writeOther(op: usize, kind: u32, size: usize, at: usize, offset: i32): usize {
  const field = <i32>load<u8>(op, codes.PATTERN_FIELD)
  if (kind == codes.PATTERN_SHORT_YEAR) {
    at = writePair(at, <u32>(<u64>abs(fieldOf(field)) % 100))
    return writeText(at, op + codes.PATTERN_HEAD_BYTES, size)
  }
  if (kind == codes.PATTERN_FRACTION) return writeFraction(at, <i32>load<u8>(op, codes.PATTERN_MIN))
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
