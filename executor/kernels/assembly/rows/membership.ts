// Long constant lists of IN, sorted by the compiler.
import { LISTED_TEXT_BYTES, LISTED_TEXT_LENGTH, LISTED_TEXT_OFFSET } from '../../interface/text'
import { bytesCompare } from '../bytes'

/** 1 when a value is among `count` sorted i64. */
export function inLongs(value: i64, list: usize, count: i32): i32 {
  let low = 0
  let high = count - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const member = load<i64>(list + (middle << 3))
    if (member == value) return 1
    if (member < value) low = middle + 1
    else high = middle - 1
  }
  return 0
}

/** 1 when a string is among `count` sorted ones, a list of texts. */
export function inStrings(at: usize, length: i32, list: usize, count: i32): i32 {
  let low = 0
  let high = count - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const entry = list + middle * LISTED_TEXT_BYTES
    const order = bytesCompare(list + load<u32>(entry, LISTED_TEXT_OFFSET), load<i32>(entry, LISTED_TEXT_LENGTH), at, length)
    if (order == 0) return 1
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return 0
}
