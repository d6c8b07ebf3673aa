// Sine, cosine and tangent, rounded right but for about one of ten thousand values: Java's Math is as near, and StrictMath less so.
import {
  ANGLE_BYTES,
  ANGLE_STEPS,
  ANGLES,
  QUARTER_0,
  QUARTER_1,
  QUARTER_2,
  QUARTER_3,
  QUARTER_HIGH,
  QUARTER_LOW,
  TWO_OVER_PI,
} from './angle-tables'
import { magnitudeWord } from './exponentials'

/** The part of the last product or sum that its double does not hold. */
let rest: f64 = 0

const SPLITTER: f64 = 134217729

/** Dekker's product. */
@inline
function product(a: f64, b: f64): f64 {
  const p = a * b
  const ca = SPLITTER * a
  const ah = ca - (ca - a)
  const al = a - ah
  const cb = SPLITTER * b
  const bh = cb - (cb - b)
  const bl = b - bh
  rest = ah * bh - p + ah * bl + al * bh + al * bl
  return p
}

/** Knuth's sum. */
@inline
function sum(a: f64, b: f64): f64 {
  const s = a + b
  const t = s - a
  rest = a - (s - t) + (b - t)
  return s
}

/** Which quarter of the circle an angle is nearest to, and what is left, as two doubles. */
let quarter = 0
let angleHigh: f64 = 0
let angleLow: f64 = 0

/** Up to so large multiples of its parts are exact. */
const LARGEST_SMALL: f64 = 1e6

function reduceSmall(x: f64): void {
  const n = nearest(x * (1 / QUARTER_HIGH))
  quarter = <i32>n
  const r = sum(x - n * QUARTER_0, -n * QUARTER_1)
  let low = rest
  const s = sum(r, -n * QUARTER_2)
  low += rest - n * QUARTER_3
  angleHigh = sum(s, low)
  angleLow = rest
}

@inline
function multiplyHigh(a: u64, b: u64): u64 {
  const al = a & 0xffffffff
  const ah = a >> 32
  const bl = b & 0xffffffff
  const bh = b >> 32
  const middle = ah * bl + ((al * bl) >> 32)
  return ah * bh + (middle >> 32) + (((middle & 0xffffffff) + al * bh) >> 32)
}

/** The 64 bits of 2 / pi from a bit on, of the word of zeros before it also. */
@inline
function windowAt(bit: i32): u64 {
  const at = TWO_OVER_PI + ((<usize>bit >> 6) << 3)
  const shift = <u64>(bit & 63)
  return shift == 0 ? load<u64>(at) : (load<u64>(at) << shift) | (load<u64>(at, 8) >> (64 - shift))
}

/** Payne and Hanek: of the product with 2 / pi only the bits that tell the quarter and the place in it. */
function reduceLarge(x: f64): void {
  const bits = reinterpret<u64>(x)
  const m = (bits & 0xfffffffffffff) | 0x10000000000000
  const first = <i32>((bits >> 52) & 0x7ff) - 1075 - 2 + 64
  const w2 = windowAt(first + 128)
  const w1 = windowAt(first + 64)
  let low = m * w2
  let middle = m * w1
  let high = m * windowAt(first) + multiplyHigh(m, w1)
  const carried = multiplyHigh(m, w2)
  middle += carried
  high += u64(middle < carried)
  quarter = <i32>(high >> 62)
  high = (high << 2) | (middle >> 62)
  middle = (middle << 2) | (low >> 62)
  low <<= 2
  const negative = <i64>high < 0
  if (negative) {
    quarter++
    low = ~low
    middle = ~middle
    high = ~high
  }
  if (high == 0) {
    high = middle
    middle = low
    scaleAngle(high, middle, -64)
  } else scaleAngle(high, middle, 0)
  if (negative != x < 0) {
    angleHigh = -angleHigh
    angleLow = -angleLow
  }
  if (x < 0) quarter = -quarter
}

/** 128 bits behind the point, times 2 to the power of `exponent`, of a quarter as an angle. */
function scaleAngle(high: u64, middle: u64, exponent: i32): void {
  const shift = clz(high)
  if (shift > 0) {
    high = (high << shift) | (middle >> (64 - shift))
    middle <<= shift
  }
  const unit = reinterpret<f64>(<u64>(1023 + exponent - <i32>shift) << 52)
  const a = <f64>(high >> 11) * 1.1102230246251565e-16 * unit
  const b = <f64>(((high & 0x7ff) << 53) | (middle >> 11)) * 6.018531076210112e-36 * unit
  const p = product(a, QUARTER_HIGH)
  const low = rest + a * QUARTER_LOW + b * QUARTER_HIGH
  angleHigh = sum(p, low)
  angleLow = rest
}

