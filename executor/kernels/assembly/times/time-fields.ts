// The fields of a time that a text tells, and the time they make.
import * as codes from '../../interface/time-pattern'
import { daysFromCivil, lastDayOfMonth } from './dates'

/** Values of the fields, and a bit for each that has one. */
const FIELDS: usize = memory.data(codes.PATTERN_FIELDS * 8, 8)
let present: u32 = 0
/** A year, month and day that are none. */
const NO_DAY: i64 = i64.MIN_VALUE

/** Forgets all fields. */
export function clearFields(): void {
  present = 0
}

/** The fields that have a value, and to forget all others. */
@inline
export function presentFields(): u32 {
  return present
}
export function keepFields(kept: u32): void {
  present = kept
}

@inline
function has(field: i32): bool {
  return ((present >> field) & 1) != 0
}

@inline
function get(field: i32): i64 {
  return load<i64>(FIELDS + (<usize>field << 3))
}

/** Gives a field its value; false, and nothing changes, where it has another one. */
@inline
export function set(field: i32, value: i64): bool {
  if (has(field)) return get(field) == value
  store<i64>(FIELDS + (<usize>field << 3), value)
  present |= <u32>1 << field
  return true
}

@inline
function within(field: i32, least: i64, most: i64): bool {
  return !has(field) || (get(field) >= least && get(field) <= most)
}

@inline
export function valueOr(field: i32, otherwise: i64): i64 {
  return has(field) ? get(field) : otherwise
}

/** The hour of the day out of what there is of it; -1 when two do not agree. */
function hourOfDay(): i64 {
  if (has(codes.OF_CLOCK_HOUR) && !set(codes.OF_HOUR, get(codes.OF_CLOCK_HOUR) % 24)) return -1
  if (has(codes.OF_HALF_CLOCK_HOUR) && !set(codes.OF_HALF_HOUR, get(codes.OF_HALF_CLOCK_HOUR) % 12)) return -1
  if (!has(codes.OF_HALF_HOUR)) {
    const hour = valueOr(codes.OF_HOUR, 12 * valueOr(codes.OF_HALF, 0))
    return has(codes.OF_HALF) && hour / 12 != get(codes.OF_HALF) ? -1 : hour
  }
  const half = get(codes.OF_HALF_HOUR)
  const hour = half + 12 * valueOr(codes.OF_HALF, 0)
  if (!has(codes.OF_HOUR)) return hour
  const isSame = has(codes.OF_HALF) ? get(codes.OF_HOUR) == hour : get(codes.OF_HOUR) % 12 == half
  return isSame ? get(codes.OF_HOUR) : -1
}

export let seconds: i64 = 0

/** The seconds of the day, -1 when there is no such time. */
function secondOfDay(): i64 {
  const areTimes =
    within(codes.OF_HOUR, 0, 23) &&
    within(codes.OF_CLOCK_HOUR, 1, 24) &&
    within(codes.OF_HALF_HOUR, 0, 11) &&
    within(codes.OF_HALF_CLOCK_HOUR, 1, 12) &&
    within(codes.OF_MINUTE, 0, 59) &&
    within(codes.OF_SECOND, 0, 59)
  const hour = areTimes ? hourOfDay() : -1
  return hour < 0 ? -1 : hour * 3600 + valueOr(codes.OF_MINUTE, 0) * 60 + valueOr(codes.OF_SECOND, 0)
}

/** Those of the fields that make a day. */
const DAY_FIELDS: u32 =
  (1 << codes.OF_YEAR) | (1 << codes.OF_YEAR_OF_ERA) | (1 << codes.OF_ERA) | (1 << codes.OF_MONTH) | (1 << codes.OF_DAY) | (1 << codes.OF_DAY_OF_YEAR)

/** The fields as seconds since 1970 of the clocks; false when there is no such time. */
export function resolve(): bool {
  const second = (present & ~DAY_FIELDS) == 0 ? 0 : secondOfDay()
  if (second < 0) return false
  if (has(codes.OF_YEAR_OF_ERA)) {
    if (get(codes.OF_YEAR_OF_ERA) < 1) return false
    const isBefore = has(codes.OF_ERA) && get(codes.OF_ERA) == 0
    set(codes.OF_YEAR, isBefore ? 1 - get(codes.OF_YEAR_OF_ERA) : get(codes.OF_YEAR_OF_ERA))
  }
  const year = valueOr(codes.OF_YEAR, 1970)
  if (year > 294247 || year < -290308 || !within(codes.OF_MONTH, 1, 12) || !within(codes.OF_DAY, 1, 31)) return false
  const days = dayOf(<i32>year)
  if (days == NO_DAY) return false
  seconds = days * 86400 + second
  return true
}

function dayOf(year: i32): i64 {
  if (!has(codes.OF_DAY_OF_YEAR)) {
    const month = <i32>valueOr(codes.OF_MONTH, 1)
    const day = <i32>valueOr(codes.OF_DAY, 1)
    return day > 28 && day > lastDayOfMonth(year, month) ? NO_DAY : <i64>daysFromCivil(year, month, day)
  }
  const ofYear = get(codes.OF_DAY_OF_YEAR)
  if (ofYear < 1 || ofYear > (lastDayOfMonth(year, 2) == 29 ? 366 : 365)) return NO_DAY
  let rest = <i32>ofYear
  let month = 1
  while (rest > lastDayOfMonth(year, month)) rest -= lastDayOfMonth(year, month++)
  const agrees = valueOr(codes.OF_MONTH, month) == month && valueOr(codes.OF_DAY, rest) == rest
  return agrees ? <i64>daysFromCivil(year, 1, 1) + ofYear - 1 : NO_DAY
}

