import { MillraceError } from '../../../../common/errors/millrace-error.js'
import type { CallSite } from '../definition.js'

const VERSION = 1
const HEADER_BYTES = 20
/** Larger ones are refused: each group has one. */
const MOST_BYTES = 2 ** 24
const [MULTIPLIER, INCREMENT, MASK] = [0x5deece66dn, 0xbn, (1n << 48n) - 1n]
const MOST_FACTOR = 2n ** 31n - 1n

/** Factors of the rows: numbers below 2^31 - 1 of Java's generator. */
function factors(seed: bigint, count: number): readonly bigint[] {
  let state = (seed ^ MULTIPLIER) & MASK
  const next = (): bigint => {
    state = (state * MULTIPLIER + INCREMENT) & MASK
    return state >> 17n
  }
  return Array.from({ length: count }, () => {
    for (;;) {
      const bits = next()
      // Of the numbers of 31 bits the last one alone is not below the bound.
      if (bits < MOST_FACTOR) return bits
    }
  })
}

/** A count-min sketch without values, as Spark writes it: for an error relative to all values, and how sure that is. @throws UNSUPPORTED_FEATURE */
export function emptySketch(error: number, confidence: number, seed: number, { name, origin }: CallSite): Uint8Array {
  const width = Math.ceil(2 / error)
  const depth = Math.ceil(-Math.log1p(-confidence) / Math.log(2))
  const bytes = HEADER_BYTES + 8 * depth + 8 * depth * width
  if (bytes > MOST_BYTES)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${name} of ${bytes} bytes` }, { origin })
  const view = new DataView(new ArrayBuffer(bytes))
  view.setInt32(0, VERSION)
  view.setInt32(12, depth)
  view.setInt32(16, width)
  for (const [i, factor] of factors(BigInt(seed), depth).entries()) view.setBigInt64(HEADER_BYTES + 8 * i, factor)
  return new Uint8Array(view.buffer)
}
