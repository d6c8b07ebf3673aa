/** The lowest exponent of ten that Java's `BigDecimal.toString` writes without an exponent. */
const LOWEST_PLAIN_EXPONENT = -6

/** Java's `BigDecimal.toString`: `1.50`, `1E-8`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString()
  if (scale === 0) return sign + digits
  const exponent = digits.length - 1 - scale
  if (exponent < LOWEST_PLAIN_EXPONENT)
    return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${exponent}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}
