// Powers and roots with the results of Java's StrictMath (fdlibm).
import { exponentialRest, highWord, lowWord, magnitudeWord, upperHalf, withHighWord } from './exponentials'

/** Whether a double is a whole number: 0 for no, 1 for an odd one, 2 for an even one. */
function wholeKind(y: f64): i32 {
  const a = abs(y)
  if (a >= 9007199254740992) return 2
  return a != floor(a) ? 0 : (<i64>a & 1) == 1 ? 1 : 2
}

/** Powers that need no logarithm; otherwise `isPlain` is false. */
let isPlain = false

function plainPower(x: f64, y: f64): f64 {
  isPlain = true
  if (y == 0) return 1
  if (x != x || y != y) return NaN
  const a = abs(x)
  if (y == Infinity || y == -Infinity) {
    if (a == 1) return NaN
    return a > 1 == y > 0 ? Infinity : 0
  }
  if (y == 1) return x
  if (y == -1) return 1 / x
  if (y == 2) return x * x
  if (y == 0.5 && x >= -1.7976931348623157e308) return sqrt(x + 0)
  const kind = x < 0 || (x == 0 && reinterpret<i64>(x) < 0) ? wholeKind(y) : 2
  if (a == 0 || a == Infinity || a == 1) {
    const z: f64 = y < 0 ? 1 / a : a
    if (a == 1 && x < 0 && kind == 0) return NaN
    return kind == 1 ? -z : z
  }
  if (kind == 0) return NaN
  isPlain = false
  return kind == 1 ? -1 : 1
}

/** The logarithm to base 2 of a magnitude: the second part is left here. */
let logRest: f64 = 0

/** Near 1, for exponents that are huge. */
function logNearOne(x: f64): f64 {
  const t = x - 1
  const w = t * t * (0.5 - t * (0.3333333333333333333333 - t * 0.25))
  const u = 1.44269502162933349609 * t
  const v = t * 1.92596299112661746887e-8 - w * 1.44269504088896338700
  const t1 = upperHalf(u + v)
  logRest = v - (t1 - u)
  return t1
}

function logBase2(x: f64): f64 {
  let n = 0
  let word = highWord(x)
  if (word < 0x00100000) {
    x *= 9007199254740992
    n = -53
    word = highWord(x)
  }
  n += (word >> 20) - 0x3ff
  const fraction = word & 0xfffff
  word = fraction | 0x3ff00000
  // Around 1 or around 1.5.
  let k = 0
  if (fraction > 0x3988e) {
    if (fraction < 0xbb67a) k = 1
    else {
      n++
      word -= 0x00100000
    }
  }
  x = withHighWord(x, word)
  const centre: f64 = k == 0 ? 1 : 1.5
  const u = x - centre
  const v = 1 / (x + centre)
  const s = u * v
  const sHigh = upperHalf(s)
  const sum = reinterpret<f64>(<u64>(((word >> 1) | 0x20000000) + 0x00080000 + (k << 18)) << 32)
  const sLow = v * (u - sHigh * sum - sHigh * (x - (sum - centre)))
  const s2 = s * s
  let r =
    s2 *
    s2 *
    (5.99999999999994648725e-1 +
      s2 *
        (4.28571428578550184252e-1 +
          s2 *
            (3.33333329818377432918e-1 +
              s2 * (2.72728123808534006489e-1 + s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1)))))
  r += sLow * (sHigh + s)
  const square = sHigh * sHigh
  const tHigh = upperHalf(3 + square + r)
  const tLow = r - (tHigh - 3 - square)
  const a = sHigh * tHigh
  const b = sLow * tHigh + tLow * s
  const pHigh = upperHalf(a + b)
  const pLow = b - (pHigh - a)
  const zHigh = 9.61796700954437255859e-1 * pHigh
  const zLow =
    -7.02846165095275826516e-9 * pHigh + pLow * 9.61796693925975554329e-1 + (k == 0 ? 0 : 1.35003920212974897128e-8)
  const centreLog: f64 = k == 0 ? 0 : 5.84962487220764160156e-1
  const t1 = upperHalf(zHigh + zLow + centreLog + n)
  logRest = zLow - (t1 - n - centreLog - zHigh)
  return t1
}

