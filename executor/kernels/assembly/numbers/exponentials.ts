// exp, log and what is made of them, with the results of Java's StrictMath, which are those of fdlibm: the same polynomials, evaluated in the same order.

const LN2_HIGH = 6.93147180369123816490e-1
const LN2_LOW = 1.90821492927058770002e-10
const LOG2_E = 1.44269504088896338700

@inline
export function highWord(x: f64): i32 {
  return <i32>(reinterpret<u64>(x) >> 32)
}

@inline
export function lowWord(x: f64): u32 {
  return <u32>reinterpret<u64>(x)
}

/** A double with other upper 32 bits. */
@inline
export function withHighWord(x: f64, high: i32): f64 {
  return reinterpret<f64>((<u64>high << 32) | (reinterpret<u64>(x) & 0xffffffff))
}

/** A double without its lower 32 bits. */
@inline
export function upperHalf(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & 0xffffffff00000000)
}

/** The upper 32 bits without the sign. */
@inline
export function magnitudeWord(x: f64): i32 {
  return highWord(x) & 0x7fffffff
}

/** What is left of a reduced argument x after x: c with exp(x) = 1 + x + x·c / (2 - c). */
@inline
export function exponentialRest(x: f64): f64 {
  const t = x * x
  return (
    x -
    t *
      (1.66666666666666019037e-1 +
        t *
          (-2.77777777770155933842e-3 +
            t * (6.61375632143793436117e-5 + t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))))
  )
}

