// Dates and timestamps out of text, in every form Spark takes. Casts and JSON read them here; literals of SQL in
// planner/sql/date-time.ts, which the same examples test.
import { daysFromCivil, floorDays, lastDayOfMonth } from './dates'
import { trimAll, trimmedAt, trimmedLength } from '../text/text'
import { BAD_ZONE, NO_ZONE, readZone, REGION, regionInstantOffset, regionOffset, zoneSeconds } from './zone-parse'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
const MINUS: u32 = 0x2d
/** What becomes of a zone in the text of a timestamp, other than being ignored (0). */
export const ZONE_IGNORED = 0
export const ZONE_COUNTS = 1
export const ZONE_REFUSED = 2
const COLON: u32 = 0x3a
/** Beyond these years no date fits 32 bits of days. */
const GREATEST_YEAR = 5881580
const LEAST_YEAR = -5877641

let cursor: usize = 0
let end: usize = 0
let digitCount = 0

/** Microseconds since 1970: a time without a date is of the current day. */
@external("env", "now")
declare function now(): i64

/** Reads digits; their value (of at most nine of them) and, in `digitCount`, how many there are. */
@inline
function readDigits(): i32 {
  let value = 0
  const start = cursor
  while (cursor < end) {
    const digit = <u32>load<u8>(cursor) - 0x30
    if (digit > 9) break
    value = value * 10 + <i32>digit
    cursor++
  }
  digitCount = <i32>(cursor - start)
  return value
}

/** Reads one or two digits; -1 when there are none or more. */
@inline
function readPair(): i32 {
  const value = readDigits()
  return digitCount == 1 || digitCount == 2 ? value : -1
}

@inline
function readByte(byte: u32): bool {
  if (cursor == end || load<u8>(cursor) != byte) return false
  cursor++
  return true
}

/** Reads a sign; whether it is a minus. `signed` tells whether there was one. */
let signed = false

function readSign(): bool {
  signed = cursor < end && (load<u8>(cursor) == MINUS || load<u8>(cursor) == 0x2b)
  return signed && load<u8>(cursor++) == MINUS
}

let days = 0

/** yyyy-mm-dd as digits 0 to 9 between two dashes, and what shows a byte beyond those when it is added to it. */
const DATE_ZEROS: u64 = 0x2d30302d30303030
const DATE_EXCESS: u64 = 0x7f76767f76767676
const CLOCK_ZEROS: u64 = 0x30303a30303a3030
const CLOCK_EXCESS: u64 = 0x76767f76767f7676
const HIGH_BITS: u64 = 0x8080808080808080

/** Two digits, each in a byte, as a number. */
@inline
function pairIn(bytes: u64): i32 {
  return <i32>(bytes & 15) * 10 + <i32>((bytes >> 8) & 15)
}

/** Reads yyyy-mm-dd, the form of most texts, into `days`: 16 bytes less at a time than `readMonthAndDay`. Any other text is left to that one. */
@inline
function readPlainDate(at: usize): bool {
  const bytes = load<u64>(at) ^ DATE_ZEROS
  const tail = <u32>load<u16>(at, 8) ^ 0x3030
  if ((((bytes + DATE_EXCESS) | bytes) & HIGH_BITS) != 0 || (((tail + 0x7676) | tail) & 0x8080) != 0) return false
  const year = pairIn(bytes) * 100 + pairIn(bytes >> 16)
  const month = pairIn(bytes >> 40)
  const day = pairIn(tail)
  // Every month has 28 days.
  if (month == 0 || month > 12 || day == 0 || (day > 28 && day > lastDayOfMonth(year, month))) return false
  days = daysFromCivil(year, month, day)
  return true
}

/** Reads hh:mm:ss into `seconds`. */
@inline
function readPlainClock(at: usize): bool {
  const bytes = load<u64>(at) ^ CLOCK_ZEROS
  if ((((bytes + CLOCK_EXCESS) | bytes) & HIGH_BITS) != 0) return false
  const hour = pairIn(bytes)
  const minute = pairIn(bytes >> 24)
  const second = pairIn(bytes >> 48)
  seconds = hour * 3600 + minute * 60 + second
  return hour < 24 && minute < 60 && second < 60
}

/** Whether month and day were given. */
let complete = false

/** Reads [-m[m][-d[d]]] behind a year into `days`; false when it is no date that 32 bits hold. */
function readMonthAndDay(year: i32): bool {
  let month = 1
  let day = 1
  complete = false
  if (readByte(MINUS)) {
    month = readPair()
    if (month < 1 || month > 12) return false
    if (readByte(MINUS)) {
      day = readPair()
      if (day < 1 || day > lastDayOfMonth(year, month)) return false
      complete = true
    }
  }
  if (year > GREATEST_YEAR || year < LEAST_YEAR) return false
  days = daysFromCivil(year, month, day)
  // In the first and the last year some days are beyond 32 bits; those wrapped to the other side.
  return days < 0 == year < 1970
}

/** Writes the days of a date; 1 when malformed. What follows a blank or T is not looked at. */
export function parseDate(at: usize, length: i32, out: usize): i32 {
  // Most have nothing around them.
  if (length == 10 && readPlainDate(at)) {
    store<i32>(out, days)
    return 0
  }
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  const negative = readSign()
  const year = readDigits()
  if (digitCount < 4 || digitCount > 7 || !readMonthAndDay(negative ? -year : year)) return 1
  if (cursor < end && (!complete || (load<u8>(cursor) != 0x20 && load<u8>(cursor) != 0x54))) return 1
  store<i32>(out, days)
  return 0
}

/** The time of day: whole seconds, and micros beyond them. */
let seconds = 0
let fraction: i64 = 0

