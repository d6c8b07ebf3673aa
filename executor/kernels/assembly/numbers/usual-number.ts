// Numbers of CSV and JSON as most are: at most 15 digits, perhaps with a sign before and a point among them, in columns of the usual types.
import { JSON_BIGINT, JSON_DOUBLE, JSON_INT } from '../../interface/json-spec'
import { digitsAt, noDigits } from './plain-number'
import { power } from './powers-of-ten'

const MINUS: u32 = 0x2d
const POINT: u32 = 0x2e
const MOST_BYTES: u32 = 16
/** Integers of so many digits are held exactly by doubles. */
export const MOST_DIGITS = 15

/** Whether a column is of one of the usual types. */
@inline
export function isUsualKind(kind: i32): bool {
  return kind == JSON_DOUBLE || kind == JSON_INT || kind == JSON_BIGINT
}

/**
 * Puts a number of at most 16 bytes behind its sign (1 for a minus), which has a point behind the first `whole` of them where that is less than `length`; false
 * when it has more digits, or is none of its type. Signs may be drawn, so that a branch would be guessed wrong.
 */
@inline
export function storeDigits(kind: i32, sign: u64, first: usize, whole: i32, length: i32, slot: usize): bool {
  const hasPoint = whole < length
  const count = length - i32(hasPoint)
  if (count > MOST_DIGITS) return false
  const digits = digitsAt(first, whole, length)
  if (kind == JSON_DOUBLE) {
    const value = <f64><i64>digits / power(count - whole)
    store<u64>(slot, reinterpret<u64>(value) | (sign << 63))
    return true
  }
  const value = <i64>((digits ^ (0 - sign)) + sign)
  if (hasPoint || (kind == JSON_INT && value != <i64><i32>value)) return false
  store<i64>(slot, value)
  return true
}

/** Puts a whole text that is such a number; false for any other. Up to 16 bytes behind it are loaded and do not count. */
@inline
export function storeUsualNumber(kind: i32, at: usize, length: i32, slot: usize): bool {
  const sign = <u64>(load<u8>(at) == MINUS)
  const first = at + <usize>sign
  const bytes = length - <i32>sign
  if (<u32>bytes - 1 >= MOST_BYTES) return false
  const others = noDigits(first) & ((1 << bytes) - 1)
  let whole = bytes
  if (others != 0) {
    whole = ctz(others)
    if ((others & (others - 1)) != 0 || load<u8>(first + <usize>whole) != POINT || bytes == 1) return false
  }
  return storeDigits(kind, sign, first, whole, bytes, slot)
}
