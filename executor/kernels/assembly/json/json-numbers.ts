// Numbers of JSON text: what is told of one when it is passed over. Nothing beyond the end is read.
import { malformed } from './json-errors'
import { hasPoint, plainCount, plainDigits, plainFraction, readPlainDigits } from '../numbers/plain-number'

const INFINITY_WORD: u64 = 0x7974696e69666e49
const POINT: u32 = 0x2e

// The number read last: its digits without the point (when there are at most 18), how many of them are a fraction, and its form.
export let digits: u64 = 0
export let digitCount = 0
export let fractionCount = 0
export let negative: bool = false
export let integral: bool = false
export let exponential: bool = false
export let integerDigits = 0
/** The value of the word for a number read last: NaN or an infinity. */
export let specialNumber: f64 = 0

@inline
export function isDigit(p: usize, end: usize): bool {
  return p < end && <u32>load<u8>(p) - 48 < 10
}

/**
 * To after a number of digits without an exponent, which has at most 15 of them; 0 for any other. Up to 15
 * bytes behind the text are loaded and do not count.
 */
@inline
function skipPlainNumber(p: usize, end: usize): usize {
  const bytes = i8x16.sub(v128.load(p), i8x16.splat(0x30))
  let others = i8x16.bitmask(i8x16.gt_u(bytes, i8x16.splat(9)))
  if (end - p < 16) others |= 1 << <i32>(end - p)
  if (others == 0) return 0
  let length = ctz(others)
  if (length > 0 && p + <usize>length < end && load<u8>(p + <usize>length) == POINT) {
    const rest = others & (others - 1)
    if (rest == 0) return 0
    if (<i32>ctz(rest) == length + 1) return 0
    length = ctz(rest)
  }
  if (length == 0 || (p + <usize>length < end && (load<u8>(p + <usize>length) | 32) == 0x65)) return 0
  readPlainDigits(p, length, negative)
  integerDigits = plainCount - plainFraction
  if (integerDigits > 1 && load<u8>(p) == 0x30) return 0
  integral = !hasPoint
  exponential = false
  fractionCount = plainFraction
  digits = plainDigits
  digitCount = plainCount
  return p + <usize>length
}

/** To after a number of digits; 0 when malformed. */
export function skipNumber(p: usize, end: usize): usize {
  negative = load<u8>(p) == 0x2d
  if (negative) p++
  const after = skipPlainNumber(p, end)
  if (after != 0) return after
  let value: u64 = 0
  const start = p
  while (isDigit(p, end)) value = value * 10 + <u64>(load<u8>(p++) - 48)
  integerDigits = <i32>(p - start)
  if (integerDigits == 0 || (integerDigits > 1 && load<u8>(start) == 0x30)) return malformed(min(p + 1, end))
  integral = true
  exponential = false
  fractionCount = 0
  if (p < end && load<u8>(p) == 0x2e) {
    integral = false
    const fraction = ++p
    while (isDigit(p, end)) value = value * 10 + <u64>(load<u8>(p++) - 48)
    fractionCount = <i32>(p - fraction)
    if (fractionCount == 0) return malformed(min(p + 1, end))
  }
  digits = value
  digitCount = integerDigits + fractionCount
  if (p == end || (load<u8>(p) | 32) != 0x65) return p
  integral = false
  exponential = true
  return passExponent(p + 1, end)
}

/** To after the exponent behind its letter. */
function passExponent(p: usize, end: usize): usize {
  if (p < end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++
  if (!isDigit(p, end)) return malformed(min(p + 1, end))
  while (isDigit(p, end)) p++
  return p
}

/** As `skipNumber`, but nothing is told of the number. */
export function passNumber(p: usize, end: usize): usize {
  if (load<u8>(p) == 0x2d) p++
  const start = p
  while (isDigit(p, end)) p++
  const whole = <i32>(p - start)
  if (whole == 0 || (whole > 1 && load<u8>(start) == 0x30)) return malformed(min(p + 1, end))
  if (p < end && load<u8>(p) == POINT) {
    p++
    if (!isDigit(p, end)) return malformed(min(p + 1, end))
    while (isDigit(p, end)) p++
  }
  return p < end && (load<u8>(p) | 32) == 0x65 ? passExponent(p + 1, end) : p
}

/** To after NaN, Infinity, ±Infinity or ±INF, told in `specialNumber`; 0 when it is none of them. */
export function skipSpecialNumber(p: usize, end: usize): usize {
  const c = load<u8>(p)
  const signed = c == 0x2d || c == 0x2b
  specialNumber = c == 0x2d ? -Infinity : Infinity
  if (signed) p++
  if (p + 8 <= end && load<u64>(p) == INFINITY_WORD) return p + 8
  if (p + 3 > end) return 0
  const word = <u32>load<u16>(p) | (<u32>load<u8>(p, 2) << 16)
  if (signed) return word == 0x464e49 ? p + 3 : 0
  specialNumber = NaN
  return word == 0x4e614e ? p + 3 : 0
}
