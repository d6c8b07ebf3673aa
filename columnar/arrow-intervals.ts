import { MillraceError } from '../common/errors/millrace-error.js'
import { floorDivide, wordsAt } from './arrow-words.js'
import { intervalParts, packInterval } from './interval-parts.js'

/* Intervals as Arrow has them: months and days (i32), nanoseconds (i64). */

const BYTES = 16
const WORDS = 4
const NANOS_PER_MICRO = 1000n

/** @throws UNSUPPORTED_FEATURE for more microseconds than Arrow holds as nanoseconds */
export function arrowIntervals(values: readonly (Uint8Array | null)[]): Uint8Array {
  const bytes = new Uint8Array(values.length * BYTES)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    if (value === null) return
    const { months, days, micros } = intervalParts(value)
    const nanos = micros * NANOS_PER_MICRO
    if (BigInt.asIntN(64, nanos) !== nanos)
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `an interval of ${micros} microseconds in Arrow` })
    view.setInt32(i * BYTES, months, true)
    view.setInt32(i * BYTES + 4, days, true)
    view.setBigInt64(i * BYTES + 8, nanos, true)
  })
  return bytes
}

/** Of nanoseconds those that no interval has are dropped. */
export const packedIntervals =
  (words: Int32Array) =>
  (row: number): Uint8Array => {
    const at = row * WORDS
    const nanos = wordsAt(words.subarray(at + 2, at + WORDS), 0, 2)
    return packInterval({ months: words[at]!, days: words[at + 1]!, micros: floorDivide(nanos, NANOS_PER_MICRO) })
  }