/** 2 to the power of a sum, with a sign. */
function powerOf2(high: f64, low: f64, sign: f64): f64 {
  let z = low + high
  const j = highWord(z)
  if (j >= 0x40900000) {
    if (((<u32>j - 0x40900000) | lowWord(z)) != 0 || low + 8.0085662595372944372e-17 > z - high) return sign * Infinity
  } else if ((j & 0x7fffffff) >= 0x4090cc00) {
    if (((<u32>j - 0xc090cc00) | lowWord(z)) != 0 || low <= z - high) return sign * 0
  }
  let n = 0
  if ((j & 0x7fffffff) > 0x3fe00000) {
    n = j + (0x00100000 >> (((j & 0x7fffffff) >> 20) - 0x3ff + 1))
    const k = ((n & 0x7fffffff) >> 20) - 0x3ff
    high -= reinterpret<f64>(<u64>(<u32>(n & ~(0xfffff >> k))) << 32)
    n = ((n & 0xfffff) | 0x00100000) >> (20 - k)
    if (j < 0) n = -n
  }
  const t = upperHalf(low + high)
  const u = t * 6.93147182464599609375e-1
  const v = (low - (t - high)) * 6.93147180559945286227e-1 + t * -1.90465429995776804525e-9
  z = u + v
  const w = v - (z - u)
  const t1 = exponentialRest(z)
  const r = (z * t1) / (t1 - 2) - (w + z * w)
  z = 1 - (r - z)
  const word = highWord(z) + (n << 20)
  // Of what has no full exponent the last bits are rounded once.
  return sign * (word >> 20 <= 0 ? withHighWord(z, word + (60 << 20)) * 8.673617379884035e-19 : withHighWord(z, word))
}

export function mathPow(x: f64, y: f64): f64 {
  const sign = plainPower(x, y)
  if (isPlain) return sign
  const a = abs(x)
  const word = magnitudeWord(y)
  if (word > 0x41e00000) {
    // What is not near 1 is beyond doubles.
    const near = magnitudeWord(x)
    if (near < 0x3fefffff || (word > 0x43f00000 && near <= 0x3fefffff)) return sign * (y < 0 ? Infinity : 0)
    if (near > 0x3ff00000 || word > 0x43f00000) return sign * (y > 0 ? Infinity : 0)
  }
  const log = word > 0x41e00000 ? logNearOne(a) : logBase2(a)
  const upper = upperHalf(y)
  return powerOf2(upper * log, (y - upper) * log + y * logRest, sign)
}

export function mathCbrt(x: f64): f64 {
  if (x - x != 0 || x == 0) return x
  const a = abs(x)
  const word = highWord(a)
  let t: f64
  if (word < 0x00100000) {
    t = 18014398509481984 * a
    t = withHighWord(t, highWord(t) / 3 + 696219795)
  } else t = reinterpret<f64>(<u64>(word / 3 + 715094163) << 32)
  let r = (t * t) / a
  const s = 5.42857142857142815906e-1 + r * t
  t *= 3.57142857142857150787e-1 + 1.60714285714285720630 / (s + 1.41428571428571436819 + -7.05306122448979611050e-1 / s)
  // To 20 bits, and more than the root.
  t = reinterpret<f64>(<u64>(highWord(t) + 1) << 32)
  r = a / (t * t)
  r = (r - t) / (t + t + r)
  return copysign<f64>(t + t * r, x)
}

/** The longer of the sides of a right angle first. */
function hypotOf(a: f64, b: f64): f64 {
  let longer = highWord(a)
  let shorter = highWord(b)
  if (longer - shorter > 0x3c00000) return a + b
  let k = 0
  if (longer > 0x5f300000) {
    longer -= 0x25800000
    shorter -= 0x25800000
    k = 600
    a = withHighWord(a, longer)
    b = withHighWord(b, shorter)
  }
  if (shorter < 0x20b00000) {
    if (shorter <= 0xfffff) {
      if (b == 0) return a
      a *= 4.49423283715579e307
      b *= 4.49423283715579e307
      k -= 1022
    } else {
      longer += 0x25800000
      shorter += 0x25800000
      k -= 600
      a = withHighWord(a, longer)
      b = withHighWord(b, shorter)
    }
  }
  let w = a - b
  if (w > b) {
    const t1 = reinterpret<f64>(<u64>longer << 32)
    w = sqrt(t1 * t1 - (b * -b - (a - t1) * (a + t1)))
  } else {
    a += a
    const y1 = reinterpret<f64>(<u64>shorter << 32)
    const t1 = reinterpret<f64>(<u64>(longer + 0x00100000) << 32)
    w = sqrt(t1 * y1 - (w * -w - (t1 * (b - y1) + (a - t1) * b)))
  }
  return k == 0 ? w : withHighWord(1, 0x3ff00000 + (k << 20)) * w
}

export function mathHypot(x: f64, y: f64): f64 {
  const a = abs(x)
  const b = abs(y)
  if (a == Infinity || b == Infinity) return Infinity
  if (a != a || b != b) return NaN
  return a > b ? hypotOf(a, b) : hypotOf(b, a)
}

/** The product of the whole numbers up to one from 0 to 20. */
export function mathFactorial(n: i32): i64 {
  let product: i64 = 1
  for (let i = 2; i <= n; i++) product *= i
  return product
}
