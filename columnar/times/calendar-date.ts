import { dateText } from './calendar.js'
import { followSetters } from './date-setters.js'

const MILLIS_PER_DAY = 86_400_000

/**
 * A day of the calendar: what a date column gives to and takes from a user's rows. It is a Date, of the midnight in UTC the day begins with,
 * so that it may be used as one. `toString` and `toJSON` print the day alone. A day beyond the years that a Date can hold is an invalid Date
 * whose `days` and texts are right nevertheless.
 */
export class CalendarDate extends Date {
  /** The day, where no Date can hold it. */
  declare daysBeyondDate?: number

  /** What a Date can be made of. */
  constructor(value: number | string | Date) {
    super(value)
    if (value instanceof CalendarDate && value.daysBeyondDate !== undefined) this.daysBeyondDate = value.daysBeyondDate
  }

  /** The day so many days after 1970-01-01. */
  static ofDays(days: number): CalendarDate {
    const date = new CalendarDate(days * MILLIS_PER_DAY)
    if (Number.isNaN(date.getTime())) date.daysBeyondDate = days
    return date
  }

  /** Days since 1970-01-01; NaN when it was made of an invalid Date. */
  get days(): number {
    return this.daysBeyondDate ?? Math.floor(this.getTime() / MILLIS_PER_DAY)
  }

  override toString(): string {
    return Number.isNaN(this.days) ? super.toString() : dateText(this.days)
  }

  /** The day; null for an invalid Date, as there. */
  override toJSON(): string {
    return Number.isNaN(this.days) ? super.toJSON() : dateText(this.days)
  }

  /** How `console.log` prints it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

followSetters(CalendarDate, (date) => {
  delete date.daysBeyondDate
})