export function mathExp(x: f64): f64 {
  if (x != x) return x
  if (x > 7.09782712893383973096e2) return Infinity
  if (x < -7.45133219101941108420e2) return 0
  const word = magnitudeWord(x)
  let k = 0
  let high: f64 = 0
  let low: f64 = 0
  if (word > 0x3fd62e42) {
    // Beyond half of ln 2.
    if (word < 0x3ff0a2b2) k = x < 0 ? -1 : 1
    else k = <i32>(LOG2_E * x + (x < 0 ? -0.5 : 0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    x = high - low
  } else if (word < 0x3e300000) return 1 + x
  const c = exponentialRest(x)
  if (k == 0) return 1 - ((x * c) / (c - 2) - x)
  const y = 1 - (low - (x * c) / (2 - c) - high)
  if (k >= -1021) return withHighWord(y, highWord(y) + (k << 20))
  return withHighWord(y, highWord(y) + ((k + 1000) << 20)) * 9.33263618503218878990e-302
}

/** The logarithm of 1 + f, where f is the rest of a number whose exponent is k. */
@inline
function logOfRest(f: f64, word: i32, k: i32): f64 {
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const odd = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const even =
    z *
    (6.666666666666735130e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const r = even + odd
  const isNearRoot = ((word - 0x6147a) | (0x6b851 - word)) > 0
  if (isNearRoot) {
    const half = 0.5 * f * f
    return k == 0 ? f - (half - s * (half + r)) : k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f)
  }
  return k == 0 ? f - s * (f - r) : k * LN2_HIGH - (s * (f - r) - k * LN2_LOW - f)
}

/** The power of two that `normal` found last. */
let exponent: i32 = 0

/** A number above zero, made larger by 2^54 where it is so small that it has fewer digits than others. */
@inline
function normal(x: f64): f64 {
  exponent = 0
  if (highWord(x) < 0x00100000) {
    exponent = -54
    x *= 18014398509481984
  }
  exponent += (highWord(x) >> 20) - 1023
  return x
}

export function mathLog(x: f64): f64 {
  if (x == 0) return -Infinity
  if (x < 0) return NaN
  if (x - x != 0) return x
  x = normal(x)
  let k = exponent
  const word = highWord(x) & 0xfffff
  const carry = (word + 0x95f64) & 0x100000
  k += carry >> 20
  const f = withHighWord(x, word | (carry ^ 0x3ff00000)) - 1
  if ((0xfffff & (2 + word)) >= 3) return logOfRest(f, word, k)
  if (f == 0) return k == 0 ? 0 : k * LN2_HIGH + k * LN2_LOW
  const r = f * f * (0.5 - 0.33333333333333333 * f)
  return k == 0 ? f - r : k * LN2_HIGH - (r - k * LN2_LOW - f)
}

export function mathLog10(x: f64): f64 {
  if (x == 0) return -Infinity
  if (x < 0) return NaN
  if (x - x != 0) return x
  x = normal(x)
  const k = exponent
  const negative = i32(k < 0)
  const rest = withHighWord(x, (highWord(x) & 0xfffff) | ((0x3ff - negative) << 20))
  const y = <f64>(k + negative)
  return y * 3.69423907715893078616e-13 + 4.34294481903251816668e-1 * mathLog(rest) + y * 3.01029995663611771306e-1
}

/** To any base. */
export function mathLogTo(base: f64, x: f64): f64 {
  return mathLog(x) / mathLog(base)
}

/** Half of e to the power of a magnitude from 22 on, which may be beyond doubles where its half is not. */
@inline
function halfExp(x: f64): f64 {
  if (magnitudeWord(x) < 0x40862e42) return 0.5 * mathExp(x)
  const root = mathExp(0.5 * x)
  return 0.5 * root * root
}

export function mathCosh(x: f64): f64 {
  const word = magnitudeWord(x)
  const a = abs(x)
  if (word < 0x3fd62e43) {
    const t = mathExpm1(a)
    const w = 1 + t
    return word < 0x3c800000 ? w : 1 + (t * t) / (w + w)
  }
  if (word >= 0x40360000) return a > 710.4758600739439 ? Infinity : halfExp(a)
  const t = mathExp(a)
  return 0.5 * t + 0.5 / t
}

export function mathSinh(x: f64): f64 {
  const word = magnitudeWord(x)
  if (word >= 0x7ff00000) return x + x
  const half: f64 = x < 0 ? -0.5 : 0.5
  const a = abs(x)
  if (word >= 0x40360000) return a > 710.4758600739439 ? half * Infinity : half * 2 * halfExp(a)
  if (word < 0x3e300000) return x
  const t = mathExpm1(a)
  return word < 0x3ff00000 ? half * (2 * t - (t * t) / (t + 1)) : half * (t + t / (t + 1))
}

export function mathTanh(x: f64): f64 {
  if (x != x) return x
  const word = magnitudeWord(x)
  if (word >= 0x40360000) return x < 0 ? -1 : 1
  if (word < 0x3c800000) return x * (1 + x)
  const t = mathExpm1(word >= 0x3ff00000 ? 2 * abs(x) : -2 * abs(x))
  const z = word >= 0x3ff00000 ? 1 - 2 / (t + 2) : -t / (t + 2)
  return x < 0 ? -z : z
}

/** exp(x) - 1 of a reduced argument, of which `c` is the part that its double does not hold, times 2 to the power of k. */
function scaledExpm1(x: f64, c: f64, k: i32): f64 {
  const half = 0.5 * x
  const z = x * half
  const r =
    1 +
    z *
      (-3.33333333333331316428e-2 +
        z *
          (1.58730158725481460165e-3 +
            z * (-7.93650757867487942473e-5 + z * (4.00821782732936239552e-6 + z * -2.01099218183624371326e-7))))
  let t = 3 - r * half
  let e = z * ((r - t) / (6 - x * t))
  if (k == 0) return x - (x * e - z)
  e = x * (e - c) - c - z
  if (k == -1) return 0.5 * (x - e) - 0.5
  if (k == 1) return x < -0.25 ? -2 * (e - (x + 0.5)) : 1 + 2 * (x - e)
  if (k <= -2 || k > 56) {
    const y = 1 - (e - x)
    return withHighWord(y, highWord(y) + (k << 20)) - 1
  }
  t = reinterpret<f64>(<u64>(k < 20 ? 0x3ff00000 - (0x200000 >> k) : (0x3ff - k) << 20) << 32)
  const y = k < 20 ? t - (e - x) : x - (e + t) + 1
  return withHighWord(y, highWord(y) + (k << 20))
}

export function mathExpm1(x: f64): f64 {
  if (x != x) return x
  if (x > 7.09782712893383973096e2) return Infinity
  const word = magnitudeWord(x)
  if (word >= 0x4043687a && x < 0) return -1
  if (word < 0x3c900000) return x
  if (word <= 0x3fd62e42) return scaledExpm1(x, 0, 0)
  const sign: f64 = x < 0 ? -1 : 1
  const k = word < 0x3ff0a2b2 ? <i32>sign : <i32>(LOG2_E * x + 0.5 * sign)
  const high = x - k * LN2_HIGH
  const low = k * LN2_LOW
  const reduced = high - low
  return scaledExpm1(reduced, high - reduced - low, k)
}

export function mathLog1p(x: f64): f64 {
  return Math.log1p(x)
}

const LN2: f64 = 6.93147180559945286227e-1

export function mathAcosh(x: f64): f64 {
  if (x < 1) return NaN
  if (x - x != 0) return x
  if (magnitudeWord(x) >= 0x41b00000) return mathLog(x) + LN2
  if (x == 1) return 0
  if (magnitudeWord(x) > 0x40000000) return mathLog(2 * x - 1 / (x + sqrt(x * x - 1)))
  const t = x - 1
  return mathLog1p(t + sqrt(2 * t + t * t))
}

export function mathAsinh(x: f64): f64 {
  const word = magnitudeWord(x)
  if (x - x != 0 || word < 0x3e300000) return x
  const a = abs(x)
  const t = x * x
  let w: f64
  if (word > 0x41b00000) w = mathLog(a) + LN2
  else if (word > 0x40000000) w = mathLog(2 * a + 1 / (sqrt(t + 1) + a))
  else w = mathLog1p(a + t / (1 + sqrt(1 + t)))
  return copysign<f64>(w, x)
}

/** As Spark computes it. */
export function mathAtanh(x: f64): f64 {
  return 0.5 * (Math.log1p(x) - Math.log1p(-x))
}
