// round, bround, ceil and floor to a number of decimal places.
import { RESULT_HIGH, RESULT_LOW } from '../../interface/text'
import { ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP } from '../../interface/rounding'
import { addSmall, divideSmall, limbsFrom128, multiplyPowerOfTen, trimLimbs } from './bignum'
import { finishDecimal } from './decimal'
import { nearestDouble } from './double-parse'
import { digitsExponent, shortestDigits } from './doubles'

const ROOM = 128
const X: usize = memory.data(ROOM)

/**
 * Whether a magnitude is counted up when digits are dropped: `half` tells how the digits compare with half of the last one kept (less than 0, 0,
 * greater), `rest` whether there are any, `odd` whether the last one kept is odd.
 */
@inline
function roundsUp(half: i32, rest: bool, odd: bool, negative: bool, mode: i32): bool {
  if (mode == ROUND_HALF_UP) return half >= 0
  if (mode == ROUND_CEILING) return rest && !negative
  if (mode == ROUND_FLOOR) return rest && negative
  return half > 0 || (half == 0 && odd)
}

const POWERS: usize = memory.data<u64>([
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000, 10000000000000000000,
])
const MOST_SMALL_DROP = 19

/** A magnitude without its last digits, rounded; at most `MOST_SMALL_DROP` digits are dropped. */
@inline
function dropDigits(magnitude: u64, drop: i32, negative: bool, mode: i32): u64 {
  const unit = load<u64>(POWERS + (<usize>drop << 3))
  const kept = magnitude / unit
  const rest = magnitude - kept * unit
  const other = unit - rest
  const half = rest > other ? 1 : rest == other ? 0 : -1
  return kept + u64(roundsUp(half, rest != 0, (kept & 1) != 0, negative, mode))
}

/** A decimal without its last `drop` digits, rounded, with `up` zeros behind it; 1 when it has more digits than `precision`. */
export function decimalRound(low: i64, high: i64, drop: i32, up: i32, mode: i32, precision: i32, out: usize): i32 {
  const negative = high < 0
  if (high == low >> 63 && drop <= MOST_SMALL_DROP && up == 0 && precision >= MOST_SMALL_DROP) {
    const kept = <i64>dropDigits(negative ? -low : low, drop, negative, mode)
    const value = negative ? -kept : kept
    store<i64>(out, value, RESULT_LOW)
    store<i64>(out, value >> 63, RESULT_HIGH)
    return 0
  }
  let count = negative ? limbsFrom128(X, -low, ~high + i64(low == 0)) : limbsFrom128(X, low, high)
  let last: u32 = 0
  let below = false
  for (let i = 0; i < drop; i++) {
    below = below || last != 0
    last = count > 0 ? divideSmall(X, count, 10) : 0
    count = trimLimbs(X, count)
  }
  const half = last > 5 || (last == 5 && below) ? 1 : last == 5 ? 0 : -1
  const odd = count > 0 && (load<u32>(X) & 1) != 0
  if (roundsUp(half, below || last != 0, odd, negative, mode)) count = addSmall(X, count, 1)
  return finishDecimal(X, multiplyPowerOfTen(X, count, up), negative, precision, out)
}

/** A whole number with its last `drop` digits (at most 19) made zeros, rounded; 1 when it is beyond -`most` - 1 or `most`. */
export function longRound(value: i64, drop: i32, mode: i32, most: i64, out: usize): i32 {
  const negative = value < 0
  const kept = dropDigits(negative ? -value : value, drop, negative, mode)
  const unit = load<u64>(POWERS + (<usize>drop << 3))
  const limit = <u64>most + u64(negative)
  const result = <i64>(kept * unit)
  store<i64>(out, negative ? -result : result, RESULT_LOW)
  return kept > limit / unit ? 1 : 0
}

/** Up to so many places ten to their power is a double, and so is each whole number below 2^53. */
const MOST_EXACT_PLACES = 15
const MOST_WHOLE: f64 = 9007199254740992
/** Nearer than this (2^-50) to where rounding turns, as a part of the number, its digits decide; a product is exact to 2^-53 of it. */
const DOUBT: f64 = 8.8817841970012523e-16

const TENS: usize = memory.data<f64>([1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15])

/**
 * A magnitude rounded to places by one multiplication and one division, of numbers that are exact, so that the result is the double nearest to the
 * digits; -1 where that is in doubt: near a half (halves of a unit when rounding half up or even, whole units else), or too great.
 */
@inline
function quickRound(magnitude: f64, scale: i32, negative: bool, mode: i32): f64 {
  const unit = load<f64>(TENS + (<usize>scale << 3))
  const scaled = magnitude * unit
  if (!(scaled < MOST_WHOLE / 8)) return -1
  const whole = floor(scaled)
  const rest = scaled - whole
  const doubt = scaled * DOUBT + DOUBT
  const isHalf = mode != ROUND_CEILING && mode != ROUND_FLOOR
  if (isHalf ? abs(rest - 0.5) <= doubt : rest <= doubt || rest >= 1 - doubt) return -1
  return (whole + f64(isHalf ? rest > 0.5 : (mode == ROUND_CEILING) != negative)) / unit
}

/**
 * A double by its shortest digits, rounded to `scale` places; zero has no sign. Numbers that have no more places, and what is no number, stay as they are.
 * `single`: a float held in a double. It is rounded by its digits as a double, and the result is the float nearest to these.
 */
export function doubleRound(value: f64, scale: i32, mode: i32, single: i32): f64 {
  if (value - value != 0) return value
  if (value == 0) return 0
  const negative = value < 0
  if (!single && scale >= 0 && scale <= MOST_EXACT_PLACES) {
    const quick = quickRound(abs(value), scale, negative, mode)
    if (quick == 0) return 0
    if (quick > 0) return negative ? -quick : quick
  }
  const digits = shortestDigits(abs(value), false)
  const drop = -digitsExponent - scale
  if (drop <= 0) return value
  if (drop > MOST_SMALL_DROP) return 0
  const kept = dropDigits(digits, drop, negative, mode)
  if (kept == 0) return 0
  const magnitude = nearestDouble(kept, -scale, single != 0)
  return negative ? -magnitude : magnitude
}