let sineHigh: f64 = 0
let sineLow: f64 = 0
let cosineHigh: f64 = 0
let cosineLow: f64 = 0

/** Sine and cosine of the reduced angle, as two doubles each, from those of the nearest step. */
function sineAndCosine(): void {
  const negative = angleHigh < 0
  const r = abs(angleHigh)
  const low = negative ? -angleLow : angleLow
  const step = nearest(r * ANGLE_STEPS)
  const at = ANGLES + <usize>step * ANGLE_BYTES
  const h = r - step / ANGLE_STEPS
  const z = h * h
  // What the cosine of the rest is less than 1, and its sine less than itself.
  const less = z * (0.5 - z * (1.0 / 24 - z * (1.0 / 720)))
  const shorter = h * z * (1.0 / 6 - z * (1.0 / 120 - z * (1.0 / 5040)))
  const s = load<f64>(at)
  const c = load<f64>(at, 16)
  const sl = load<f64>(at, 8)
  const cl = load<f64>(at, 24)
  const ch = product(c, h)
  const chl = rest + cl * h + c * low
  sineHigh = sum(s, ch)
  sineLow = rest + (sl + chl - (s * (less + h * low) + c * shorter))
  const sh = product(s, h)
  const shl = rest + sl * h + s * low
  cosineHigh = sum(c, -sh)
  cosineLow = rest + (cl - shl - (c * (less + h * low) - s * shorter))
  if (negative) {
    sineHigh = -sineHigh
    sineLow = -sineLow
  }
}

/** Below this sine and tangent are the angle, and the cosine 1. */
const TINY: f64 = 7.450580596923828e-9

@inline
function reduce(x: f64): void {
  if (abs(x) <= LARGEST_SMALL) reduceSmall(x)
  else reduceLarge(x)
  sineAndCosine()
}

/** The sine of the angle turned by so many more quarters. */
@inline
function turned(by: i32): f64 {
  const turn = (quarter + by) & 3
  const value = (turn & 1) == 0 ? sineHigh + sineLow : cosineHigh + cosineLow
  return turn < 2 ? value : -value
}

export function mathSin(x: f64): f64 {
  if (x - x != 0) return NaN
  if (abs(x) < TINY) return x
  reduce(x)
  return turned(0)
}

export function mathCos(x: f64): f64 {
  if (x - x != 0) return NaN
  if (abs(x) < TINY) return 1
  reduce(x)
  return turned(1)
}

/** A quotient of sums of two doubles. */
function quotient(above: f64, aboveRest: f64, below: f64, belowRest: f64): f64 {
  above = sum(above, aboveRest)
  aboveRest = rest
  below = sum(below, belowRest)
  belowRest = rest
  const q = above / below
  const p = product(q, below)
  return q + (above - p - rest + aboveRest - q * belowRest) / below
}

export function mathTan(x: f64): f64 {
  if (x - x != 0) return NaN
  if (abs(x) < TINY) return x
  reduce(x)
  return (quarter & 1) == 0
    ? quotient(sineHigh, sineLow, cosineHigh, cosineLow)
    : -quotient(cosineHigh, cosineLow, sineHigh, sineLow)
}

export function mathCot(x: f64): f64 {
  return 1 / mathTan(x)
}

export function mathSec(x: f64): f64 {
  return 1 / mathCos(x)
}

export function mathCsc(x: f64): f64 {
  return 1 / mathSin(x)
}

export function mathAcos(x: f64): f64 {
  return Math.acos(x)
}

export function mathAsin(x: f64): f64 {
  return Math.asin(x)
}

export function mathAtan(x: f64): f64 {
  return Math.atan(x)
}

/** Zeros have no sign here, as in Spark. */
export function mathAtan2(y: f64, x: f64): f64 {
  y += 0
  x += 0
  // A second addend of pi, as Java rounds it, where the angle is one of the axis.
  if (x < 0 && y != 0 && x - x == 0 && y - y == 0 && magnitudeWord(y) - magnitudeWord(x) > 60 << 20) {
    const z = 1.5707963267948966 + 0.5 * 1.2246467991473531772e-16
    return y < 0 ? z - 1.2246467991473531772e-16 - Math.PI : Math.PI - (z - 1.2246467991473531772e-16)
  }
  return Math.atan2(y, x)
}
