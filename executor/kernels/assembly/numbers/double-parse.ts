// The double or float nearest to the number a text or a decimal stands for.
import {
  divideLimbs,
  divisionRest,
  limbsFrom128,
  multiplyPowerOfTen,
  multiplySmall,
  shiftLeft,
  trimLimbs,
} from './bignum'
import { isSign, scannedDigits, scannedExponent, scanNumber } from './number-text'
import { decimalDouble, isNearPower } from './decimal-double'
import { isExactDouble, plainDouble, readPlainNumber } from './plain-number'
import { power } from './powers-of-ten'
import { isWord, trimAll, trimmedAt, trimmedLength } from '../text/text'

const ROOM = 640
const R: usize = memory.data(ROOM)
const S: usize = memory.data(ROOM)
const SUM: usize = memory.data(ROOM)
const INFINITY_WORD: usize = memory.data<u8>([0x69, 0x6e, 0x66, 0x69, 0x6e, 0x69, 0x74, 0x79])
const NAN_WORD: usize = memory.data<u8>([0x6e, 0x61, 0x6e])

/** Writes the double nearest to the number a text stands for; 1 when malformed. NaN, Infinity and Inf are words of any case. */
export function parseDouble(at: usize, length: i32, out: usize): i32 {
  return parse(at, length, false, out)
}

/** The same for the nearest float, rounded once; written as a double, which holds it exactly. */
export function parseFloat(at: usize, length: i32, out: usize): i32 {
  return parse(at, length, true, out)
}

/** Reads a number of so few digits that two exact doubles make the value; false for any other text, which is read by `parse`. */
@inline
function parsePlain(at: usize, length: i32, single: bool, out: usize): bool {
  if (!readPlainNumber(at, length) || !isExactDouble()) return false
  const value = plainDouble()
  if (single && roundsTwice(value)) return false
  store<f64>(out, single ? <f64><f32>value : value)
  return true
}

function parse(at: usize, length: i32, single: bool, out: usize): i32 {
  if (parsePlain(at, length, single, out)) return 0
  trimAll(at, length)
  let text = trimmedAt
  let end = text + trimmedLength
  let sign: f64 = 1
  const signed = isSign(text, end)
  if (signed) sign = load<u8>(text++) == 0x2d ? -1 : 1
  const size = <i32>(end - text)
  if (isWord(text, size, INFINITY_WORD, 8) || isWord(text, size, INFINITY_WORD, 3)) {
    store<f64>(out, sign * Infinity)
    return 0
  }
  // Behind a sign only Java's own spelling counts.
  if (isWord(text, size, NAN_WORD, 3) && (!signed || load<u16>(text) == 0x614e)) {
    store<f64>(out, NaN)
    return 0
  }
  // Java's suffixes of type.
  if (size > 1) {
    const last = load<u8>(end - 1) | 0x20
    if (last == 0x64 || last == 0x66) end--
  }
  if (size > 2 && load<u8>(text) == 0x30 && (load<u8>(text, 1) | 0x20) == 0x78) return parseHex(text + 2, end, sign, single, out)
  return parseDigits(text, end, sign, single, out)
}

const MOST_HEX_DIGITS = 256

/** Java's hexadecimal form: digits with a point, and a power of two behind a p. */
function parseHex(text: usize, end: usize, sign: f64, single: bool, out: usize): i32 {
  let count = 0
  let seen = 0
  let shift = 0
  let fraction = false
  for (; text < end; text++) {
    const byte = <u32>load<u8>(text)
    if (byte == 0x2e && !fraction) {
      fraction = true
      continue
    }
    const digit = byte - 0x30 < 10 ? byte - 0x30 : (byte | 0x20) - 0x57
    if (digit > 15) break
    if (++seen > MOST_HEX_DIGITS) return 1
    count = multiplySmall(R, count, 16, digit)
    if (fraction) shift += 4
  }
  if (seen == 0 || text == end || (load<u8>(text++) | 0x20) != 0x70) return 1
  const down = isSign(text, end) && load<u8>(text) == 0x2d
  if (isSign(text, end)) text++
  if (text == end) return 1
  let power = 0
  for (; text < end; text++) {
    const digit = <u32>load<u8>(text) - 0x30
    if (digit > 9) return 1
    power = min(power * 10 + <i32>digit, 10000)
  }
  count = trimLimbs(R, count)
  store<f64>(out, count == 0 ? sign * 0 : sign * roundLimbs(count, shift - (down ? -power : power), false, single))
  return 0
}

const MOST_DIGITS = 120

function parseDigits(text: usize, end: usize, sign: f64, single: bool, out: usize): i32 {
  const count = scanNumber(text, end, R, MOST_DIGITS)
  if (count < 0) return 1
  let value = nearest(lowDigits(count), count, scannedDigits, scannedExponent, false)
  if (single && roundsTwice(value)) {
    scanNumber(text, end, R, MOST_DIGITS)
    value = nearest(lowDigits(count), count, scannedDigits, scannedExponent, true)
  } else if (single) value = <f64><f32>value
  store<f64>(out, sign * value)
  return 0
}

/** The low 64 bits of the limbs in R. */
function lowDigits(count: i32): u64 {
  if (count > 1) return load<u64>(R)
  return count > 0 ? load<u32>(R) : 0
}

