// Doubles and floats as text, exactly: the shortest digits that read back as the same value, in Java's layout; and the value
// nearest to any digits.
import {
  addLimbs,
  compareLimbs,
  divideLimbs,
  divisionRest,
  limbsFrom128,
  multiplyPowerOfTen,
  multiplySmall,
  shiftLeft,
  subtractLimbs,
  trimLimbs,
} from './bignum'
import { decimalExceeds } from './decimal'
import { parseDecimal } from './integers'
import { isSign, scannedDigits, scannedExponent, scanNumber } from './number-text'
import { beginText, endText, isWord, trimAll, trimmedAt, trimmedLength, writeDigits } from './text'

const ROOM = 640
const R: usize = memory.data(ROOM)
const S: usize = memory.data(ROOM)
const HIGHER: usize = memory.data(ROOM)
const LOWER: usize = memory.data(ROOM)
const SUM: usize = memory.data(ROOM)
const POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
])
const INFINITY_WORD: usize = memory.data<u8>([0x69, 0x6e, 0x66, 0x69, 0x6e, 0x69, 0x74, 0x79])
const NAN_WORD: usize = memory.data<u8>([0x6e, 0x61, 0x6e])
const TEXT: usize = memory.data(64)

function power(exponent: i32): f64 {
  return load<f64>(POWERS + (exponent << 3))
}

/** The shortest digits of a positive value: an integer, and its power of ten in `digitsExponent`. */
let digitsExponent = 0

function shortestDigits(value: f64, single: bool): u64 {
  const limit: f64 = single ? 1e9 : 1e15
  if (value < limit && value >= 1e-5) {
    for (let k = 0; k <= 20; k++) {
      const digits = nearest(value * power(k))
      if (digits > limit) break
      const back = digits / power(k)
      if (single ? <f32>back == <f32>value : back == value) {
        digitsExponent = -k
        return <u64>digits
      }
    }
  }
  return exactDigits(value, single)
}

/** Steele and White's and Dragon4's free-format algorithm (Burger and Dybvig 1996, figure 3) on large integers. */
function exactDigits(value: f64, single: bool): u64 {
  const bits = single ? <u64>reinterpret<u32>(<f32>value) : reinterpret<u64>(value)
  const width = single ? 23 : 52
  const biased = <i32>(bits >> width)
  const stored = bits & ((<u64>1 << width) - 1)
  const fraction = biased == 0 ? stored : stored | (<u64>1 << width)
  const exponent = max(biased, 1) - (single ? 150 : 1075)
  const even = (fraction & 1) == 0
  // At a power of two the gap below is half that above.
  const uneven = i32(stored == 0 && biased > 1)
  let r = shiftLeft(R, limbsFrom128(R, fraction, 0), 1 + uneven + max(exponent, 0))
  let s = shiftLeft(S, limbsFrom128(S, 1, 0), 1 + uneven + max(-exponent, 0))
  let higher = shiftLeft(HIGHER, limbsFrom128(HIGHER, 1, 0), uneven + max(exponent, 0))
  let lower = shiftLeft(LOWER, limbsFrom128(LOWER, 1, 0), max(exponent, 0))
  let k = <i32>ceil(Math.log10(value) - 1e-10)
  if (k >= 0) s = multiplyPowerOfTen(S, s, k)
  else {
    r = multiplyPowerOfTen(R, r, -k)
    higher = multiplyPowerOfTen(HIGHER, higher, -k)
    lower = multiplyPowerOfTen(LOWER, lower, -k)
  }
  if (sumReaches(r, higher, s, even)) k++
  else {
    r = multiplySmall(R, r, 10, 0)
    higher = multiplySmall(HIGHER, higher, 10, 0)
    lower = multiplySmall(LOWER, lower, 10, 0)
  }
  let digits: u64 = 0
  let count = 0
  while (true) {
    let digit = 0
    while (compareLimbs(R, r, S, s) >= 0) {
      r = subtractLimbs(R, r, S, s)
      digit++
    }
    const order = compareLimbs(R, r, LOWER, lower)
    const low = even ? order <= 0 : order < 0
    const high = sumReaches(r, higher, s, even)
    count++
    if (low || high) {
      if (count == 1) {
        // Java prints two digits at least, and then the nearest two: 4.9E-324, where one would do.
        r = multiplySmall(R, r, 10, 0)
        let second = 0
        while (compareLimbs(R, r, S, s) >= 0) {
          r = subtractLimbs(R, r, S, s)
          second++
        }
        r = shiftLeft(R, r, 1)
        digits = digit * 10 + second + i32(compareLimbs(R, r, S, s) >= 0)
        count = 2
        break
      }
      if (high && low) {
        memory.copy(SUM, R, r << 2)
        const twice = shiftLeft(SUM, r, 1)
        // Right between two digits the even one is taken, as Java and JavaScript do.
        const half = compareLimbs(SUM, twice, S, s)
        if (half > 0 || (half == 0 && (digit & 1) == 1)) digit++
      } else if (high) digit++
      digits = digits * 10 + digit
      break
    }
    digits = digits * 10 + digit
    r = multiplySmall(R, r, 10, 0)
    higher = multiplySmall(HIGHER, higher, 10, 0)
    lower = multiplySmall(LOWER, lower, 10, 0)
  }
  digitsExponent = k - count
  return digits
}

