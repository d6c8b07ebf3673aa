// Writes executor/kernels/assembly/numbers/angle-tables.ts: digits of pi, and sines and cosines of the angles that the kernels of angles begin with. Run by hand.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const BITS = 1400n
const ONE = 1n << BITS

/** The arc tangent of 1 / n. */
function arcTangent(n) {
  let power = ONE / n
  let sum = 0n
  for (let k = 1n; power !== 0n; k += 2n, power /= n * n) sum += (k % 4n === 1n ? power : -power) / k
  return sum
}

const PI = 4n * (4n * arcTangent(5n) - arcTangent(239n))

/** Sine (from 1) or cosine (from 0) of a fraction. */
function series(x, from) {
  let term = from === 1n ? x : ONE
  let sum = 0n
  for (let k = from; term !== 0n; k += 2n) {
    sum += term
    term = (-term * x * x) / ONE / ONE / ((k + 1n) * (k + 2n))
  }
  return sum
}

/** The nearest double of a fraction. */
function nearest(x) {
  if (x === 0n) return 0
  const size = x < 0n ? -x : x
  const drop = BigInt(size.toString(2).length) - 60n
  const top = drop > 0n ? size >> drop : size << -drop
  // The last bit stands for all that were dropped, so that the conversion rounds right.
  const sticky = drop > 0n && (size & ((1n << drop) - 1n)) !== 0n ? top | 1n : top
  return (x < 0n ? -1 : 1) * Number(sticky) * 2 ** Number(drop - BITS)
}

function exact(double) {
  if (double === 0) return 0n
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(double))
  const bits = view.getBigUint64(0)
  const size = ((bits & 0xfffffffffffffn) | 0x10000000000000n) << (BITS + (bits >> 52n) - 1075n)
  return double < 0 ? -size : size
}

/** A fraction as a sum of doubles, those before the last one with so few bits that multiples of them are exact. */
function parts(x, count, bits) {
  const made = []
  for (let rest = x; made.length < count; rest = x - made.reduce((sum, part) => sum + exact(part), 0n)) {
    const isLast = made.length === count - 1
    const drop = BigInt(rest.toString(2).length) - bits
    made.push(nearest(isLast || bits === 0n ? rest : (rest >> drop) << drop))
  }
  return made
}

const STEPS = 64n
const LAST = 52n
const angles = Array.from({ length: Number(LAST) + 1 }, (_, i) => (ONE * BigInt(i)) / STEPS)
const rows = angles.map((x) => [...parts(series(x, 1n), 2, 0n), ...parts(series(x, 0n), 2, 0n)])
const twoOverPi = (2n * ONE * ONE) / PI
const WORDS = 20n
const words = Array.from({ length: Number(WORDS) }, (_, i) =>
  BigInt.asUintN(64, twoOverPi >> (BITS - 64n * BigInt(i + 1))),
)
const quarter = PI / 2n

const text = `// Written by tools/angles/generate.mjs, not by hand.

/** Half of pi as a sum: multiples of the first three up to 2^20 are exact. */
${parts(quarter, 4, 33n)
  .map((part, i) => `export const QUARTER_${i}: f64 = ${part}`)
  .join('\n')}
/** The same as two doubles. */
${parts(quarter, 2, 0n)
  .map((part, i) => `export const QUARTER_${i === 0 ? 'HIGH' : 'LOW'}: f64 = ${part}`)
  .join('\n')}

/** The bits of 2 / pi behind a word of zeros. */
export const TWO_OVER_PI: usize = memory.data<u64>([
  0,
${words.map((word) => `  0x${word.toString(16).padStart(16, '0')},`).join('\n')}
])

/** Angles are told from multiples of this. */
export const ANGLE_STEPS: f64 = ${STEPS}
export const ANGLE_BYTES: usize = 32
/** Of each multiple up to a quarter of pi its sine and its cosine, as two doubles each. */
export const ANGLES: usize = memory.data<f64>([
${rows.map((row) => `  ${row.join(', ')},`).join('\n')}
])
`
writeFileSync(fileURLToPath(new URL('../../executor/kernels/assembly/numbers/angle-tables.ts', import.meta.url)), text)
