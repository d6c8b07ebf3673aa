// Calendar arithmetic on days since 1970-01-01 in the proleptic Gregorian calendar, after Howard Hinnant's
// "chrono-Compatible Low-Level Date Algorithms".

const MICROS_PER_DAY: i64 = 86400000000
const SHIFT_YEARS: u32 = 6000000
/** Days from the first of March of the first of these years to 1970. */
const DAYS_BEFORE_SHIFTED: u32 = <u32>((<u64>SHIFT_YEARS / 400) * 146097 + 719468)
/** For so many years from 0 on, and before, 32 bits do. */
const MOST_YEARS = 5000000
const MOST_MONTHS: i64 = 12 * MOST_YEARS

/** Whole eras of 400 years before those of most dates, so that their days and years count from 0 and 32 bits do, which divide faster. */
const ERAS_BEFORE: u32 = 2500
const DAYS_OF_ERA: u32 = 146097
const DAYS_BEFORE: u32 = ERAS_BEFORE * DAYS_OF_ERA + 719468

/** By this the days of a century times four are multiplied: the upper 32 bits are years, the lower ones days of the year. */
const YEARS_PER_DAY: u64 = 2939745
/** January and February stand at the end of years that begin in March. */
const DAYS_BEFORE_JANUARY: u32 = 306
/** What is left to the next year from there on, in what `yearAndDay` counts. */
const YEARS_FROM_JANUARY: u64 = (<u64>1 << 32) - <u64>(DAYS_BEFORE_JANUARY * 4) * YEARS_PER_DAY

/** From March 1900 to February 2100 every fourth year is a leap year, so that a day says its year without its century. */
const DAYS_AFTER_1900_MARCH: u32 = 25508
const NEAR_DAYS: u32 = 73049
const FIRST_NEAR_YEAR: u32 = 1900

/** What `yearAndDay` gives, of a day since the first of March 1900. */
@inline
function nearYearAndDay(near: u32): u64 {
  return <u64>(near * 4 + 3) * YEARS_PER_DAY
}

@inline
function isCommon(shifted: u32): bool {
  return shifted < 2 * DAYS_BEFORE
}

@inline
function centuryOf(shifted: u32): u32 {
  return (shifted * 4 + 3) / DAYS_OF_ERA
}

/** The year within the century, and behind it the day of the year, both of years that begin in March. */
@inline
function yearAndDay(shifted: u32): u64 {
  const dayOfCentury = ((shifted * 4 + 3) % DAYS_OF_ERA) >> 2
  return <u64>(dayOfCentury * 4 + 3) * YEARS_PER_DAY
}

@inline
function dayOfMarchYear(years: u64): u32 {
  return <u32>years / <u32>YEARS_PER_DAY >> 2
}

/** The month, from 3 to 14, and behind 16 bits what 2141 a day make of its days. */
@inline
function monthAndDay(dayOfYear: u32): u32 {
  return dayOfYear * 2141 + 197913
}

/**
 * Year, month and day packed as year * 512 + month * 32 + day; the years of 32 bits of days need more than 32 bits. By multiplication in place of
 * division, after Neri and Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
 */
export function civilFromDays(days: i32): i64 {
  const shifted = <u32>days + DAYS_BEFORE
  if (!isCommon(shifted)) return longCivilFromDays(days)
  const years = yearAndDay(shifted)
  const dayOfYear = dayOfMarchYear(years)
  const isNext = u32(dayOfYear >= DAYS_BEFORE_JANUARY)
  const year = 100 * centuryOf(shifted) + <u32>(years >> 32) + isNext
  const months = monthAndDay(dayOfYear)
  const month = (months >> 16) - 12 * isNext
  const day = (months & 0xffff) / 2141 + 1
  return <i64>(<i32>(year - ERAS_BEFORE * 400) * 512 + <i32>(month * 32 + day))
}

function longCivilFromDays(days: i32): i64 {
  const z = <i64>days + 719468
  const era = (z >= 0 ? z : z - 146096) / 146097
  const dayOfEra = <u32>(z - era * 146097)
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const month = (5 * dayOfYear + 2) / 153
  const day = dayOfYear - (153 * month + 2) / 5 + 1
  const civilMonth = month < 10 ? month + 3 : month - 9
  const year = <i64>yearOfEra + era * 400 + i64(civilMonth <= 2)
  return year * 512 + <i64>(civilMonth * 32 + day)
}

/** By multiplications as above, in years that begin in March. */
export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  // Whole eras later no year of those that dates have is negative, and 32 bits do.
  const shifted = <u32>(year + SHIFT_YEARS)
  if (shifted - 1 >= 2 * SHIFT_YEARS) return <i32>longDaysFromCivil(year, month, day)
  const isBefore = u32(month <= 2)
  const y = shifted - isBefore
  const century = y / 100
  const leapDays = (century >> 2) - century
  const daysBefore = (979 * (<u32>month + 12 * isBefore) - 2919) >> 5
  // Of days beyond 32 bits the lower bits, as of a longer number.
  return <i32>(<u32>((<u64>y * 1461) >> 2) + leapDays + daysBefore + <u32>day - 1 - DAYS_BEFORE_SHIFTED)
}