/** Whether r + higher is beyond s, or reaches it when `even`. */
function sumReaches(r: i32, higher: i32, s: i32, even: bool): bool {
  memory.copy(SUM, R, r << 2)
  const order = compareLimbs(SUM, addLimbs(SUM, r, HIGHER, higher), S, s)
  return even ? order >= 0 : order > 0
}

/** Prints as Java does: 123.0 between 0.001 and 10 million, 1.23E10 beyond. `single`: a float held in a double. */
export function formatDouble(value: f64, single: i32, out: usize): void {
  const start = beginText(32)
  endText(start, writeDouble(start, value, single != 0), out)
}

function writeDouble(at: usize, value: f64, single: bool): usize {
  if (value != value) {
    store<u16>(at, 0x614e)
    store<u8>(at, 0x4e, 2)
    return at + 3
  }
  if (reinterpret<i64>(value) < 0) {
    store<u8>(at++, 0x2d)
    value = -value
  }
  if (value == Infinity) {
    store<u64>(at, 0x7974696e69666e49)
    return at + 8
  }
  let digits: u64 = 0
  let exponent = 0
  if (value != 0) {
    digits = shortestDigits(value, single)
    exponent = digitsExponent
    while (digits % 10 == 0) {
      digits /= 10
      exponent++
    }
  }
  const end = writeDigits(at, digits, 1)
  const count = <i32>(end - at)
  const point = count + exponent // how many digits stand before the point
  if (value != 0 && (value < 1e-3 || value >= 1e7)) {
    memory.copy(at + 2, at + 1, count - 1)
    store<u8>(at, 0x2e, 1)
    if (count == 1) store<u8>(at, 0x30, 2)
    at += max(count, 2) + 1
    store<u8>(at++, 0x45)
    if (point - 1 < 0) store<u8>(at++, 0x2d)
    return writeDigits(at, <u64>abs(point - 1), 1)
  }
  if (point <= 0) {
    memory.copy(at + 2 - point, at, count)
    memory.fill(at, 0x30, 2 - point)
    store<u8>(at, 0x2e, 1)
    return at + 2 - point + count
  }
  if (point < count) {
    memory.copy(at + point + 1, at + point, count - point)
    store<u8>(at + point, 0x2e)
    return end + 1
  }
  memory.fill(end, 0x30, point - count + 2)
  store<u8>(at + point, 0x2e)
  return at + point + 2
}

/** Writes the double nearest to the number a text stands for; 1 when malformed. NaN, Infinity and Inf are words of any case. */
export function parseDouble(at: usize, length: i32, out: usize): i32 {
  trimAll(at, length)
  let text = trimmedAt
  let end = text + trimmedLength
  let sign: f64 = 1
  if (isSign(text, end)) sign = load<u8>(text++) == 0x2d ? -1 : 1
  const size = <i32>(end - text)
  if (isWord(text, size, INFINITY_WORD, 8) || isWord(text, size, INFINITY_WORD, 3)) {
    store<f64>(out, sign * Infinity)
    return 0
  }
  if (isWord(text, size, NAN_WORD, 3)) {
    store<f64>(out, NaN)
    return 0
  }
  // Java's suffixes of type.
  if (size > 1) {
    const last = load<u8>(end - 1) | 0x20
    if (last == 0x64 || last == 0x66) end--
  }
  return parseDigits(text, end, sign, out)
}

