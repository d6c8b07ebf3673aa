import { nearestFloat } from './nearest-float.js'

const MAX_FLOAT_DIGITS = 10

/** The number with the fewest digits, but two at least, that is read as the same float, which is what a float prints as. */
export function shortestFloat(value: number): number {
  // The text of -0 has no sign.
  if (value === 0) return value
  for (let digits = 2; digits < MAX_FLOAT_DIGITS; digits++) {
    const short = value.toPrecision(digits)
    if (nearestFloat(short) === value) return Number(short)
  }
  return value
}

/** Java's `Double.toString`: always a point, an exponent from 10^7 on and below 10^-3. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const shortest = value.toExponential()
    // Java's have two digits at least: the least double is 4.9E-324, not 5E-324.
    const [digits, exponent] = (shortest.includes('.') ? shortest : value.toExponential(1)).split('e')
    return `${digits}E${Number(exponent)}`
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? '-0' : value}.0` : String(value)
}

/** Java's `Float.toString`. */
export const floatText = (value: number): string => doubleText(shortestFloat(value))
