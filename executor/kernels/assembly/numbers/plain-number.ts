// Numbers in the form of most: up to 16 digits, perhaps with a minus before and a point among them, which are read at once.

import { power } from './powers-of-ten'

// The number read last: its digits without the point, how many there are and how many of them are behind the point.
export let plainDigits: u64 = 0
export let plainCount = 0
export let plainFraction = 0
export let hasPoint = false
export let isNegative = false

const POINT: u32 = 0x2e
const MINUS: u32 = 0x2d
/** A point where a digit would be. */
const POINT_DIGIT: u64 = 0x1e
const MOST_BYTES: u32 = 16
const WORD_BYTES: i32 = 8

const ZEROS: u64 = 0x3030303030303030
/** What shows a byte beyond 9 when it is added to it. */
const EXCESS: u64 = 0x7676767676767676
const HIGH_BITS: u64 = 0x8080808080808080

/** With so few digits two exact doubles make the value. */
const MOST_EXACT_DIGITS = 15

/** Whether the number read last is exactly what `plainDouble` gives. */
@inline
export function isExactDouble(): bool {
  return plainCount <= MOST_EXACT_DIGITS
}

/** The double nearest to the number read last, if it is exact. */
@inline
export function plainDouble(): f64 {
  const magnitude = <f64><i64>plainDigits / power(plainFraction)
  // Signs may be drawn, so that a branch would be guessed wrong.
  return reinterpret<f64>(reinterpret<u64>(magnitude) | (<u64>isNegative << 63))
}

/** Reads a whole text, of which up to 16 bytes are loaded beyond the end; false for any other form. */
@inline
export function readPlainNumber(at: usize, length: i32): bool {
  const hasMinus = length > 0 && load<u8>(at) == MINUS
  return readPlainDigits(at + <usize>hasMinus, length - <i32>hasMinus, hasMinus)
}

/** The same of what stands behind the sign. */
@inline
export function readPlainDigits(at: usize, length: i32, hasMinus: bool): bool {
  isNegative = hasMinus
  return <u32>length - 1 < <u32>WORD_BYTES ? readWord(at, length) : readLong(at, length)
}

/** A number of at most 8 bytes, which are in one word. */
@inline
function readWord(at: usize, length: i32): bool {
  const unused = <u64>((WORD_BYTES - length) << 3)
  const digits = load<u64>(at) ^ ZEROS
  const others = ((digits + EXCESS) | digits) & (HIGH_BITS >> unused)
  if (others == 0) return keep(at, length, length)
  const before = ctz(others) & ~7
  if ((others & (others - 1)) != 0 || ((digits >> before) & 0xff) != POINT_DIGIT || length == 1) return false
  return keep(at, <i32>(before >> 3), length)
}

/** A number of 9 to 16 bytes. */
function readLong(at: usize, length: i32): bool {
  if (<u32>length - 1 >= MOST_BYTES) return false
  const others = noDigits(at) & ((1 << length) - 1)
  if (others == 0) return keep(at, length, length)
  const whole = ctz(others)
  if ((others & (others - 1)) != 0 || load<u8>(at + <usize>whole) != POINT || length == 1) return false
  return keep(at, whole, length)
}

/** The number is there: so many bytes, and before a point, if that is less, so many. */
@inline
function keep(at: usize, whole: i32, length: i32): bool {
  hasPoint = whole < length
  plainCount = length - <i32>hasPoint
  plainFraction = plainCount - whole
  plainDigits = digitsAt(at, whole, length)
  return true
}

/** The number that the first so many bytes of a word make, a digit each. */
@inline
function valueOfWord(word: u64, count: i32): u64 {
  let digits = word << <u64>((WORD_BYTES - count) << 3)
  digits = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff
  digits = (digits * 100 + (digits >> 16)) & 0x0000ffff0000ffff
  return (digits * 10000 + (digits >> 32)) & 0xffffffff
}

/** What is added to bytes so that those of digits come before all others, and the last of them then. */
const TO_LOWEST: usize = memory.data<u64>([0x5050505050505050, 0x5050505050505050], 16)
const LOWEST_NINE: usize = memory.data<u64>([0x8989898989898989, 0x8989898989898989], 16)

/** A bit for each of 16 bytes that is no digit. Constants are loaded: to make one takes three instructions each time. */
@inline
export function othersIn(bytes: v128): i32 {
  return i8x16.bitmask(i8x16.gt_s(i8x16.add(bytes, v128.load(TO_LOWEST)), v128.load(LOWEST_NINE)))
}

@inline
export function noDigits(at: usize): i32 {
  return othersIn(v128.load(at))
}

/** The number that the digits of up to 16 bytes make, of which `length` count; there is a point behind the first `whole` where that is less. */
@inline
export function digitsAt(at: usize, whole: i32, length: i32): u64 {
  if (length > WORD_BYTES) return valueOf(i8x16.swizzle(i8x16.sub(v128.load(at), i8x16.splat(0x30)), placesOf(whole, length)))
  const word = load<u64>(at) ^ ZEROS
  if (whole == length) return valueOfWord(word, length)
  const before = (<u64>1 << <u64>(whole << 3)) - 1
  return valueOfWord((word & before) | ((word >> 8) & ~before), length - 1)
}

/** Which byte each of 16 digits is, the last one in the last place; those below zero are none. */
@inline
function placesOf(whole: i32, length: i32): v128 {
  const places = i8x16.add(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(length - 16)))
  if (whole == length) return places
  const moved = i8x16.sub(places, i8x16.splat(1))
  return i8x16.sub(moved, i8x16.ge_s(moved, i8x16.splat(<i8>whole)))
}

/** The number that 16 digits make, each in a byte. */
@inline
function valueOf(digits: v128): u64 {
  const tens = i16x8.mul(v128.and(digits, i16x8.splat(0xff)), i16x8.splat(10))
  const pairs = i16x8.add(tens, i16x8.shr_u(digits, 8))
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1))
  return <u64>i32x4.extract_lane(eights, 0) * 100000000 + <u64>i32x4.extract_lane(eights, 1)
}