const MOST_DIGITS = 120

function parseDigits(text: usize, end: usize, sign: f64, out: usize): i32 {
  const count = scanNumber(text, end, R, MOST_DIGITS)
  if (count < 0) return 1
  let digits: u64 = count > 0 ? load<u32>(R) : 0
  if (count > 1) digits |= <u64>load<u32>(R, 4) << 32
  store<f64>(out, sign * nearestDouble(digits, count, scannedDigits, scannedExponent))
  return 0
}

/** The double nearest to R * 10^exponent; `digits` are R's low 64 bits. */
function nearestDouble(digits: u64, count: i32, significant: i32, exponent: i64): f64 {
  if (count == 0) return 0
  if (count <= 2 && digits <= 0x20000000000000) {
    // Both are exact, so that their product or quotient is rounded once (Clinger 1990).
    if (exponent >= 0 && exponent <= 22) return <f64>digits * power(<i32>exponent)
    if (exponent < 0 && exponent >= -22) return <f64>digits / power(<i32>-exponent)
  }
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
  return roundLimbs(r, shift, inexact)
}

/** The double nearest to R / 2^shift, half to even; `inexact` when there is more below. */
function roundLimbs(r: i32, shift: i32, inexact: bool): f64 {
  r = trimLimbs(R, r)
  const bits = (r << 5) - <i32>clz<u32>(load<u32>(R + ((r - 1) << 2)))
  // The exponent of the lowest bit kept; no less than a subnormal's.
  const lowest = max(bits - 53, shift - 1074)
  if (lowest <= 0) return ldexp(<f64>low64(), -shift)
  let kept: u64 = 0
  for (let i = min(bits - 1, lowest + 63); i >= lowest; i--) kept = (kept << 1) | bit(i)
  const half = lowest > bits ? 0 : bit(lowest - 1)
  let below = inexact || lowest > bits
  for (let i = 0; i < min(r, (lowest - 1) >> 5) && !below; i++) below = load<u32>(R + (i << 2)) != 0
  for (let i = ((lowest - 1) >> 5) << 5; i < min(lowest - 1, bits) && !below; i++) below = bit(i) != 0
  if (half != 0 && (below || (kept & 1) != 0)) kept++
  return ldexp(<f64>kept, lowest - shift)
}

function bit(index: i32): u64 {
  return index < 0 ? 0 : (load<u32>(R + ((index >> 5) << 2)) >> (index & 31)) & 1
}

function low64(): u64 {
  return load<u64>(R)
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

/** Writes a double as a decimal by its shortest digits, half up; 1 when it is not finite or exceeds the precision. */
export function decimalFromDouble(value: f64, single: i32, precision: i32, scale: i32, out: usize): i32 {
  if (value - value != 0) return 1
  if (!single && scale <= 15) {
    // Few digits, as most doubles that stand for amounts of money have.
    const digits = nearest(value * power(scale))
    if (abs(digits) < 1e15 && digits / power(scale) == value) {
      store<i64>(out, <i64>digits)
      store<i64>(out, <i64>digits >> 63, 8)
      return decimalExceeds(<i64>digits, <i64>digits >> 63, precision)
    }
  }
  const end = writeDouble(TEXT, value, single != 0)
  return i32(parseDecimal(TEXT, <i32>(end - TEXT), precision, scale, out) != 0)
}

/** The double nearest to a decimal. */
export function doubleFromDecimal(low: i64, high: i64, scale: i32): f64 {
  if (high == low >> 63 && low >= -0x20000000000000 && low <= 0x20000000000000 && scale <= 22) return <f64>low / power(scale)
  const negative = high < 0
  const count = negative ? limbsFrom128(R, -low, ~high + i64(low == 0)) : limbsFrom128(R, low, high)
  const digits = load<u64>(R)
  const magnitude = nearestDouble(digits, count, 39, -scale)
  return negative ? -magnitude : magnitude
}
