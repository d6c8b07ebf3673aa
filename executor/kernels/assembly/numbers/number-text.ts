// Decimal numbers as text: digits with a point and an exponent, into limbs.
import { multiplySmall } from './bignum'

/** What the last scan found beside the limbs: digits from the first that is not zero, and the power of ten they are to be multiplied with. */
export let scannedDigits = 0
export let scannedExponent: i64 = 0

/** Whether a sign stands there. */
export function isSign(at: usize, end: usize): bool {
  return at < end && (load<u8>(at) == 0x2d || load<u8>(at) == 0x2b)
}

/**
 * Scans a number without its sign into limbs; how many there are, or -1 when it is malformed. Digits beyond the first `most` only count
 * as places.
 */
export function scanNumber(text: usize, end: usize, limbs: usize, most: i32): i32 {
  let count = 0
  let seen = 0
  let significant = 0
  let exponent: i64 = 0
  let fraction = false
  // Digits gathered before they go to the limbs, nine at a time.
  let pending: u32 = 0
  let unit: u32 = 1
  for (; text < end; text++) {
    const byte = load<u8>(text)
    if (byte == 0x2e && !fraction) {
      fraction = true
      continue
    }
    const digit = <u32>byte - 0x30
    if (digit > 9) break
    seen++
    if (significant < most) {
      pending = pending * 10 + digit
      unit *= 10
      if (significant > 0 || digit > 0) significant++
      if (fraction) exponent--
      if (unit == 1000000000) {
        count = multiplySmall(limbs, count, unit, pending)
        pending = 0
        unit = 1
      }
    } else if (!fraction) exponent++
  }
  if (seen == 0) return -1
  count = multiplySmall(limbs, count, unit, pending)
  if (text < end) {
    if ((load<u8>(text++) | 0x20) != 0x65) return -1
    const down = isSign(text, end) && load<u8>(text) == 0x2d
    if (isSign(text, end)) text++
    if (text == end) return -1
    let power: i64 = 0
    for (; text < end; text++) {
      const digit = <u32>load<u8>(text) - 0x30
      if (digit > 9) return -1
      if (power < 100000) power = power * 10 + digit
    }
    exponent += down ? -power : power
  }
  scannedDigits = significant
  scannedExponent = exponent
  return count
}
