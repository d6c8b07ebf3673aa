import { MillraceError } from '../../common/errors/millrace-error.js'
import { parseTimeText, timeText } from './calendar.js'

const NANOS_PER_DAY = 86_400_000_000_000n

/** A time of day without a date: what a time column gives to and takes from a user's rows. It never changes; `toString` and `toJSON` print it as Spark does. */
export class TimeOfDay {
  /** Nanoseconds since midnight. */
  readonly nanos: bigint

  private constructor(nanos: bigint) {
    this.nanos = nanos
  }

  /** The time so many nanoseconds after midnight. @throws INVALID_API_USE when a day has not as many */
  static ofNanos(nanos: bigint): TimeOfDay {
    if (nanos < 0n || nanos >= NANOS_PER_DAY)
      throw new MillraceError('INVALID_API_USE', { reason: `A day has no nanosecond ${nanos}` })
    return new TimeOfDay(nanos)
  }

  /** Reads what `toString` writes: `12:34:56.789`. @throws INVALID_API_USE when it is no time */
  static parse(text: string): TimeOfDay {
    const nanos = parseTimeText(text)
    if (nanos === undefined) throw new MillraceError('INVALID_API_USE', { reason: `'${text}' is no time of day` })
    return new TimeOfDay(nanos)
  }

  toString(): string {
    return timeText(this.nanos)
  }

  toJSON(): string {
    return timeText(this.nanos)
  }

  /** How `console.log` prints it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}
