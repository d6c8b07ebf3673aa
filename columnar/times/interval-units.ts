import type { DayTimeField, YearMonthField } from '../types.js'

/** What one of each field is: in months, or in microseconds. */
export const INTERVAL_UNITS: Readonly<Record<YearMonthField | DayTimeField, bigint>> = {
  year: 12n,
  month: 1n,
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
}
