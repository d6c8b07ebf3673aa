// Decimals of up to 38 digits as 128-bit two's complement integers (low, high). Generated code handles what fits 64 bits in
// line; these take the rest. Those with an `out` write the result there and return 0, or 1 when it exceeds its precision: then `refusedDecimal` gives its text.
import { RESULT_HIGH, RESULT_LOW } from '../../interface/text'
import {
  addLimbs,
  addSmall,
  compareLimbs,
  divideLimbs,
  dividePowerOfTen,
  divideSmall,
  divisionRest,
  limbsFrom128,
  multiplyLimbs,
  multiplyPowerOfTen,
  shiftLeft,
  subtractLimbs,
  trimLimbs,
} from './bignum'
import { beginText, endText } from '../text/text'

const ROOM = 128
const X: usize = memory.data(ROOM)
const Y: usize = memory.data(ROOM)
const Z: usize = memory.data(ROOM)

/** 10^0 to 10^38, 16 bytes each, filled when first used. */
const POWERS: usize = memory.data(39 * 16)
let powersReady = false

function preparePowers(): void {
  store<u64>(POWERS, 1)
  store<u64>(POWERS, 0, 8)
  for (let i = 1; i <= 38; i++) {
    memory.copy(X, POWERS + ((i - 1) << 4), 16)
    store<u64>(POWERS + (i << 4), 0)
    store<u64>(POWERS + (i << 4), 0, 8)
    const count = multiplyPowerOfTen(X, limbsFrom128(X, load<u64>(X), load<u64>(X, 8)), 1)
    memory.copy(POWERS + (i << 4), X, count << 2)
  }
  powersReady = true
}

/** 1 when an unsigned 128-bit magnitude has more than `precision` digits. */
function magnitudeExceeds(low: u64, high: u64, precision: i32): i32 {
  if (!powersReady) preparePowers()
  const at = POWERS + (precision << 4)
  const limit = load<u64>(at, 8)
  return i32(high > limit || (high == limit && low >= load<u64>(at)))
}

/** 1 when a decimal has more than `precision` digits. */
export function decimalExceeds(low: i64, high: i64, precision: i32): i32 {
  if (high < 0) {
    const magnitude = -low
    return magnitudeExceeds(magnitude, ~high + i64(low == 0), precision)
  }
  return magnitudeExceeds(low, high, precision)
}

/** Writes the magnitude of a decimal; returns its limbs. */
function load128(at: usize, low: i64, high: i64): i32 {
  if (high >= 0) return limbsFrom128(at, low, high)
  return limbsFrom128(at, -low, ~high + i64(low == 0))
}

/** Where the limbs of the last decimal are that exceeded its precision. */
let refusedAt: usize = 0
let refusedCount = 0
let refusedNegative = false

function refuse(at: usize, count: i32, negative: bool): i32 {
  refusedAt = at
  refusedCount = count
  refusedNegative = negative
  return 1
}

/** The last decimal that exceeded its precision as a text, to be told in the error; its limbs are gone afterwards. */
export function refusedDecimal(scale: i32, out: usize): void {
  formatLimbs(refusedAt, refusedCount, refusedNegative, scale, out)
}

/** Takes a number of 192 bits as one that exceeded its precision. */
export function refuseTotal(low: i64, high: i64, top: i64): void {
  const negative = top < 0
  store<u64>(X, negative ? -low : low)
  store<u64>(X, negative ? ~high + i64(low == 0) : high, 8)
  store<u64>(X, negative ? ~top + i64((low | high) == 0) : top, 16)
  refuse(X, trimLimbs(X, 6), negative)
}

/** Prints limbs as a decimal with all digits of its scale; they are gone afterwards. */
export function formatLimbs(at: usize, count: i32, negative: bool, scale: i32, out: usize): void {
  // A limb has less than ten digits; a sign, a point and a leading zero are added.
  const room = max(count * 10, scale) + 3
  const start = beginText(room)
  // Digits are written from the right end, then moved.
  const end = start + room
  let first = end
  let written = 0
  while (count > 0 || written <= scale) {
    if (written == scale && scale > 0) store<u8>(--first, 0x2e)
    store<u8>(--first, <u8>(0x30 + divideSmall(at, count, 10)))
    count = trimLimbs(at, count)
    written++
  }
  if (negative) store<u8>(--first, 0x2d)
  memory.copy(start, first, end - first)
  endText(start, start + (end - first), out)
}

/** Writes limbs as a decimal of at most `precision` digits. */
export function finishDecimal(at: usize, count: i32, negative: bool, precision: i32, out: usize): i32 {
  if (count > 4) return refuse(at, count, negative)
  for (let i = count; i < 4; i++) store<u32>(at + (i << 2), 0)
  const low = load<u64>(at)
  const high = load<u64>(at, 8)
  if (magnitudeExceeds(low, high, precision)) return refuse(at, count, negative)
  store<u64>(out, negative ? -low : low, RESULT_LOW)
  store<u64>(out, negative ? ~high + u64(low == 0) : high, RESULT_HIGH)
  return 0
}

