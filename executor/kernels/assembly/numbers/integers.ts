// Integers, booleans and decimals as text, in Spark's formats.
import { DECIMAL_MALFORMED, DECIMAL_TOO_LARGE, RESULT_ADDRESS, RESULT_HIGH, RESULT_LENGTH, RESULT_LOW } from '../../interface/text'
import { dividePowerOfTen, limbsFrom128, multiplyPowerOfTen } from './bignum'
import { finishDecimal, formatLimbs } from './decimal'
import { isNegative, plainCount, plainDigits, plainFraction, readPlainNumber } from './plain-number'
import { power } from './powers-of-ten'
import { isSign, scannedDigits, scannedExponent, scanNumber } from './number-text'
import { beginText, endText, isWord, trimAll, trimmedAt, trimmedLength, writeDigits } from '../text/text'

const DIGITS: usize = memory.data(512)
/** As many as fit there; of a longer number the rest only counts as places. */
const MOST_DIGITS = 400
/** Numbers of so many digits fit 64 bits. */
const MOST_LONG_DIGITS = 18
const TRUE_WORDS: usize = memory.data<u8>([0x74, 0x72, 0x75, 0x65, 0x79, 0x65, 0x73]) // "true", "yes"
const FALSE_WORDS: usize = memory.data<u8>([0x66, 0x61, 0x6c, 0x73, 0x65, 0x6e, 0x6f]) // "false", "no"

/** 1 or 0, or -1 when the text is neither: t, true, y, yes, 1, f, false, n, no, 0. */
export function parseBoolean(at: usize, length: i32): i32 {
  trimAll(at, length)
  const text = trimmedAt
  const size = trimmedLength
  if (size == 1) {
    const byte = load<u8>(text)
    if (byte == 0x31) return 1
    if (byte == 0x30) return 0
  }
  if (isWord(text, size, TRUE_WORDS, 1) || isWord(text, size, TRUE_WORDS, 4)) return 1
  if (isWord(text, size, TRUE_WORDS + 4, 1) || isWord(text, size, TRUE_WORDS + 4, 3)) return 1
  if (isWord(text, size, FALSE_WORDS, 1) || isWord(text, size, FALSE_WORDS, 5)) return 0
  if (isWord(text, size, FALSE_WORDS + 5, 1) || isWord(text, size, FALSE_WORDS + 5, 2)) return 0
  return -1
}

/** Writes the bigint a text stands for; 1 when it is no whole number or does not fit. */
export function parseLong(at: usize, length: i32, out: usize): i32 {
  return readLong(at, length, false, out)
}

/** The same of a number that may have digits behind a point, which do not count. */
export function parseTruncatedLong(at: usize, length: i32, out: usize): i32 {
  return readLong(at, length, true, out)
}

function readLong(at: usize, length: i32, cutsFraction: bool, out: usize): i32 {
  trimAll(at, length)
  let text = trimmedAt
  const end = text + trimmedLength
  let negative = false
  if (isSign(text, end)) negative = load<u8>(text++) == 0x2d
  if (text == end) return 1
  let value: i64 = 0
  for (; text < end; text++) {
    const digit = <i64>load<u8>(text) - 0x30
    if (cutsFraction && digit == -2) {
      while (++text < end) if (<u8>(load<u8>(text) - 0x30) > 9) return 1
      break
    }
    if (digit < 0 || digit > 9) return 1
    // Counts downwards: the negative side reaches one further.
    if (value < -922337203685477580 || (value == -922337203685477580 && digit > 8)) return 1
    value = value * 10 - digit
  }
  if (!negative && value == i64.MIN_VALUE) return 1
  store<i64>(out, negative ? value : -value)
  return 0
}

/** The bytes of a whole number of so many bytes, the highest first. */
export function bytesOfLong(value: i64, count: i32, out: usize): void {
  const start = beginText(8)
  store<u64>(start, bswap<u64>(<u64>value << (64 - (count << 3))))
  endText(start, start + count, out)
}

