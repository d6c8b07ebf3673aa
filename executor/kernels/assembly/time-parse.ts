// Dates and timestamps out of text, in every form Spark takes. Casts and JSON read them here; literals of SQL in
// planner/sql/date-time.ts, which the same examples test.
import { daysFromCivil, lastDayOfMonth } from './dates'
import { trimAll, trimmedAt, trimmedLength } from './text'
import { BAD_ZONE, NO_ZONE, readZone, REGION, regionOffset, zoneSeconds } from './zone-parse'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
const MINUS: u32 = 0x2d
const COLON: u32 = 0x3a
/** Beyond these years no date fits 32 bits of days. */
const GREATEST_YEAR = 5881580
const LEAST_YEAR = -5877641

let cursor: usize = 0
let end: usize = 0
let digitCount = 0

/** The current day since 1970, in UTC: a time without a date is of it. */
@external("env", "today")
declare function today(): i32

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

let micros: i64 = 0

/** Reads [:m[m][:s[s][.f]]] behind an hour into `micros`; false when it is no time of day. What follows is a zone. */
function readClock(hour: i32): bool {
  micros = 0
  let minute = 0
  let second = 0
  if (readByte(COLON)) {
    minute = readPair()
    if (minute < 0) return false
    if (readByte(COLON)) {
      second = readPair()
      if (second < 0) return false
      if (readByte(0x2e)) micros = readFraction()
    } else if (cursor < end) return false
  } else if (cursor < end) return false
  if (hour > 23 || minute > 59 || second > 59) return false
  micros += <i64>(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND
  return true
}

/** Digits after the point as micros; those after the sixth are dropped. */
function readFraction(): i64 {
  let value: i64 = 0
  let unit: i64 = 100000
  while (cursor < end) {
    const digit = <u32>load<u8>(cursor) - 0x30
    if (digit > 9) break
    value += <i64>digit * unit
    unit /= 10
    cursor++
  }
  return value
}

let timeOnly = false

/** Reads date and time into `days` and `micros`, up to the zone; false when malformed. */
function readDateAndTime(start: usize): bool {
  timeOnly = false
  micros = 0
  // Only where the text itself begins with it, as in Spark.
  if (cursor == start && readByte(0x54)) {
    timeOnly = true
    days = today()
    const hour = readPair()
    return hour >= 0 && readClock(hour)
  }
  const negative = readSign()
  const year = readDigits()
  if (cursor < end && load<u8>(cursor) == COLON && !signed) {
    timeOnly = true
    days = today()
    return digitCount > 0 && digitCount <= 2 && readClock(year)
  }
  if (digitCount < 4 || digitCount > 6 || !readMonthAndDay(negative ? -year : year)) return false
  if (cursor == end) return true
  if (!complete || (!readByte(0x54) && !readByte(0x20))) return false
  const hour = readPair()
  return hour >= 0 && readClock(hour)
}

/**
 * Writes the micros of a timestamp. `zoned`: whether a zone in the text counts or is ignored, and whether a time may stand without a
 * date. 1 when malformed.
 */
export function parseTimestamp(at: usize, length: i32, zoned: i32, out: usize): i32 {
  trimAll(at, length)
  cursor = trimmedAt
  end = cursor + trimmedLength
  if (!readDateAndTime(at) || (timeOnly && !zoned)) return 1
  const zone = cursor == end ? NO_ZONE : readZone(cursor, end)
  if (zone == BAD_ZONE) return 1
  // Floor of the least bigint is the first day of which a part can be told.
  if (days > 106751991 || days < -106751992) return 1
  const seconds = <i64>days * 86400 + micros / MICROS_PER_SECOND
  return finishTimestamp(seconds, micros % MICROS_PER_SECOND, zoned && zone != NO_ZONE, zone == REGION, out)
}

function finishTimestamp(local: i64, fraction: i64, shifted: bool, isRegion: bool, out: usize): i32 {
  let seconds = local
  if (shifted) seconds -= isRegion ? regionOffset(local) : <i64>zoneSeconds
  // The least bigint lies within its second.
  if (seconds > 9223372036854 || seconds < -9223372036855) return 1
  if (seconds == 9223372036854 && fraction > 775807) return 1
  if (seconds == -9223372036855 && fraction < 224192) return 1
  store<i64>(out, seconds * MICROS_PER_SECOND + fraction)
  return 0
}
