// Doubles and floats as text, exactly: the shortest digits that read back as the same value, in Java's layout.
import { RESULT_HIGH, RESULT_LOW } from '../../interface/text'
import {
  addLimbs,
  compareLimbs,
  limbsFrom128,
  multiplyPowerOfTen,
  multiplySmall,
  shiftLeft,
  subtractLimbs,
} from './bignum'
import { decimalExceeds } from './decimal'
import { parseDecimal } from './integers'
import { power } from './powers-of-ten'
import { beginText, endText, writeDigits } from '../text/text'

const ROOM = 640
const R: usize = memory.data(ROOM)
const S: usize = memory.data(ROOM)
const HIGHER: usize = memory.data(ROOM)
const LOWER: usize = memory.data(ROOM)
const SUM: usize = memory.data(ROOM)
const TEXT: usize = memory.data(64)

/** The shortest digits of a positive value: an integer, and its power of ten in `digitsExponent`. */
export let digitsExponent = 0

export function shortestDigits(value: f64, single: bool): u64 {
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

/** The limbs of what `takeDigit` left in R. */
let restLimbs = 0

/** How often S goes into R. */
function takeDigit(r: i32, s: i32): i32 {
  let digit = 0
  while (compareLimbs(R, r, S, s) >= 0) {
    r = subtractLimbs(R, r, S, s)
    digit++
  }
  restLimbs = r
  return digit
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
    let digit = takeDigit(r, s)
    r = restLimbs
    const order = compareLimbs(R, r, LOWER, lower)
    const low = even ? order <= 0 : order < 0
    const high = sumReaches(r, higher, s, even)
    count++
    if (low || high) {
      if (count == 1) {
        // Java prints two digits at least, and then the nearest two: 4.9E-324, where one would do.
        r = multiplySmall(R, r, 10, 0)
        const second = takeDigit(r, s)
        r = shiftLeft(R, restLimbs, 1)
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

/** Writes a double as Java prints it; returns where it ends. */
export function writeDouble(at: usize, value: f64, single: bool): usize {
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

/** Writes a double as a decimal by its shortest digits, half up; 1 when it exceeds the precision, 2 when it is not finite. */
export function decimalFromDouble(value: f64, precision: i32, scale: i32, out: usize): i32 {
  if (value - value != 0) return 2
  if (scale <= 15) {
    // Few digits, as most doubles that stand for amounts of money have.
    const digits = nearest(value * power(scale))
    if (abs(digits) < 1e15 && digits / power(scale) == value) {
      store<i64>(out, <i64>digits, RESULT_LOW)
      store<i64>(out, <i64>digits >> 63, RESULT_HIGH)
      return decimalExceeds(<i64>digits, <i64>digits >> 63, precision)
    }
  }
  const end = writeDouble(TEXT, value, false)
  return i32(parseDecimal(TEXT, <i32>(end - TEXT), precision, scale, out) != 0)
}
