import type { Data } from 'apache-arrow'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { isSet } from '../columns/bits.js'
import { bytesOf, copiedWords, wordsOf } from '../columns/column.js'
import { resized } from '../columns/integers.js'
import { isShortDecimal } from '../types.js'
import { ARROW } from './arrow-tags.js'
import { partsOf, valuesOf } from './arrow-types.js'

/* Values of a fixed width, from as Arrow has them to as they are stored: whole columns, whose words of 32 bits are computed with exactly. */

/** @param validity which of the rows have a value, if not all do */
type ReadValues = (from: number, rows: number, validity: Uint8Array | undefined) => Uint8Array

const WORD = 2 ** 32
const SECONDS_PER_DAY = 86_400
const MICROS_PER_MILLI = 1000
const MICROS_PER_SECOND = 1_000_000
const NANOS_PER_MICRO = 1000

/** Reads the values of a column of numbers or times. */
export function fixedValues(data: Data): ReadValues {
  const { typeId, bitWidth, isSigned, precision, scale, unit } = partsOf(data.type)
  const all = bytesOf(valuesOf(data))
  const at =
    (width: number): ReadValues =>
    (from, rows) =>
      all.subarray(from * width, (from + rows) * width)
  switch (typeId) {
    case ARROW.int:
      return isSigned ? at(bitWidth / 8) : unsignedValues(at(bitWidth / 8), bitWidth)
    case ARROW.floatingPoint:
      return at(precision === 1 ? 4 : 8)
    case ARROW.decimal: {
      const width = isShortDecimal({ kind: 'decimal', precision, scale }) ? 8 : 16
      const read = at(bitWidth / 8)
      return (...some) => resized(read(...some), bitWidth / 8, width)
    }
    case ARROW.date: {
      if (unit === 0) return at(4)
      const read = at(8)
      return (...some) => resized(daysOf(copiedWords(read(...some))), 8, 4)
    }
    case ARROW.time:
      return timeValues(at(bitWidth / 8), unit)
    case ARROW.timestamp:
    case ARROW.duration: {
      const read = at(8)
      const change = TO_MICROS[unit]
      return change ? (from, rows, validity) => change(copiedWords(read(from, rows, validity)), validity) : read
    }
    default:
      return at(4)
  }
}

function unsignedValues(read: ReadValues, bits: number): ReadValues {
  return (...some) => {
    const values = read(...some)
    if (bits === 8) return bytesOf(new Int16Array(values))
    if (bits === 16) return bytesOf(new Int32Array(new Uint16Array(new Uint8Array(values).buffer)))
    const words = wordsOf(values)
    const [from, to] = bits === 32 ? [1, 2] : [2, 4]
    const wide = new Int32Array((words.length / from) * to)
    for (let i = 0; i < words.length; i++) wide[((i / from) | 0) * to + (i % from)] = words[i]!
    return bytesOf(wide)
  }
}

type Change = (longs: Int32Array, validity: Uint8Array | undefined) => Uint8Array

/** From seconds, milliseconds, microseconds and nanoseconds. */
const TO_MICROS: readonly (Change | undefined)[] = [
  (longs, validity) => bytesOf(multiplied(longs, MICROS_PER_SECOND, validity)),
  (longs, validity) => bytesOf(multiplied(longs, MICROS_PER_MILLI, validity)),
  undefined,
  (longs) => bytesOf(divided(longs, NANOS_PER_MICRO)),
]

/** Times of day in nanoseconds, of which those that no TIME has are dropped. */
function timeValues(read: ReadValues, unit: number): ReadValues {
  return (from, rows, validity) => {
    const values = read(from, rows, validity)
    const longs = copiedWords(unit < 2 ? resized(values, 4, 8) : values)
    const micros = TO_MICROS[unit]?.(longs, validity) ?? bytesOf(longs)
    return bytesOf(multiplied(wordsOf(micros), NANOS_PER_MICRO, validity))
  }
}

/** Milliseconds to days. */
const daysOf = (longs: Int32Array): Uint8Array => bytesOf(divided(divided(longs, 1000), SECONDS_PER_DAY))

/**
 * Multiplies integers of 64 bits, each two words, in place. The factor is below 2^21, so that all products are exact in a double.
 * @throws DATETIME_OVERFLOW
 */
function multiplied(longs: Int32Array, factor: number, validity: Uint8Array | undefined): Int32Array {
  for (let at = 0; at < longs.length; at += 2) {
    const low = (longs[at]! >>> 0) * factor
    const high = longs[at + 1]! * factor + Math.floor(low / WORD)
    longs[at] = low
    longs[at + 1] = high
    if (longs[at + 1] !== high && (!validity || isSet(validity, at / 2)))
      throw new MillraceError('DATETIME_OVERFLOW', { operation: 'a value of Arrow has more microseconds than 64 bits' })
  }
  return longs
}

/** Divides integers of 64 bits in place, rounding down; as `multiplied`. */
function divided(longs: Int32Array, divisor: number): Int32Array {
  for (let at = 0; at < longs.length; at += 2) {
    const high = Math.floor(longs[at + 1]! / divisor)
    const rest = longs[at + 1]! - high * divisor
    longs[at] = Math.floor((rest * WORD + (longs[at]! >>> 0)) / divisor)
    longs[at + 1] = high
  }
  return longs
}
