const MILLIS_PER_DAY = 86_400_000

/** A date (days since 1970) so many months later; the day is the last of the month where that is shorter. */
export function addMonths(days: number, months: number): number {
  const date = new Date(days * MILLIS_PER_DAY)
  const first = new Date(0)
  first.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const lastDay = new Date(0)
  lastDay.setUTCFullYear(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)
  first.setUTCDate(Math.min(date.getUTCDate(), lastDay.getUTCDate()))
  return first.getTime() / MILLIS_PER_DAY
}
