import { floorDivide, isoTimestampText, parseIsoTimestamp, timestampText } from './calendar.js'
import { followSetters } from './date-setters.js'

const MICROS_PER_MILLI = 1000n

/**
 * A point in time to the microsecond: what a timestamp column gives to and takes from a user's rows. It is a Date, of the millisecond the
 * time lies in, so that it may be used as one; `micros` is exact. `toString` prints it as Spark does, in UTC; `toISOString` and `toJSON`
 * keep all digits. A time beyond the years that a Date can hold is an invalid Date whose `micros` and texts are right nevertheless.
 */
export class Timestamp extends Date {
  /** Microseconds after the Date's millisecond, 0 to 999. */
  microsOfMilli = 0
  /** The whole time, where no Date can hold it. */
  declare microsBeyondDate?: bigint

  /** What a Date can be made of. Another Timestamp, and text that `toISOString` wrote, keep their microseconds. */
  constructor(value: number | string | Date) {
    const micros =
      value instanceof Timestamp ? exactMicros(value) : typeof value === 'string' ? parseIsoTimestamp(value) : undefined
    super(micros === undefined ? value : Number(floorDivide(micros, MICROS_PER_MILLI)))
    if (micros === undefined) return
    if (Number.isNaN(this.getTime())) this.microsBeyondDate = micros
    else this.microsOfMilli = Number(micros - floorDivide(micros, MICROS_PER_MILLI) * MICROS_PER_MILLI)
  }

  /** The time so many microseconds after 1970-01-01T00:00:00Z. */
  static ofMicros(micros: bigint): Timestamp {
    const millis = floorDivide(micros, MICROS_PER_MILLI)
    const timestamp = new Timestamp(Number(millis))
    if (Number.isNaN(timestamp.getTime())) timestamp.microsBeyondDate = micros
    else timestamp.microsOfMilli = Number(micros - millis * MICROS_PER_MILLI)
    return timestamp
  }

  /** Microseconds since 1970-01-01T00:00:00Z. @throws RangeError when it was made of an invalid Date, as `toISOString` of that does */
  get micros(): bigint {
    return exactMicros(this) ?? BigInt(this.getTime())
  }

  override toString(): string {
    const micros = exactMicros(this)
    return micros === undefined ? super.toString() : timestampText(micros)
  }

  override toISOString(): string {
    const micros = exactMicros(this)
    return micros === undefined ? super.toISOString() : isoTimestampText(micros)
  }

  /** The ISO text; null for an invalid Date, as there. */
  override toJSON(): string {
    const micros = exactMicros(this)
    return micros === undefined ? super.toJSON() : isoTimestampText(micros)
  }

  /** How `console.log` prints it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return exactMicros(this) === undefined ? 'Invalid Timestamp' : this.toISOString()
  }
}

/** Undefined for an invalid Date. */
function exactMicros(timestamp: Timestamp): bigint | undefined {
  const millis = timestamp.getTime()
  if (Number.isNaN(millis)) return timestamp.microsBeyondDate
  return BigInt(millis) * MICROS_PER_MILLI + BigInt(timestamp.microsOfMilli)
}

followSetters(Timestamp, (timestamp) => {
  timestamp.microsOfMilli = 0
  delete timestamp.microsBeyondDate
})
