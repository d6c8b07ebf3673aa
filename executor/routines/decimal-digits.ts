/* Numbers in digits, rounded half up from the shortest ones that tell them, as Java's Formatter does. */

/** The digits of a number that is not negative, and the power of ten of the first one. */
interface Digits {
  readonly digits: string
  readonly exponent: number
}

function digitsOf(text: string): Digits {
  const [mantissa, power] = text.split('E') as [string, string | undefined]
  const [whole, fraction = ''] = mantissa.split('.') as [string, string | undefined]
  const all = (whole + fraction).replace(/^0+/, '')
  const zeros = (whole + fraction).length - all.length
  if (all === '') return { digits: '0', exponent: 0 }
  return { digits: all, exponent: whole.length - 1 - zeros + Number(power ?? 0) }
}

/** The first so many digits, or one more where all were nines. */
function rounded({ digits, exponent }: Digits, count: number): Digits {
  if (count < 0) return { digits: '0'.repeat(1), exponent }
  if (digits.length <= count) return { digits: digits.padEnd(Math.max(count, 1), '0'), exponent }
  const up = digits.charCodeAt(count) >= 0x35 ? 1n : 0n
  const kept = (BigInt(digits.slice(0, count) || '0') + up).toString().padStart(count, '0')
  return kept.length > count ? { digits: kept, exponent: exponent + 1 } : { digits: kept, exponent }
}

/** So many places behind the point. */
export function fixed(text: string, places: number): string {
  const exact = digitsOf(text)
  const { digits, exponent } = rounded(exact, exact.exponent + 1 + places)
  const count = exact.exponent + 1 + places
  const scaled = count < 0 ? '0' : digits.slice(0, Math.max(exponent + 1 + places, 0)) || '0'
  const padded = scaled.padStart(places + 1, '0')
  return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`
}

/** One digit before the point, so many behind it, and the power of ten in at least two digits. */
export function exponential(text: string, places: number): string {
  const { digits, exponent } = rounded(digitsOf(text), places + 1)
  const fraction = places === 0 ? '' : `.${digits.slice(1, places + 1)}`
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

/** So many digits in all, with a power of ten where the number is small or has more. */
export function general(text: string, precision: number): string {
  const count = Math.max(precision, 1)
  const { exponent, digits } = rounded(digitsOf(text), count)
  if (/^0+$/.test(digits)) return fixed('0', count - 1)
  return exponent >= -4 && exponent < count ? fixed(text, count - 1 - exponent) : exponential(text, count - 1)
}
