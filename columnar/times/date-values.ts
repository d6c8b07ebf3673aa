import { floorDivide } from './calendar.js'
import { CalendarDate } from './calendar-date.js'
import { Timestamp } from './timestamp.js'

const MICROS_PER_DAY = 86_400_000_000n
const MICROS_PER_MILLI = 1000n

/** The microseconds since 1970 of a user's Date, exactly where it is one of ours; undefined when it is invalid. */
export function microsOf(date: Date): bigint | undefined {
  if (date instanceof Timestamp) return isInvalid(date, date.microsBeyondDate) ? undefined : date.micros
  if (date instanceof CalendarDate && date.daysBeyondDate !== undefined) {
    return BigInt(date.daysBeyondDate) * MICROS_PER_DAY
  }
  return isInvalid(date) ? undefined : BigInt(date.getTime()) * MICROS_PER_MILLI
}

/** The days since 1970 of a user's Date; undefined when it is invalid. */
export function daysOf(date: Date): bigint | undefined {
  const micros = microsOf(date)
  return micros === undefined ? undefined : floorDivide(micros, MICROS_PER_DAY)
}

const isInvalid = (date: Date, beyond?: bigint): boolean => beyond === undefined && Number.isNaN(date.getTime())
