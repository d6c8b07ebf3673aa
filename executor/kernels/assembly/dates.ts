// Calendar arithmetic on days since 1970-01-01 in the proleptic Gregorian calendar, after Howard Hinnant's
// "chrono-Compatible Low-Level Date Algorithms".

const MICROS_PER_DAY: i64 = 86400000000

/** Year, month and day packed as year * 512 + month * 32 + day. */
export function civilFromDays(days: i32): i32 {
  const z = <i64>days + 719468
  const era = (z >= 0 ? z : z - 146096) / 146097
  const dayOfEra = <u32>(z - era * 146097)
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const month = (5 * dayOfYear + 2) / 153
  const day = dayOfYear - (153 * month + 2) / 5 + 1
  const civilMonth = month < 10 ? month + 3 : month - 9
  const year = <i32>(<i64>yearOfEra + era * 400) + i32(civilMonth <= 2)
  return year * 512 + <i32>(civilMonth * 32 + day)
}

export function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = <i64>year - i64(month <= 2)
  const era = (y >= 0 ? y : y - 399) / 400
  const yearOfEra = <i32>(y - era * 400)
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return <i32>(era * 146097 + dayOfEra - 719468)
}

export function lastDayOfMonth(year: i32, month: i32): i32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

export function yearOfDate(days: i32): i32 {
  return civilFromDays(days) >> 9
}

export function monthOfDate(days: i32): i32 {
  return (civilFromDays(days) >> 5) & 15
}

export function dayOfDate(days: i32): i32 {
  return civilFromDays(days) & 31
}

/** The same day so many months later, or the month's last when it has fewer days. */
export function addMonths(days: i32, months: i32): i32 {
  const civil = civilFromDays(days)
  const total = <i64>(civil >> 9) * 12 + ((civil >> 5) & 15) - 1 + months
  const year = <i32>((total >= 0 ? total : total - 11) / 12)
  const month = <i32>(total - <i64>year * 12) + 1
  return daysFromCivil(year, month, min(civil & 31, lastDayOfMonth(year, month)))
}

/** The same for a timestamp: the time of day stays. */
export function timestampAddMonths(micros: i64, months: i32): i64 {
  const days = (micros >= 0 ? micros : micros - (MICROS_PER_DAY - 1)) / MICROS_PER_DAY
  return <i64>addMonths(<i32>days, months) * MICROS_PER_DAY + (micros - days * MICROS_PER_DAY)
}