function longDaysFromCivil(year: i64, month: i32, day: i32): i64 {
  const y = year - i64(month <= 2)
  const era = (y >= 0 ? y : y - 399) / 400
  const yearOfEra = <i32>(y - era * 400)
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

export function lastDayOfMonth(year: i32, month: i32): i32 {
  // A branch for each month would be taken or not by chance.
  if (month != 2) return 30 | (month ^ (month >> 3))
  return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
}

export function yearOfDate(days: i32): i32 {
  const near = <u32>days + DAYS_AFTER_1900_MARCH
  if (near < NEAR_DAYS) return <i32>(<u32>(nearYearAndDay(near) + YEARS_FROM_JANUARY >> 32) + FIRST_NEAR_YEAR)
  const shifted = <u32>days + DAYS_BEFORE
  if (!isCommon(shifted)) return <i32>(longCivilFromDays(days) >> 9)
  const years = yearAndDay(shifted)
  const isNext = u32(<u32>years >= DAYS_BEFORE_JANUARY * 4 * <u32>YEARS_PER_DAY)
  return <i32>(100 * centuryOf(shifted) + <u32>(years >> 32) + isNext - ERAS_BEFORE * 400)
}

export function monthOfDate(days: i32): i32 {
  const near = <u32>days + DAYS_AFTER_1900_MARCH
  if (near < NEAR_DAYS) return monthOfYear(nearYearAndDay(near))
  const shifted = <u32>days + DAYS_BEFORE
  if (!isCommon(shifted)) return <i32>(longCivilFromDays(days) >> 5) & 15
  return monthOfYear(yearAndDay(shifted))
}

@inline
function monthOfYear(years: u64): i32 {
  const month = monthAndDay(dayOfMarchYear(years)) >> 16
  return month > 12 ? month - 12 : month
}

export function dayOfDate(days: i32): i32 {
  const near = <u32>days + DAYS_AFTER_1900_MARCH
  if (near < NEAR_DAYS) return dayOfMonth(nearYearAndDay(near))
  const shifted = <u32>days + DAYS_BEFORE
  if (!isCommon(shifted)) return <i32>longCivilFromDays(days) & 31
  return dayOfMonth(yearAndDay(shifted))
}

@inline
function dayOfMonth(years: u64): i32 {
  return (monthAndDay(dayOfMarchYear(years)) & 0xffff) / 2141 + 1
}

/** The day of the year, from 1. */
export function dayOfYear(days: i32): i32 {
  const shifted = <u32>days + DAYS_BEFORE
  if (!isCommon(shifted)) return days - daysFromCivil(<i32>(longCivilFromDays(days) >> 9), 1, 1) + 1
  const years = yearAndDay(shifted)
  const dayOfYear = dayOfMarchYear(years)
  if (dayOfYear >= DAYS_BEFORE_JANUARY) return dayOfYear - DAYS_BEFORE_JANUARY + 1
  // The first year of a century is a leap year in every fourth one.
  const year = <u32>(years >> 32)
  return dayOfYear + 60 + u32(((year == 0 ? centuryOf(shifted) : year) & 3) == 0)
}

/** The whole days in so many micros, rounded down. */
@inline
export function floorDays(micros: i64): i64 {
  return micros / MICROS_PER_DAY - i64(micros % MICROS_PER_DAY < 0)
}

/** The same day so many months later, or the month's last when it has fewer days; it may be beyond 32 bits. */
export function addMonths(days: i32, months: i64): i64 {
  const civil = civilFromDays(days)
  const total = (civil >> 9) * 12 + ((civil >> 5) & 15) - 1 + months
  if (total + MOST_MONTHS < 2 * MOST_MONTHS && total + MOST_MONTHS >= 0) {
    const counted = <u32>(<i32>total + <i32>MOST_MONTHS)
    const y = <i32>(counted / 12) - MOST_YEARS
    const m = <i32>(counted % 12) + 1
    return daysFromCivil(y, m, min(<i32>civil & 31, lastDayOfMonth(y, m)))
  }
  const year = (total >= 0 ? total : total - 11) / 12
  const month = <i32>(total - year * 12) + 1
  return longDaysFromCivil(year, month, min(<i32>civil & 31, lastDayOfMonth(<i32>year, month)))
}

/** The same for a timestamp, the time of day kept; 1 when it is beyond 64 bits. */
export function timestampAddMonths(micros: i64, months: i64, out: usize): i32 {
  // Far more than lie between the first and the last.
  if (months > 100000000 || months < -100000000) return 1
  const days = floorDays(micros)
  const moved = addMonths(<i32>days, months)
  // Midnight of the first day is beyond them, its last hours are not.
  if (moved > 106751991 || moved < -106751992) return 1
  const rest = micros - days * MICROS_PER_DAY
  const result = moved < 0 ? (moved + 1) * MICROS_PER_DAY + (rest - MICROS_PER_DAY) : moved * MICROS_PER_DAY + rest
  if (moved < 0 != result < 0) return 1
  store<i64>(out, result)
  return 0
}

/** How many whole units of so many micros lie between two timestamps, towards zero; wrong only beyond 64 bits. */
export function unitsBetween(start: i64, end: i64, unit: i64): i64 {
  let whole = end / unit - start / unit
  const rest = end % unit - start % unit
  whole += rest / unit
  const left = rest % unit
  if (whole > 0 && left < 0) whole--
  else if (whole < 0 && left > 0) whole++
  return whole
}

/** How many whole months lie between two timestamps, towards zero. */
export function monthsBetween(start: i64, end: i64): i64 {
  const first = civilFromDays(<i32>floorDays(start))
  const startTime = start - floorDays(start) * MICROS_PER_DAY
  let lastDay = <i32>floorDays(end)
  const endTime = end - floorDays(end) * MICROS_PER_DAY
  const firstDay = <i32>floorDays(start)
  if (lastDay > firstDay && endTime < startTime) lastDay--
  else if (lastDay < firstDay && endTime > startTime) lastDay++
  const last = civilFromDays(lastDay)
  const months = (last >> 9) * 12 + ((last >> 5) & 15) - ((first >> 9) * 12 + ((first >> 5) & 15))
  const days = (last & 31) - (first & 31)
  if (months > 0 && days < 0) return months - 1
  return months < 0 && days > 0 ? months + 1 : months
}
