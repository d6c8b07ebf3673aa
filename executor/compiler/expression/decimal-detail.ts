/** Digits in which Spark computes products of decimals. */
const PRODUCT_DIGITS = 39

/** A number without its exponent, as conditions tell numbers that are no decimals; true counts as one. */
export function plainDecimal(text: string): string {
  if (text === 'true') return '1'
  const parts = /^\s*([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?/.exec(text)
  const [sign, whole, fraction, exponent] = [
    parts?.[1] ?? '',
    parts?.[2] ?? '',
    parts?.[3] ?? '',
    Number(parts?.[4] ?? 0),
  ]
  const digits = whole + fraction
  const point = whole.length + exponent
  const padded =
    point > digits.length ? digits.padEnd(point, '0') : digits.padStart(digits.length + Math.max(0, 1 - point), '0')
  const at = Math.max(point, 1)
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const right = padded.slice(at)
  return (sign === '-' ? '-' : '') + left + (right === '' ? '' : `.${right}`)
}

/** The number in so many digits as a product has; more are left out. */
export function productText(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d*)\.?(\d*)$/.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const dropped = digits.length - PRODUCT_DIGITS
  if (dropped <= 0) return text
  return plainDecimal(`${sign}${digits.slice(0, PRODUCT_DIGITS)}E${dropped - fraction.length}`)
}
