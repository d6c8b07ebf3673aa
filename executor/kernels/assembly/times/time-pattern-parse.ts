// Times out of texts by patterns, as Java's strict formatter reads them; letters of either case.
import { ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import * as codes from '../../interface/time-pattern'
import { arenaAllocate } from '../arena'
import { endText, fourOf, pairOf, writeDigits } from '../text/text'
import { clearFields, keepFields, presentFields, resolve, seconds, set, valueOr } from './time-fields'
import { BAD_ZONE, OFFSET, readZone, REGION, regionOffset, zoneSeconds } from './zone-parse'

const MICROS_PER_SECOND: i64 = 1000000
/** How deep parts that may be missing lie within each other at most. */
const DEEPEST = 16

let textStart: usize = 0
let textEnd: usize = 0
let cursor: usize = 0
/** Where reading stopped. */
let failedAt: usize = 0
let zoneAt: usize = 0
let zoneLength: i32 = 0
let depth = 0

function fail(at: usize): bool {
  failedAt = at
  return false
}

/** Runs operations up to `end`; false where the text is not of the pattern. */
function run(op: usize, end: usize): bool {
  while (op < end) {
    const kind = load<u8>(op, codes.PATTERN_KIND)
    const size = <usize>load<u16>(op, codes.PATTERN_PAYLOAD)
    const payload = op + codes.PATTERN_HEAD_BYTES
    if (kind == codes.PATTERN_NUMBER) {
      if (!readNumber(op, false) || !readText(payload, size)) return false
    } else if (!runOther(op, kind, payload, size)) return false
    op = payload + size
  }
  return true
}

function runOther(op: usize, kind: u32, payload: usize, size: usize): bool {
  if (kind == codes.PATTERN_TEXT) return readText(payload, size)
  if (kind == codes.PATTERN_SHORT_YEAR) return readNumber(op, true) && readText(payload, size)
  if (kind == codes.PATTERN_FRACTION) return readFraction(op)
  if (kind == codes.PATTERN_NAME) return readName(op)
  if (kind == codes.PATTERN_OPTIONAL) return readOptional(payload, size)
  return kind == codes.PATTERN_ZONE ? readZoneName() : readOffset(op, size)
}

function readOptional(op: usize, size: usize): bool {
  if (depth == DEEPEST) return fail(cursor)
  const fields = presentFields()
  const at = cursor
  const zone = zoneAt
  depth++
  const isThere = run(op, op + size)
  depth--
  if (!isThere) {
    keepFields(fields)
    cursor = at
    zoneAt = zone
  }
  return true
}

@inline
function lower(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte
}

function isHere(text: usize, size: usize): bool {
  if (textEnd - cursor < size) return false
  for (let i: usize = 0; i < size; i++) if (lower(load<u8>(cursor + i)) != lower(load<u8>(text + i))) return false
  return true
}

@inline
function readText(text: usize, size: usize): bool {
  // Mostly it is one byte, or none.
  if (size == 0) return true
  const at = cursor
  const isPlain = size == 1 && at < textEnd && load<u8>(at) == load<u8>(text)
  if (!isPlain && !isHere(text, size)) return fail(at)
  cursor = at + size
  return true
}

@inline
function digitAt(at: usize): u32 {
  return at < textEnd ? <u32>load<u8>(at) - 0x30 : 10
}

/** The number that stands in a text in as many digits as an operation wants at least, two or four, if no digit is behind them that belongs to it; else -1. */
@inline
function plainNumber(at: usize, least: u32, most: u32): i32 {
  if (at + least > textEnd || (most > least && digitAt(at + least) < 10)) return -1
  return least == 2 ? pairOf(load<u16>(at)) : fourOf(load<u32>(at))
}

function readNumber(op: usize, isShortYear: bool): bool {
  const least = <i32>load<u8>(op, codes.PATTERN_MIN)
  const most = <i32>load<u8>(op, codes.PATTERN_MAX)
  const reserved = <i32>load<u8>(op, codes.PATTERN_RESERVED)
  const start = cursor
  // Two digits are what most fields have, and four most years.
  if (reserved == 0 && !isShortYear && (least == 2 || least == 4)) {
    const number = plainNumber(start, least, most)
    if (number >= 0) {
      cursor = start + least
      return set(load<u8>(op, codes.PATTERN_FIELD), number) || fail(start)
    }
  }
  const sign = load<u8>(op, codes.PATTERN_SIGN)
  const signByte: u32 = cursor < textEnd ? load<u8>(cursor) : 0
  const negative = signByte == 0x2d
  const positive = signByte == 0x2b
  if (negative || positive) {
    if (sign == codes.SIGN_NEVER || (positive && sign != codes.SIGN_LONG)) return fail(start)
    cursor++
  }
  const first = cursor
  let digits = 0
  while (digits < most + reserved && digitAt(first + digits) < 10) digits++
  if (reserved > 0) digits = max(least, digits - reserved)
  let value: i64 = 0
  for (let i = 0; i < digits; i++) {
    const digit = digitAt(first + i)
    if (digit > 9) return fail(start)
    // So many digits are no year, whatever they are.
    if (value < 1000000000000) value = value * 10 + digit
  }
  if (digits < least) return fail(start)
  if (sign == codes.SIGN_LONG && !negative && positive != digits > least) return fail(start)
  if (negative && value == 0) return fail(start)
  cursor = first + digits
  const result = isShortYear ? 2000 + value : negative ? -value : value
  return set(load<u8>(op, codes.PATTERN_FIELD), result) || fail(start)
}

function readFraction(op: usize): bool {
  const max = <i32>load<u8>(op, codes.PATTERN_MAX)
  let digits = 0
  let value: i64 = 0
  while (digits < max && digitAt(cursor + digits) < 10) value = value * 10 + digitAt(cursor + digits++)
  if (digits < 1) return fail(cursor)
  for (let i = digits; i < 9; i++) value *= 10
  const start = cursor
  cursor += digits
  return set(codes.OF_FRACTION, value) || fail(start)
}

/** The longest name that the text goes on with. */
function readName(op: usize): bool {
  const count = <i32>load<u8>(op, codes.PATTERN_MIN)
  const width = <usize>load<u8>(op, codes.PATTERN_MAX)
  let best = -1
  let bestLength: usize = 0
  for (let i = 0; i < count; i++) {
    const name = op + codes.PATTERN_HEAD_BYTES + <usize>i * width
    const length = <usize>load<u8>(name)
    if (length > bestLength && isHere(name + 1, length)) {
      best = i
      bestLength = length
    }
  }
  if (best < 0) return fail(cursor)
  cursor += bestLength
  const field = load<u8>(op, codes.PATTERN_FIELD)
  return set(field, field == codes.OF_MONTH ? best + 1 : best) || fail(cursor - bestLength)
}

/** A region or an offset behind GMT, UTC or nothing. */
function readZoneName(): bool {
  const start = cursor
  let end = cursor
  while (end < textEnd && isZoneByte(load<u8>(end))) end++
  while (end > start && readZone(start, end) == BAD_ZONE) end--
  if (end == start) return fail(start)
  zoneAt = start
  zoneLength = <i32>(end - start)
  cursor = end
  return true
}

function isZoneByte(byte: u32): bool {
  return (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2f || byte == 0x5f || byte == 0x2b || byte == 0x2d || byte == 0x3a
}

function readOffset(op: usize, size: usize): bool {
  const form = <i32>load<u8>(op, codes.PATTERN_RESERVED)
  const none = op + codes.PATTERN_HEAD_BYTES
  if (form == codes.OFFSET_GMT || form == codes.OFFSET_GMT_SHORT) return isHere(none, size) ? readZoneName() : fail(cursor)
  const start = cursor
  const byte: u32 = cursor < textEnd ? load<u8>(cursor) : 0
  if (byte != 0x2b && byte != 0x2d) {
    if (!isHere(none, size)) return fail(start)
    cursor += size
    return setZone(start)
  }
  cursor++
  const hasColons = form == codes.OFFSET_COLON || form == codes.OFFSET_COLON_SECONDS
  if (!readPart(false, 18)) return fail(start)
  const hasMinutes = readPart(hasColons, 59)
  if (!hasMinutes && form != codes.OFFSET_HOURS) return fail(start)
  if (hasMinutes && form >= codes.OFFSET_SECONDS) readPart(hasColons, 59)
  return setZone(start)
}

/** Two digits up to a bound, perhaps behind a colon. */
function readPart(colon: bool, most: u32): bool {
  let at = cursor
  if (colon && (at >= textEnd || load<u8>(at++) != 0x3a)) return false
  const tens = digitAt(at)
  const ones = digitAt(at + 1)
  if (tens > 9 || ones > 9 || tens * 10 + ones > most) return false
  cursor = at + 2
  return true
}

function setZone(start: usize): bool {
  zoneAt = start
  zoneLength = <i32>(cursor - start)
  return true
}

/**
 * Reads a text by a pattern and writes its time. `zoned`: as an instant, in the zone of the text or else that of the session, where no text is
 * UTC; otherwise as clocks show it. An error leaves what Java says of it.
 */
export function parseTime(
  text: usize,
  length: i32,
  pattern: usize,
  patternLength: i32,
  session: usize,
  sessionLength: i32,
  zoned: i32,
  out: usize,
): i32 {
  textStart = text
  textEnd = text + length
  cursor = text
  zoneAt = 0
  depth = 0
  clearFields()
  if (!run(pattern, pattern + patternLength)) return told("' could not be parsed at index ", failedAt, out)
  if (cursor < textEnd) return told("' could not be parsed, unparsed text found at index ", cursor, out)
  if (!resolve()) return told("' could not be parsed", 0, out)
  let local = seconds
  if (zoned) local -= offsetOf(local, session, sessionLength)
  if (local > 9223372036853 || local < -9223372036854) return told("' could not be parsed", 0, out)
  store<i64>(out, local * MICROS_PER_SECOND + valueOr(codes.OF_FRACTION, 0) / 1000)
  return ROUTINE_VALUE
}

function offsetOf(local: i64, session: usize, sessionLength: i32): i64 {
  if (zoneAt == 0 && sessionLength == 0) return 0
  const zone = zoneAt != 0 ? readZone(zoneAt, zoneAt + zoneLength) : readZone(session, session + sessionLength)
  if (zone == REGION) return regionOffset(local)
  return zone == OFFSET ? <i64>zoneSeconds : 0
}

/** Leaves what is wrong: the text, and where in it. */
function told(what: string, at: usize, out: usize): i32 {
  const length = textEnd - textStart
  const start = arenaAllocate(<i32>length + 96)
  let end = append(start, "Text '")
  memory.copy(end, textStart, length)
  end = append(end + length, what)
  if (at != 0) end = writeDigits(end, charactersBefore(at), 1)
  endText(start, end, out)
  return ROUTINE_ERROR
}

function append(at: usize, text: string): usize {
  for (let i = 0; i < text.length; i++) store<u8>(at++, <u8>load<u16>(changetype<usize>(text) + (<usize>i << 1)))
  return at
}

/** Java counts UTF-16 units: four bytes of UTF-8 are two. */
function charactersBefore(at: usize): i32 {
  let count = 0
  for (let p = textStart; p < at; p++) {
    const byte = load<u8>(p)
    if ((byte & 0xc0) != 0x80) count += byte >= 0xf0 ? 2 : 1
  }
  return count
}
