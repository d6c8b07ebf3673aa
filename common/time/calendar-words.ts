/* Words of the calendar as Spark's functions take them. Their numbers are what kernels know them by. */

const UNITS: readonly (readonly string[])[] = [
  ['MICROSECOND'],
  ['MILLISECOND'],
  ['SECOND'],
  ['MINUTE'],
  ['HOUR'],
  ['DAY', 'DD'],
  ['WEEK'],
  ['MON', 'MONTH', 'MM'],
  ['QUARTER'],
  ['YEAR', 'YYYY', 'YY'],
]
/** The shortest unit of dates. */
const WEEK = 6

const WEEKDAYS: readonly (readonly string[])[] = [
  ['MO', 'MON', 'MONDAY'],
  ['TU', 'TUE', 'TUESDAY'],
  ['WE', 'WED', 'WEDNESDAY'],
  ['TH', 'THU', 'THURSDAY'],
  ['FR', 'FRI', 'FRIDAY'],
  ['SA', 'SAT', 'SATURDAY'],
  ['SU', 'SUN', 'SUNDAY'],
]

function numberOf(words: readonly (readonly string[])[], text: string): number | undefined {
  const word = text.toUpperCase()
  const found = words.findIndex((names) => names.includes(word))
  return found < 0 ? undefined : found
}

/** The unit that a timestamp is cut to; undefined for what is none. */
export const timeUnit = (text: string): number | undefined => numberOf(UNITS, text)

/** The unit that a date is cut to. */
export function dateUnit(text: string): number | undefined {
  const unit = timeUnit(text)
  return unit === undefined || unit < WEEK ? undefined : unit
}

const CLOCK_UNITS: Readonly<Record<string, bigint>> = {
  HOUR: 3_600_000_000_000n,
  MINUTE: 60_000_000_000n,
  SECOND: 1_000_000_000n,
  MILLISECOND: 1_000_000n,
  MICROSECOND: 1_000n,
}

/** How many nanoseconds the unit of a time of day has; undefined for what is none. */
export const clockUnitNanos = (text: string): bigint | undefined => CLOCK_UNITS[text.toUpperCase()]

/** A day of the week, Monday first. */
export const weekdayNumber = (text: string): number | undefined => numberOf(WEEKDAYS, text)
