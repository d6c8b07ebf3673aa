// conv, width_bucket and luhn_check.
import { RESULT_LOW, ROUTINE_ERROR, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { beginText, endText } from '../text/text'

/** The value of a digit in bases up to 36; 255 for what is none. */
@inline
function digitOf(byte: u8): u32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x7a ? letter - 87 : 255
}

/** A number of 64 bits without a sign in digits. */
function writeUnsigned(value: u64, base: u32, isNegative: bool, out: usize): void {
  const start = beginText(66)
  let at = start + 66
  do {
    const digit = <u32>(value % base)
    store<u8>(--at, <u8>(digit < 10 ? 0x30 + digit : 0x37 + digit))
    value /= base
  } while (value != 0)
  if (isNegative) store<u8>(--at, 0x2d)
  const length = start + 66 - at
  memory.copy(start, at, length)
  endText(start, start + length, out)
}

/**
 * A whole number from one base to another, up to the first character that is no digit; with a negative base the result has a sign, else it is one of
 * 64 bits without. What has more bits raises, and leaves the greatest of these.
 */
export function textConvert(at: usize, length: i32, from: i32, to: i32, out: usize): i32 {
  const base = <u32>abs(to)
  let end = at + length
  while (at < end && load<u8>(at) <= 0x20) at++
  while (end > at && load<u8>(end - 1) <= 0x20) end--
  if (from < 2 || from > 36 || base < 2 || base > 36 || at == end) return ROUTINE_NULL
  let negative = load<u8>(at) == 0x2d
  if (negative) at++
  let value: u64 = 0
  let exceeds = false
  const most = u64.MAX_VALUE / from
  for (; at < end; at++) {
    const digit = digitOf(load<u8>(at))
    if (digit >= <u32>from) break
    exceeds = value > most || u64.MAX_VALUE - value * from < digit
    if (exceeds) break
    value = value * from + digit
  }
  if (exceeds) value = u64.MAX_VALUE
  if (negative && to > 0) value = <i64>value < 0 ? u64.MAX_VALUE : -value
  if (to < 0 && <i64>value < 0) {
    value = -value
    negative = true
  }
  writeUnsigned(value, base, negative && to < 0, out)
  return exceeds ? ROUTINE_ERROR : ROUTINE_VALUE
}

/** The greatest double below 2^63. */
const MOST_PARTS: f64 = 9223372036854774784

/** Which of `count` parts of equal width from one bound to the other a value is in: 0 before them, count + 1 behind. */
export function widthBucket(value: f64, low: f64, high: f64, count: i64, out: usize): i32 {
  const isEmpty = count <= 0 || count == i64.MAX_VALUE || low == high
  if (isEmpty || value != value || low - low != 0 || high - high != 0) return ROUTINE_NULL
  const isUpward = low < high
  let bucket: i64
  if (isUpward ? value < low : value > low) bucket = 0
  else if (isUpward ? value >= high : value <= high) bucket = count + 1
  else {
    const distance = isUpward ? value - low : low - value
    const parts = (<f64>count * distance) / (isUpward ? high - low : low - high)
    bucket = <i64>min(parts, MOST_PARTS) + 1
  }
  store<i64>(out, bucket, RESULT_LOW)
  return ROUTINE_VALUE
}

export function widthBucketOfMonths(value: i32, low: i32, high: i32, count: i64, out: usize): i32 {
  return widthBucket(value, low, high, count, out)
}

export function widthBucketOfMicros(value: i64, low: i64, high: i64, count: i64, out: usize): i32 {
  return widthBucket(<f64>value, <f64>low, <f64>high, count, out)
}

/** Whether the last of some digits is the check digit of the others, by Luhn's rule. */
export function textLuhn(at: usize, length: i32): i32 {
  let sum = 0
  for (let i = 0; i < length; i++) {
    const digit = <i32>load<u8>(at + length - 1 - i) - 0x30
    if (<u32>digit > 9) return 0
    const counted = i & 1 ? digit * 2 : digit
    sum += counted > 9 ? counted - 9 : counted
  }
  return i32(length > 0 && sum % 10 == 0)
}

/** The number, from 1, of the bitmap of 32768 bits that a number has a bit in, and which bit that is. */
export function bitmapBucket(value: i64): i64 {
  return value > 0 ? 1 + (value - 1) / 32768 : value / 32768
}

export function bitmapBit(value: i64): i64 {
  return (value > 0 ? value - 1 : -value) % 32768
}

/** How many bits are 1. */
export function bytesBitCount(at: usize, length: i32): i64 {
  let count: i64 = 0
  let i = 0
  for (; i + 8 <= length; i += 8) count += popcnt<u64>(load<u64>(at + i))
  for (; i < length; i++) count += popcnt<u32>(load<u8>(at + i))
  return count
}