export function formatLong(value: i64, out: usize): void {
  const start = beginText(20)
  let at = start
  let magnitude = <u64>value
  if (value < 0) {
    store<u8>(at++, 0x2d)
    magnitude = -magnitude
  }
  endText(start, writeDigits(at, magnitude, 1), out)
}

/**
 * Writes the decimal a text stands for, half up at `scale`; 0, DECIMAL_MALFORMED, or DECIMAL_TOO_LARGE when it exceeds the precision.
 */
export function parseDecimal(at: usize, length: i32, precision: i32, scale: i32, out: usize): i32 {
  if (readPlainNumber(at, length) && storePlainDecimal(precision, scale, out)) return 0
  trimAll(at, length)
  let text = trimmedAt
  const end = text + trimmedLength
  let negative = false
  if (isSign(text, end)) negative = load<u8>(text++) == 0x2d
  let count = scanNumber(text, end, DIGITS, MOST_DIGITS)
  if (count < 0) return DECIMAL_MALFORMED
  const up = scannedExponent + scale
  if (count > 0 && up > 0) {
    if (scannedDigits + up > 39) return DECIMAL_TOO_LARGE
    count = multiplyPowerOfTen(DIGITS, count, <i32>up)
  } else if (up < 0) count = dividePowerOfTen(DIGITS, count, <i32>min<i64>(-up, 1000))
  return finishDecimal(DIGITS, count, negative, precision, out) ? DECIMAL_TOO_LARGE : 0
}

/** Writes the number that was read plainly, if it has room in its precision without rounding and 64 bits hold it. */
function storePlainDecimal(precision: i32, scale: i32, out: usize): bool {
  const up = scale - plainFraction
  if (up < 0 || plainCount + up > MOST_LONG_DIGITS || plainCount - plainFraction > precision - scale) return false
  const magnitude = <i64>plainDigits * <i64>power(up)
  const value = isNegative ? -magnitude : magnitude
  store<i64>(out, value, RESULT_LOW)
  store<i64>(out, value >> 63, RESULT_HIGH)
  return true
}

/** The least power of ten of a first digit for which Java writes a decimal without an exponent. */
const LOWEST_PLAIN: i32 = -6

/** Prints a decimal as Java's `BigDecimal.toString` does: small ones as `1.5E-7`. */
export function formatDecimalAsJava(low: i64, high: i64, scale: i32, out: usize): void {
  formatDecimal(low, high, 0, out)
  const isNegative = usize(high < 0)
  const digits = <usize>load<u32>(out, RESULT_ADDRESS) + isNegative
  const count = load<i32>(out, RESULT_LENGTH) - <i32>isNegative
  const exponent = count - 1 - scale
  if (exponent >= LOWEST_PLAIN) return formatDecimal(low, high, scale, out)
  const start = beginText(count + 8)
  let at = start
  if (isNegative) store<u8>(at++, 0x2d)
  store<u8>(at++, load<u8>(digits))
  if (count > 1) {
    store<u8>(at++, 0x2e)
    memory.copy(at, digits + 1, count - 1)
    at += count - 1
  }
  store<u8>(at++, 0x45)
  store<u8>(at++, 0x2d)
  endText(start, writeDigits(at, <u64>-exponent, 1), out)
}

/** Prints a decimal in full, with all digits of its scale. */
export function formatDecimal(low: i64, high: i64, scale: i32, out: usize): void {
  const negative = high < 0
  if (high == low >> 63 && scale <= 18) {
    const start = beginText(24)
    if (negative) store<u8>(start, 0x2d)
    const first = start + usize(negative)
    let end = writeDigits(first, negative ? -low : low, scale + 1)
    if (scale > 0) {
      memory.copy(end - scale + 1, end - scale, scale)
      store<u8>(end - scale, 0x2e)
      end++
    }
    endText(start, end, out)
    return
  }
  const count = negative ? limbsFrom128(DIGITS, -low, ~high + i64(low == 0)) : limbsFrom128(DIGITS, low, high)
  formatLimbs(DIGITS, count, negative, scale, out)
}