/** a * 10^aUp ± b * 10^bUp, then `drop` digits fewer, half up. */
export function decimalAdd(
  aLow: i64, aHigh: i64, aUp: i32, bLow: i64, bHigh: i64, bUp: i32, subtract: i32, drop: i32, precision: i32, out: usize,
): i32 {
  let x = multiplyPowerOfTen(X, load128(X, aLow, aHigh), aUp)
  const y = multiplyPowerOfTen(Y, load128(Y, bLow, bHigh), bUp)
  let negative = aHigh < 0
  if (negative == (bHigh < 0) != (subtract != 0)) x = addLimbs(X, x, Y, y)
  else if (compareLimbs(X, x, Y, y) >= 0) x = subtractLimbs(X, x, Y, y)
  else {
    memory.copy(Z, X, x << 2)
    memory.copy(X, Y, y << 2)
    x = subtractLimbs(X, y, Z, x)
    negative = !negative
  }
  if (!finishDecimal(X, dividePowerOfTen(X, x, drop), negative, precision, out)) return 0
  // Told with all its digits.
  return drop > 0 ? decimalAdd(aLow, aHigh, aUp, bLow, bHigh, bUp, subtract, 0, 0, out) : 1
}

/** a * b, then `drop` digits fewer, half up. */
export function decimalMultiply(
  aLow: i64, aHigh: i64, bLow: i64, bHigh: i64, drop: i32, precision: i32, out: usize,
): i32 {
  const x = load128(X, aLow, aHigh)
  const y = load128(Y, bLow, bHigh)
  const z = dividePowerOfTen(Z, multiplyLimbs(X, x, Y, y, Z), drop)
  if (!finishDecimal(Z, z, aHigh < 0 != bHigh < 0, precision, out)) return 0
  return drop > 0 ? decimalMultiply(aLow, aHigh, bLow, bHigh, 0, 0, out) : 1
}

/** a * 10^up / b, half up; 0 for b = 0, which the caller has dealt with. */
export function decimalDivide(
  aLow: i64, aHigh: i64, bLow: i64, bHigh: i64, up: i32, precision: i32, out: usize,
): i32 {
  if ((bLow | bHigh) == 0) return finishDecimal(X, 0, false, precision, out)
  const negative = aHigh < 0 != bHigh < 0
  if (aHigh == aLow >> 63 && bHigh == bLow >> 63 && up >= 0 && up <= 18) {
    if (!powersReady) preparePowers()
    const dividend = <u64>(aLow < 0 ? -aLow : aLow)
    const divisor = <u64>(bLow < 0 ? -bLow : bLow)
    const power = load<u64>(POWERS + (up << 4))
    if (clz(dividend) + clz(power) >= 65) {
      const scaled = dividend * power
      let quotient = scaled / divisor
      const rest = scaled % divisor
      if (rest >= divisor - rest) quotient++
      if (magnitudeExceeds(quotient, 0, precision)) return refuse(Z, limbsFrom128(Z, quotient, 0), negative)
      const result = negative ? -(<i64>quotient) : <i64>quotient
      store<i64>(out, result, RESULT_LOW)
      store<i64>(out, result >> 63, RESULT_HIGH)
      return 0
    }
  }
  const x = multiplyPowerOfTen(X, load128(X, aLow, aHigh), max(up, 0))
  const y = multiplyPowerOfTen(Y, load128(Y, bLow, bHigh), max(-up, 0))
  let z = divideLimbs(X, x, Y, y, Z)
  const twice = shiftLeft(X, divisionRest, 1)
  if (compareLimbs(X, twice, Y, y) >= 0) z = addSmall(Z, z, 1)
  return finishDecimal(Z, z, negative, precision, out)
}

/** a % b with the sign of a; `up` more digits for a (fewer than 0: for b) give both the same scale; then `drop` digits fewer. */
export function decimalRemainder(
  aLow: i64, aHigh: i64, bLow: i64, bHigh: i64, up: i32, drop: i32, precision: i32, out: usize,
): i32 {
  if ((bLow | bHigh) == 0) return finishDecimal(X, 0, false, precision, out)
  const x = multiplyPowerOfTen(X, load128(X, aLow, aHigh), max(up, 0))
  const y = multiplyPowerOfTen(Y, load128(Y, bLow, bHigh), max(-up, 0))
  divideLimbs(X, x, Y, y, Z)
  return finishDecimal(X, dividePowerOfTen(X, divisionRest, drop), aHigh < 0, precision, out)
}

/** The whole part of a / b as a bigint; 1 when it does not fit, with its lowest 64 bits, 2 when it has more digits than decimals have. */
export function decimalIntegerDivide(aLow: i64, aHigh: i64, bLow: i64, bHigh: i64, up: i32, out: usize): i32 {
  if ((bLow | bHigh) == 0) return finishDecimal(X, 0, false, 38, out)
  const x = multiplyPowerOfTen(X, load128(X, aLow, aHigh), max(up, 0))
  const y = multiplyPowerOfTen(Y, load128(Y, bLow, bHigh), max(-up, 0))
  const z = divideLimbs(X, x, Y, y, Z)
  const negative = aHigh < 0 != bHigh < 0
  for (let i = z; i < 2; i++) store<u32>(Z + (i << 2), 0)
  store<u64>(out, negative ? -load<u64>(Z) : load<u64>(Z), RESULT_LOW)
  if (finishDecimal(Z, z, negative, 38, out)) return 2
  return i32(load<i64>(out, RESULT_HIGH) != load<i64>(out, RESULT_LOW) >> 63)
}

/** a with `up` digits more (fewer than 0: dropped, half up). */
export function decimalRescale(low: i64, high: i64, up: i32, precision: i32, out: usize): i32 {
  let x = load128(X, low, high)
  x = up >= 0 ? multiplyPowerOfTen(X, x, up) : dividePowerOfTen(X, x, -up)
  return finishDecimal(X, x, high < 0, precision, out)
}
