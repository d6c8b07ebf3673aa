import { ARROW } from '../arrow/arrow-tags.js'
import type { ColumnBuffers } from '../column-buffers.js'
import { CalendarDate } from '../times/calendar-date.js'
import { daysOf, microsOf } from '../times/date-values.js'
import { TimeOfDay } from '../times/time-of-day.js'
import { Timestamp } from '../times/timestamp.js'
import type { ArrowSlot, Read, RecordOf } from './record.js'
import { arrowInt16, arrowType, INT32, INT64, integerOf } from './words.js'

/** Values of Arrow's enums. */
const DATE_DAYS = 0
const UNIT_MICROS = 2
const UNIT_NANOS = 3
const INTERVAL_YEAR_MONTH = 0

export const dateRecord: RecordOf<'date'> = {
  ...INT32,
  arrow: arrowType(ARROW.date, arrowInt16(DATE_DAYS, 1)),
  readUser: (buffers) => {
    const days = INT32.readStored(buffers)
    return (row) => CalendarDate.ofDays(days(row))
  },
  encodeUser: (value) => (value instanceof Date ? integerOf(daysOf(value), 32) : undefined),
}

/** Of a time that a user gives the digits that the type does not have are dropped, as casts do. */
export const timeRecord: RecordOf<'time'> = {
  ...INT64,
  arrow: arrowType(ARROW.time, arrowInt16(UNIT_NANOS, 1), { as: 'int32', value: 64, default: 32 }),
  readUser: (buffers) => {
    const nanos = INT64.readStored(buffers)
    return (row) => TimeOfDay.ofNanos(nanos(row))
  },
  encodeUser: (value, { precision }) =>
    value instanceof TimeOfDay ? value.nanos - (value.nanos % 10n ** BigInt(9 - precision)) : undefined,
}

const zone = (value: string | undefined): ArrowSlot => ({ as: 'text', value })

/** What both kinds of timestamps have in common. */
const MICROS = {
  ...INT64,
  readUser: (buffers: ColumnBuffers): Read<Timestamp> => {
    const micros = INT64.readStored(buffers)
    return (row) => Timestamp.ofMicros(micros(row))
  },
  encodeUser: (value: unknown) => (value instanceof Date ? integerOf(microsOf(value), 64) : undefined),
} as const

export const timestampRecord: RecordOf<'timestamp'> = {
  ...MICROS,
  arrow: arrowType(ARROW.timestamp, arrowInt16(UNIT_MICROS, 0), zone('UTC')),
}
export const timestampNtzRecord: RecordOf<'timestamp_ntz'> = {
  ...MICROS,
  arrow: arrowType(ARROW.timestamp, arrowInt16(UNIT_MICROS, 0), zone(undefined)),
}

/** Users have intervals as they are stored. */
export const yearMonthRecord: RecordOf<'interval_ym'> = {
  ...INT32,
  arrow: arrowType(ARROW.interval, arrowInt16(INTERVAL_YEAR_MONTH, 0)),
  readUser: INT32.readStored,
  encodeUser: (value) => integerOf(value, 32),
}
export const dayTimeRecord: RecordOf<'interval_dt'> = {
  ...INT64,
  arrow: arrowType(ARROW.duration, arrowInt16(UNIT_MICROS, 1)),
  readUser: INT64.readStored,
  encodeUser: (value) => integerOf(value, 64),
}
