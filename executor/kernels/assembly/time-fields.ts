// The fields of a time that a text tells, and the time they make.
import * as codes from '../interface/time-pattern'
import { daysFromCivil, lastDayOfMonth } from './dates'

/** No field has this value. */
const UNSET: i64 = i64.MIN_VALUE
export const FIELDS: usize = memory.data(codes.PATTERN_FIELDS * 8, 8)
/** Forgets all fields. */
export function clearFields(): void {
  for (let i = 0; i < codes.PATTERN_FIELDS; i++) store<i64>(FIELDS + (<usize>i << 3), UNSET)
}

@inline
function get(field: i32): i64 {
  return load<i64>(FIELDS + (<usize>field << 3))
}

/** Whether a field has this value, which it may have had before. */
export function set(field: i32, value: i64): bool {
  const before = get(field)
  store<i64>(FIELDS + (<usize>field << 3), value)
  return before == UNSET || before == value
}

@inline
function within(field: i32, least: i64, most: i64): bool {
  const value = get(field)
  return value == UNSET || (value >= least && value <= most)
}

@inline
export function valueOr(field: i32, otherwise: i64): i64 {
  const value = get(field)
  return value == UNSET ? otherwise : value
}

/** The hour of the day out of what there is of it; -1 when two do not agree. */
function hourOfDay(): i64 {
  if (get(codes.OF_CLOCK_HOUR) != UNSET && !set(codes.OF_HOUR, get(codes.OF_CLOCK_HOUR) % 24)) return -1
  if (get(codes.OF_HALF_CLOCK_HOUR) != UNSET && !set(codes.OF_HALF_HOUR, get(codes.OF_HALF_CLOCK_HOUR) % 12)) return -1
  const half = get(codes.OF_HALF_HOUR)
  if (half == UNSET) return valueOr(codes.OF_HOUR, 0)
  const hour = half + 12 * valueOr(codes.OF_HALF, 0)
  if (get(codes.OF_HOUR) == UNSET) return hour
  const isSame = get(codes.OF_HALF) == UNSET ? get(codes.OF_HOUR) % 12 == half : get(codes.OF_HOUR) == hour
  return isSame ? get(codes.OF_HOUR) : -1
}

export let seconds: i64 = 0

/** The fields as seconds since 1970 of the clocks; false when there is no such time. */
export function resolve(): bool {
  const areTimes =
    within(codes.OF_HOUR, 0, 23) &&
    within(codes.OF_CLOCK_HOUR, 1, 24) &&
    within(codes.OF_HALF_HOUR, 0, 11) &&
    within(codes.OF_HALF_CLOCK_HOUR, 1, 12) &&
    within(codes.OF_MINUTE, 0, 59) &&
    within(codes.OF_SECOND, 0, 59)
  if (!areTimes) return false
  const hour = hourOfDay()
  if (hour < 0) return false
  if (get(codes.OF_YEAR_OF_ERA) != UNSET) {
    if (get(codes.OF_YEAR_OF_ERA) < 1) return false
    const year = get(codes.OF_ERA) == 0 ? 1 - get(codes.OF_YEAR_OF_ERA) : get(codes.OF_YEAR_OF_ERA)
    store<i64>(FIELDS + codes.OF_YEAR * 8, year)
  }
  const year = valueOr(codes.OF_YEAR, 1970)
  if (year > 294247 || year < -290308 || !within(codes.OF_MONTH, 1, 12) || !within(codes.OF_DAY, 1, 31)) return false
  const days = dayOf(<i32>year)
  if (days == UNSET) return false
  seconds = days * 86400 + hour * 3600 + valueOr(codes.OF_MINUTE, 0) * 60 + valueOr(codes.OF_SECOND, 0)
  return true
}

function dayOf(year: i32): i64 {
  const ofYear = get(codes.OF_DAY_OF_YEAR)
  if (ofYear == UNSET) {
    const month = <i32>valueOr(codes.OF_MONTH, 1)
    const day = <i32>valueOr(codes.OF_DAY, 1)
    return day > lastDayOfMonth(year, month) ? UNSET : <i64>daysFromCivil(year, month, day)
  }
  if (ofYear < 1 || ofYear > (lastDayOfMonth(year, 2) == 29 ? 366 : 365)) return UNSET
  let rest = <i32>ofYear
  let month = 1
  while (rest > lastDayOfMonth(year, month)) rest -= lastDayOfMonth(year, month++)
  const agrees = valueOr(codes.OF_MONTH, month) == month && valueOr(codes.OF_DAY, rest) == rest
  return agrees ? <i64>daysFromCivil(year, 1, 1) + ofYear - 1 : UNSET
}

