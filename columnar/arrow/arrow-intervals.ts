import { MillraceError } from '../../common/errors/millrace-error.js'
import { intervalParts, packInterval } from '../times/interval-parts.js'

/* Intervals as Arrow has them: months and days (i32), nanoseconds (i64). */

const BYTES = 16
const WORDS = 4
const NANOS_PER_MICRO = 1000n

/** @param values undefined for NULL. @throws UNSUPPORTED_FEATURE for more microseconds than Arrow holds as nanoseconds */
export function arrowIntervals(rows: number, values: (row: number) => Uint8Array | undefined): Uint8Array {
  const bytes = new Uint8Array(rows * BYTES)
  const view = new DataView(bytes.buffer)
  for (let row = 0; row < rows; row++) {
    const value = values(row)
    if (!value) continue
    const { months, days, micros } = intervalParts(value)
    const nanos = micros * NANOS_PER_MICRO
    if (BigInt.asIntN(64, nanos) !== nanos)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `an interval of ${micros} microseconds in Arrow` })
    view.setInt32(row * BYTES, months, true)
    view.setInt32(row * BYTES + 4, days, true)
    view.setBigInt64(row * BYTES + 8, nanos, true)
  }
  return bytes
}

/** Of nanoseconds those that no interval has are dropped. */
export function packedInterval(words: Int32Array, row: number): Uint8Array {
  const at = row * WORDS
  const nanos = (BigInt(words[at + 3]!) << 32n) | BigInt(words[at + 2]! >>> 0)
  const rest = ((nanos % NANOS_PER_MICRO) + NANOS_PER_MICRO) % NANOS_PER_MICRO
  return packInterval({ months: words[at]!, days: words[at + 1]!, micros: (nanos - rest) / NANOS_PER_MICRO })
}
