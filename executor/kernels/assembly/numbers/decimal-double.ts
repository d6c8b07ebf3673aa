// The double nearest to a decimal number of 64 bits, by one or two products of 128 bits (Lemire, "Number parsing at a gigabyte per second", 2021).

/** Tens of whole numbers from 5^-27 on, as 128 bits of which the first is set: those below 1 are rounded up. Within this range the products tell the nearest double always. */
const MOST_EXPONENT = 27
const FIVES: usize = memory.data<u64>([
  0x9e74d1b791e07e48, 0x775ea264cf55347e, 0xc612062576589dda, 0x95364afe032a819e,
  0xf79687aed3eec551, 0x3a83ddbd83f52205, 0x9abe14cd44753b52, 0xc4926a9672793543,
  0xc16d9a0095928a27, 0x75b7053c0f178294, 0xf1c90080baf72cb1, 0x5324c68b12dd6339,
  0x971da05074da7bee, 0xd3f6fc16ebca5e04, 0xbce5086492111aea, 0x88f4bb1ca6bcf585,
  0xec1e4a7db69561a5, 0x2b31e9e3d06c32e6, 0x9392ee8e921d5d07, 0x3aff322e62439fd0,
  0xb877aa3236a4b449, 0x09befeb9fad487c3, 0xe69594bec44de15b, 0x4c2ebe687989a9b4,
  0x901d7cf73ab0acd9, 0x0f9d37014bf60a11, 0xb424dc35095cd80f, 0x538484c19ef38c95,
  0xe12e13424bb40e13, 0x2865a5f206b06fba, 0x8cbccc096f5088cb, 0xf93f87b7442e45d4,
  0xafebff0bcb24aafe, 0xf78f69a51539d749, 0xdbe6fecebdedd5be, 0xb573440e5a884d1c,
  0x89705f4136b4a597, 0x31680a88f8953031, 0xabcc77118461cefc, 0xfdc20d2b36ba7c3e,
  0xd6bf94d5e57a42bc, 0x3d32907604691b4d, 0x8637bd05af6c69b5, 0xa63f9a49c2c1b110,
  0xa7c5ac471b478423, 0x0fcf80dc33721d54, 0xd1b71758e219652b, 0xd3c36113404ea4a9,
  0x83126e978d4fdf3b, 0x645a1cac083126ea, 0xa3d70a3d70a3d70a, 0x3d70a3d70a3d70a4,
  0xcccccccccccccccc, 0xcccccccccccccccd, 0x8000000000000000, 0x0000000000000000,
  0xa000000000000000, 0x0000000000000000, 0xc800000000000000, 0x0000000000000000,
  0xfa00000000000000, 0x0000000000000000, 0x9c40000000000000, 0x0000000000000000,
  0xc350000000000000, 0x0000000000000000, 0xf424000000000000, 0x0000000000000000,
  0x9896800000000000, 0x0000000000000000, 0xbebc200000000000, 0x0000000000000000,
  0xee6b280000000000, 0x0000000000000000, 0x9502f90000000000, 0x0000000000000000,
  0xba43b74000000000, 0x0000000000000000, 0xe8d4a51000000000, 0x0000000000000000,
  0x9184e72a00000000, 0x0000000000000000, 0xb5e620f480000000, 0x0000000000000000,
  0xe35fa931a0000000, 0x0000000000000000, 0x8e1bc9bf04000000, 0x0000000000000000,
  0xb1a2bc2ec5000000, 0x0000000000000000, 0xde0b6b3a76400000, 0x0000000000000000,
  0x8ac7230489e80000, 0x0000000000000000, 0xad78ebc5ac620000, 0x0000000000000000,
  0xd8d726b7177a8000, 0x0000000000000000, 0x878678326eac9000, 0x0000000000000000,
  0xa968163f0a57b400, 0x0000000000000000, 0xd3c21bcecceda100, 0x0000000000000000,
  0x84595161401484a0, 0x0000000000000000, 0xa56fa5b99019a5c8, 0x0000000000000000,
  0xcecb8f27f4200f3a, 0x0000000000000000,
])
/** Of the upper word of a product so many low bits decide nothing; when all are set, the lower one counts. */
const UNDECIDED: u64 = 0x1ff
const FRACTION_BITS = 52
const HIDDEN_BIT: u64 = 1 << 52
const BIAS = 1023
/** Between these a decimal may lie right between two doubles. */
const LEAST_HALF = -4
const MOST_HALF = 23

let low: u64 = 0

/** The upper word of a product; the lower one is in `low`. */
@inline
function multiplied(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const first = aLow * bLow
  const middle = aHigh * bLow + (first >> 32)
  const other = aLow * bHigh + (middle & 0xffffffff)
  low = (other << 32) | (first & 0xffffffff)
  return aHigh * bHigh + (middle >> 32) + (other >> 32)
}

/** Whether `decimalDouble` takes a power of ten. */
@inline
export function isNearPower(exponent: i32): bool {
  return exponent >= -MOST_EXPONENT && exponent <= MOST_EXPONENT
}

/** The double nearest to digits * 10^exponent. */
export function decimalDouble(digits: u64, exponent: i32): f64 {
  if (digits == 0) return 0
  const zeros = <i32>clz(digits)
  const number = digits << <u64>zeros
  const five = FIVES + (<usize>(exponent + MOST_EXPONENT) << 4)
  let upper = multiplied(number, load<u64>(five))
  let lower = low
  if ((upper & UNDECIDED) == UNDECIDED) {
    const more = multiplied(number, load<u64>(five, 8))
    lower += more
    if (lower < more) upper++
  }
  const top = upper >> 63
  const shift = top + 9
  let fraction = upper >> shift
  let power = ((217706 * exponent) >> 16) + 63 + <i32>top - zeros + BIAS
  const mayBeHalf = lower <= 1 && exponent >= LEAST_HALF && exponent <= MOST_HALF && (fraction & 3) == 1
  if (mayBeHalf && fraction << shift == upper) fraction &= ~1
  fraction = (fraction + (fraction & 1)) >> 1
  if (fraction == HIDDEN_BIT << 1) {
    fraction = HIDDEN_BIT
    power++
  }
  return reinterpret<f64>((fraction & ~HIDDEN_BIT) | (<u64>power << FRACTION_BITS))
}