/** Whether a double may have been rounded to right between two floats, or is so small that floats have fewer digits. */
export function roundsTwice(value: f64): bool {
  if (value == 0) return true
  return (reinterpret<u64>(value) & 0x1fffffff) == 0x10000000 || abs(value) < 1.1754943508222875e-38
}

/** The double, or float, nearest to R * 10^exponent; `digits` are R's low 64 bits. */
function nearest(digits: u64, count: i32, significant: i32, exponent: i64, single: bool): f64 {
  if (count == 0) return 0
  if (!single && count <= 2 && digits <= 0x20000000000000) {
    // Both are exact, so that their product or quotient is rounded once (Clinger 1990).
    if (exponent >= 0 && exponent <= 22) return <f64>digits * power(<i32>exponent)
    if (exponent < 0 && exponent >= -22) return <f64>digits / power(<i32>-exponent)
  }
  if (!single && count <= 2 && exponent == <i64><i32>exponent && isNearPower(<i32>exponent)) return decimalDouble(digits, <i32>exponent)
  if (significant + exponent > 310) return Infinity
  if (significant + exponent < -326) return 0
  let r = count
  let shift = 0
  let inexact = false
  if (exponent >= 0) r = multiplyPowerOfTen(R, r, <i32>exponent)
  else {
    const s = multiplyPowerOfTen(S, limbsFrom128(S, 1, 0), <i32>-exponent)
    // Enough bits that the quotient has at least 65.
    shift = max(0, (s - r + 3) << 5)
    r = shiftLeft(R, r, shift)
    const q = divideLimbs(R, r, S, s, SUM)
    inexact = divisionRest > 0
    memory.copy(R, SUM, q << 2)
    r = q
  }
  return roundLimbs(r, shift, inexact, single)
}

/** The double, or float, nearest to R / 2^shift, half to even; `inexact` when there is more below. */
function roundLimbs(r: i32, shift: i32, inexact: bool, single: bool): f64 {
  r = trimLimbs(R, r)
  const bits = (r << 5) - <i32>clz<u32>(load<u32>(R + ((r - 1) << 2)))
  // The exponent of the lowest bit kept; no less than a subnormal's.
  const lowest = single ? max(bits - 24, shift - 149) : max(bits - 53, shift - 1074)
  if (lowest <= 0) return ldexp(<f64>lowDigits(r), -shift)
  let kept: u64 = 0
  for (let i = min(bits - 1, lowest + 63); i >= lowest; i--) kept = (kept << 1) | bit(i)
  const half = lowest > bits ? 0 : bit(lowest - 1)
  let below = inexact || lowest > bits
  for (let i = 0; i < min(r, (lowest - 1) >> 5) && !below; i++) below = load<u32>(R + (i << 2)) != 0
  for (let i = ((lowest - 1) >> 5) << 5; i < min(lowest - 1, bits) && !below; i++) below = bit(i) != 0
  if (half != 0 && (below || (kept & 1) != 0)) kept++
  const result = ldexp(<f64>kept, lowest - shift)
  return single ? <f64><f32>result : result
}

function bit(index: i32): u64 {
  return index < 0 ? 0 : (load<u32>(R + ((index >> 5) << 2)) >> (index & 31)) & 1
}

/** x * 2^n; exact or to infinity, in steps that do not leave the range of exponents. */
function ldexp(x: f64, n: i32): f64 {
  while (n > 1000) {
    x *= reinterpret<f64>(<u64>(1023 + 1000) << 52)
    n -= 1000
  }
  while (n < -1000) {
    x *= reinterpret<f64>(<u64>(1023 - 1000) << 52)
    n += 1000
  }
  return x * reinterpret<f64>(<u64>(1023 + n) << 52)
}

/** The double, or float, nearest to digits * 10^exponent. */
export function nearestDouble(digits: u64, exponent: i32, single: bool): f64 {
  let significant = 1
  for (let rest = digits; rest > 9; rest /= 10) significant++
  const value = nearest(digits, limbsFrom128(R, digits, 0), significant, exponent, false)
  if (!single) return value
  return roundsTwice(value) ? nearest(digits, limbsFrom128(R, digits, 0), significant, exponent, true) : <f64><f32>value
}

/** The double nearest to a decimal. */
export function doubleFromDecimal(low: i64, high: i64, scale: i32): f64 {
  if (high == low >> 63 && low >= -0x20000000000000 && low <= 0x20000000000000 && scale <= 22) return <f64>low / power(scale)
  return fromDecimal(low, high, scale, false)
}

/** The float nearest to a decimal, rounded once. */
export function floatFromDecimal(low: i64, high: i64, scale: i32): f32 {
  const value = doubleFromDecimal(low, high, scale)
  return <f32>(roundsTwice(value) ? fromDecimal(low, high, scale, true) : value)
}

function fromDecimal(low: i64, high: i64, scale: i32, single: bool): f64 {
  const negative = high < 0
  const count = negative ? limbsFrom128(R, -low, ~high + i64(low == 0)) : limbsFrom128(R, low, high)
  const digits = load<u64>(R)
  const magnitude = nearest(digits, count, 39, -scale, single)
  return negative ? -magnitude : magnitude
}
