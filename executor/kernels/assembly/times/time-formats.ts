// Dates and times in texts that tell them as interface/time-formats.ts says.
import { FORMAT_CLOCK, FORMAT_DATE, FORMAT_NTZ, FORMAT_TIMESTAMP, FORMAT_ZONE } from '../../interface/time-formats'
import { floorDays } from './dates'
import { formatTime } from './time-format'
import { parseClock, parseDate, parseTimestamp, ZONE_COUNTS, ZONE_REFUSED } from './time-parse'
import { parseTime } from './time-pattern-parse'
import { formatDate } from './times'
import { zoneLocal } from './zones'

const MICROS_PER_SECOND: i64 = 1000000
const MICROS_PER_DAY: i64 = 86400000000
const NANOS_PER_MICRO: i64 = 1000
const scratch: usize = memory.data(16, 16)
const told: usize = memory.data(16, 16)

@inline
function hasPattern(formats: usize, place: usize): bool {
  return load<i32>(formats + place, 4) != 0
}

function readPatterned(formats: usize, place: usize, at: usize, length: i32, zoned: i32, out: usize): bool {
  const pattern = formats + load<u32>(formats + place)
  const zone = formats + load<u32>(formats, FORMAT_ZONE)
  return parseTime(at, length, pattern, load<i32>(formats + place, 4), zone, load<i32>(formats, FORMAT_ZONE + 4), zoned, out) == 0
}

/** Writes the days of a date; false when a text is none. */
export function readFormattedDate(formats: usize, at: usize, length: i32, out: usize): bool {
  if (!hasPattern(formats, FORMAT_DATE)) return parseDate(at, length, out) == 0
  if (!readPatterned(formats, FORMAT_DATE, at, length, 0, scratch)) return false
  store<i32>(out, <i32>floorDays(load<i64>(scratch)))
  return true
}

/** Writes the micros of a timestamp, with or without a zone; false when a text is none. */
export function readFormattedTime(formats: usize, isZoned: bool, at: usize, length: i32, out: usize): bool {
  const place = isZoned ? FORMAT_TIMESTAMP : FORMAT_NTZ
  if (hasPattern(formats, place)) return readPatterned(formats, place, at, length, i32(isZoned), out)
  const zone = formats + load<u32>(formats, FORMAT_ZONE)
  return parseTimestamp(at, length, isZoned ? ZONE_COUNTS : ZONE_REFUSED, zone, load<i32>(formats, FORMAT_ZONE + 4), out) == 0
}

/** Writes the nanos of a time of day; false when a text is none. */
export function readFormattedClock(formats: usize, at: usize, length: i32, out: usize): bool {
  if (!hasPattern(formats, FORMAT_CLOCK)) return parseClock(at, length, out) == 0
  if (!readPatterned(formats, FORMAT_CLOCK, at, length, 0, scratch)) return false
  const micros = load<i64>(scratch)
  store<i64>(out, (micros - floorDays(micros) * MICROS_PER_DAY) * NANOS_PER_MICRO)
  return true
}

/** Whether a text tells a time of the kind at `place`. */
export function timeIsTold(formats: usize, place: i32, at: usize, length: i32): bool {
  if (place == FORMAT_DATE) return readFormattedDate(formats, at, length, told)
  if (place == FORMAT_CLOCK) return readFormattedClock(formats, at, length, told)
  return readFormattedTime(formats, place == FORMAT_TIMESTAMP, at, length, told)
}

/** A date or a time of the kind at `place` as a text; writes its address and length. */
export function writeFormatted(formats: usize, place: usize, value: i64, out: usize): void {
  if (!hasPattern(formats, place)) return formatDate(<i32>value, out)
  const pattern = formats + load<u32>(formats + place)
  let local = place == FORMAT_DATE ? value * MICROS_PER_DAY : value
  let offset = 0
  const zoneLength = load<i32>(formats, FORMAT_ZONE + 4)
  if (place == FORMAT_TIMESTAMP && zoneLength > 0) {
    local = zoneLocal(value, formats + load<u32>(formats, FORMAT_ZONE), zoneLength)
    offset = <i32>((local - value) / MICROS_PER_SECOND)
  }
  formatTime(local, offset, pattern, load<i32>(formats + place, 4), out)
}
