import { ARROW } from '../arrow/arrow-tags.js'
import { CalendarInterval } from '../times/calendar-interval.js'
import { intervalParts, packInterval } from '../times/interval-parts.js'
import { BYTES } from './others.js'
import type { RecordOf } from './record.js'
import { arrowInt16, arrowType, asStored } from './words.js'

const UNIT_MONTH_DAY_NANO = 2

/** Bytes in which its three parts are (`interval-parts.ts`). */
export const intervalRecord: RecordOf<'interval'> = {
  ...BYTES,
  // Beyond blocks its values have a fixed width, and nanoseconds.
  arrow: arrowType(ARROW.interval, arrowInt16(UNIT_MONTH_DAY_NANO, 0)),
  readUser: (buffers) => {
    const read = BYTES.readStored(buffers)
    return (row) => {
      const { months, days, micros } = intervalParts(read(row))
      return new CalendarInterval(months, days, micros)
    }
  },
  encodeStored: asStored,
  encodeUser: (value) => (value instanceof CalendarInterval ? packInterval(value) : undefined),
}