/** Reads [:m[m][:s[s][.f]]] behind an hour into them; false when it is no time of day. What follows is a zone. */
function readClock(hour: i32): bool {
  fraction = 0
  let minute = 0
  let second = 0
  if (readByte(COLON)) {
    minute = readPair()
    if (minute < 0) return false
    if (readByte(COLON)) {
      second = readPair()
      if (second < 0) return false
      if (readByte(0x2e)) fraction = readFraction()
    } else if (cursor < end) return false
  } else if (cursor < end) return false
  if (hour > 23 || minute > 59 || second > 59) return false
  seconds = hour * 3600 + minute * 60 + second
  return true
}

/** Digits after the point as micros; those after the sixth are dropped. */
function readFraction(): i64 {
  let value = 0
  let places = 6
  while (cursor < end) {
    const digit = <u32>load<u8>(cursor) - 0x30
    if (digit > 9) break
    if (places > 0) {
      value = value * 10 + <i32>digit
      places--
    }
    cursor++
  }
  for (; places > 0; places--) value *= 10
  return value
}

let timeOnly = false

/** Reads yyyy-mm-dd hh:mm:ss[.f]; false for any other text, which is read by `readDateAndTime`. */
@inline
function readPlainDateAndTime(): bool {
  if (end - cursor < 19) return false
  const between = load<u8>(cursor, 10)
  if ((between != 0x20 && between != 0x54) || !readPlainDate(cursor) || !readPlainClock(cursor + 11)) return false
  timeOnly = false
  fraction = 0
  cursor += 19
  // A further digit of the second is no beginning of a zone.
  if (readByte(0x2e)) fraction = readFraction()
  return true
}

/** Reads date and time into `days`, `seconds` and `fraction`, up to the zone; false when malformed. */
function readDateAndTime(start: usize): bool {
  timeOnly = false
  seconds = 0
  fraction = 0
  // Only where the text itself begins with it, as in Spark.
  if (cursor == start && readByte(0x54)) {
    timeOnly = true
    const hour = readPair()
    return hour >= 0 && readClock(hour)
  }
  const negative = readSign()
  const year = readDigits()
  if (cursor < end && load<u8>(cursor) == COLON && !signed) {
    timeOnly = true
    return digitCount > 0 && digitCount <= 2 && readClock(year)
  }
  if (digitCount < 4 || digitCount > 6 || !readMonthAndDay(negative ? -year : year)) return false
  if (cursor == end) return true
  if (!complete || (!readByte(0x54) && !readByte(0x20))) return false
  const hour = readPair()
  return hour >= 0 && readClock(hour)
}

/** Takes AM or PM, in any case, from the end of the text; how many hours it adds, or -1 when there is none. */
function readHalf(): i32 {
  if (end - cursor < 3 || (load<u8>(end - 1) | 0x20) != 0x6d) return -1
  const half = load<u8>(end - 2) | 0x20
  if (half != 0x61 && half != 0x70) return -1
  trimAll(cursor, <i32>(end - 2 - cursor))
  end = trimmedAt + trimmedLength
  return half == 0x70 ? 12 : 0
}

/** Writes the nanoseconds since midnight of a time without a date and a zone; 1 when malformed. Hours of halves of a day are 1 to 12. */
export function parseClock(at: usize, length: i32, out: usize): i32 {
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  const half = readHalf()
  if (!readDateAndTime(at) || !timeOnly || cursor != end) return 1
  if (half >= 0) {
    const hour = seconds / 3600
    if (hour < 1 || hour > 12) return 1
    seconds += (half - (hour == 12 ? 12 : 0)) * 3600
  }
  store<i64>(out, (<i64>seconds * MICROS_PER_SECOND + fraction) * 1000)
  return 0
}

/** The day of the zone read last. */
function today(zone: i32): i32 {
  const at = now()
  if (zone == NO_ZONE) return <i32>floorDays(at)
  const seconds = zone == REGION ? regionInstantOffset(at / MICROS_PER_SECOND) : <i64>zoneSeconds
  return <i32>floorDays(at + seconds * MICROS_PER_SECOND)
}

/**
 * Writes the micros of a timestamp. `zoned`: whether a zone in the text counts, is ignored or refused (ZONE_*); only where it counts may a time stand
 * without a date; `zoneAt`: the name of the zone of texts without one, which is UTC if it has no length. 1 when malformed.
 */
export function parseTimestamp(
  at: usize,
  length: i32,
  zoned: i32,
  zoneAt: usize,
  zoneLength: i32,
  out: usize,
): i32 {
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  if (!readPlainDateAndTime() && (!readDateAndTime(at) || (timeOnly && zoned != ZONE_COUNTS))) return 1
  let zone = cursor == end ? NO_ZONE : readZone(cursor, end)
  if (zone == BAD_ZONE || (zone != NO_ZONE && zoned == ZONE_REFUSED)) return 1
  if (zone == NO_ZONE && zoneLength > 0) zone = readZone(zoneAt, zoneAt + zoneLength)
  if (timeOnly) days = today(zone)
  // Floor of the least bigint is the first day of which a part can be told.
  if (days > 106751991 || days < -106751992) return 1
  return finishTimestamp(<i64>days * 86400 + seconds, zoned == ZONE_COUNTS && zone != NO_ZONE, zone == REGION, out)
}

function finishTimestamp(local: i64, shifted: bool, isRegion: bool, out: usize): i32 {
  let seconds = local
  if (shifted) seconds -= isRegion ? regionOffset(local) : <i64>zoneSeconds
  // The least bigint lies within its second.
  if (seconds > 9223372036854 || seconds < -9223372036855) return 1
  if (seconds == 9223372036854 && fraction > 775807) return 1
  if (seconds == -9223372036855 && fraction < 224192) return 1
  store<i64>(out, seconds * MICROS_PER_SECOND + fraction)
  return 0
}
