// Functions of UTF-8 strings. Positions count code points; a byte is the start of one unless it is 10xxxxxx.
import {
  LIKE_ANCHORED_FIRST,
  LIKE_ANCHORED_LAST,
  LIKE_ANY,
  LIKE_ONE,
  LISTED_TEXT_BYTES,
  LISTED_TEXT_LENGTH,
  LISTED_TEXT_OFFSET,
  RESULT_ADDRESS,
  RESULT_LENGTH,
} from '../../interface/text'

const CONTINUATIONS: u64 = 0x8080808080808080

/** How many code points there are. */
export function utf8Length(at: usize, length: i32): i32 {
  let count = 0
  let i = 0
  for (; i + 8 <= length; i += 8) {
    const word = load<u64>(at + i)
    // A byte that is not a continuation: its bit 7 is 0 or its bit 6 is 1.
    count += <i32>popcnt<u64>((~word | (word << 1)) & CONTINUATIONS)
  }
  const rest = length - i
  if (rest == 0) return count
  // Behind any text there are bytes to be read; as zeros they count as code points.
  const word = load<u64>(at + i) & ((<u64>1 << (rest << 3)) - 1)
  return count + <i32>popcnt<u64>((~word | (word << 1)) & CONTINUATIONS) - 8 + rest
}

export function pointBytes(byte: u8): i32 {
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
}

/** The bytes of the first so many code points, or of all. */
export function bytesOfPoints(at: usize, length: i32, points: i32): i32 {
  return advance(at, length, 0, points)
}

/** The byte offset of the code point so many behind `from`, at most `length`. */
function advance(at: usize, length: i32, from: i32, points: i32): i32 {
  let i = from
  for (; points > 0 && i < length; points--) i += pointBytes(load<u8>(at + i))
  return min(i, length)
}

/** Spark's substring: 1 (or 0) is the first position, negative ones count from the end. Writes address and length. */
export function utf8Substring(at: usize, length: i32, position: i32, count: i32, out: usize): void {
  let start: i64 = position > 0 ? position - 1 : 0
  if (position < 0) start = <i64>utf8Length(at, length) + position
  const end = start + count
  if (count <= 0 || end <= 0) {
    store<u32>(out, <u32>at, RESULT_ADDRESS)
    store<u32>(out, 0, RESULT_LENGTH)
    return
  }
  if (start < 0) start = 0
  const first = advance(at, length, 0, <i32>start)
  const last = advance(at, length, first, <i32>min<i64>(end - start, 0x7fffffff))
  store<u32>(out, <u32>(at + first), RESULT_ADDRESS)
  store<u32>(out, last - first, RESULT_LENGTH)
}

/** The same of bytes, each a position. */
export function bytesSubstring(at: usize, length: i32, position: i32, count: i32, out: usize): void {
  let start: i64 = position > 0 ? position - 1 : 0
  if (position < 0) start = <i64>length + position
  const last = min<i64>(start + max(count, 0), length)
  const first = min(max<i64>(start, 0), length)
  store<u32>(out, <u32>(at + <usize>first), RESULT_ADDRESS)
  store<i32>(out, <i32>max<i64>(last - first, 0), RESULT_LENGTH)
}

/** Where a string first occurs in another, or -1. Sixteen places at a time by first and last byte (Muła). */
export function bytesFind(at: usize, length: i32, needle: usize, size: i32): i32 {
  if (size == 0) return 0
  const last = size - 1
  const first = v128.splat<u8>(load<u8>(needle))
  const final = v128.splat<u8>(load<u8>(needle + last))
  const places = length - last
  // Behind any text sixteen bytes can be read.
  for (let i = 0; i < places; i += 16) {
    const equal = v128.and(
      v128.eq<u8>(v128.load(at + i), first),
      v128.eq<u8>(v128.load(at + i + last), final),
    )
    let mask = i8x16.bitmask(equal)
    if (places - i < 16) mask &= (1 << (places - i)) - 1
    while (mask != 0) {
      const place = i + <i32>ctz<i32>(mask)
      if (size <= 2 || same(at + place, needle, size)) return place
      mask &= mask - 1
    }
  }
  return -1
}

function same(a: usize, b: usize, length: i32): bool {
  let i = 0
  while (i < length && load<u8>(a + i) == load<u8>(b + i)) i++
  return i == length
}

/** Whether a string matches a pattern: greedy, going back only to the last `%`, which suffices. */
export function likeMatch(at: usize, length: i32, pattern: usize, size: i32): i32 {
  let i = 0
  let p = 0
  let retryText = -1
  let retryPattern = 0
  while (i < length) {
    const code = p < size ? <i32>load<u8>(pattern + p) : -1
    if (code == LIKE_ANY) {
      retryPattern = ++p
      if (p == size) return 1
      retryText = i
      continue
    }
    if (code == LIKE_ONE) {
      i = advance(at, length, i, 1)
      p++
      continue
    }
    if (code >= 0 && code == <i32>load<u8>(at + i)) {
      i++
      p++
      continue
    }
    if (retryText < 0) return 0
    // One more code point belongs to the last `%`; skip to where what follows it can begin.
    retryText = advance(at, length, retryText, 1)
    p = retryPattern
    const next = <i32>load<u8>(pattern + p)
    if (next < LIKE_ONE) while (retryText < length && <i32>load<u8>(at + retryText) != next) retryText++
    i = retryText
  }
  while (p < size && <i32>load<u8>(pattern + p) == LIKE_ANY) p++
  return i32(p == size)
}

/**
 * Whether a string has the parts of a pattern between its `%` in their order, `count` texts of a list. The first part stands at the
 * beginning when `anchored` has LIKE_ANCHORED_FIRST, the last at the end when it has LIKE_ANCHORED_LAST.
 */
export function likeParts(at: usize, length: i32, parts: usize, count: i32, anchored: i32): i32 {
  let first = 0
  let from = 0
  let to = length
  if (anchored & LIKE_ANCHORED_FIRST) {
    from = load<i32>(parts, LISTED_TEXT_LENGTH)
    if (from > length || !same(at, parts + load<u32>(parts, LISTED_TEXT_OFFSET), from)) return 0
    first = 1
  }
  if (anchored & LIKE_ANCHORED_LAST) {
    const entry = parts + --count * LISTED_TEXT_BYTES
    to -= load<i32>(entry, LISTED_TEXT_LENGTH)
    if (to < from || !same(at + to, parts + load<u32>(entry, LISTED_TEXT_OFFSET), load<i32>(entry, LISTED_TEXT_LENGTH))) return 0
  }
  for (let i = first; i < count; i++) {
    const entry = parts + i * LISTED_TEXT_BYTES
    const place = bytesFind(at + from, to - from, parts + load<u32>(entry, LISTED_TEXT_OFFSET), load<i32>(entry, LISTED_TEXT_LENGTH))
    if (place < 0) return 0
    from += place + load<i32>(entry, LISTED_TEXT_LENGTH)
  }
  return 1
}

/** How many spaces a string begins with. */
export function leadingSpaces(at: usize, length: i32): i32 {
  let i = 0
  while (i < length && load<u8>(at + i) == 0x20) i++
  return i
}

/** The length of a string without the spaces it ends with. */
export function lengthWithoutTrailingSpaces(at: usize, length: i32): i32 {
  while (length > 0 && load<u8>(at + length - 1) == 0x20) length--
  return length
}

/** Writes a code point; returns the number of bytes. */
export function writeCodePoint(at: usize, point: u32): i32 {
  if (point < 0x80) {
    store<u8>(at, point)
    return 1
  }
  if (point < 0x800) {
    store<u8>(at, 0xc0 | (point >> 6))
    store<u8>(at, 0x80 | (point & 63), 1)
    return 2
  }
  if (point < 0x10000) {
    store<u8>(at, 0xe0 | (point >> 12))
    store<u8>(at, 0x80 | ((point >> 6) & 63), 1)
    store<u8>(at, 0x80 | (point & 63), 2)
    return 3
  }
  store<u8>(at, 0xf0 | (point >> 18))
  store<u8>(at, 0x80 | ((point >> 12) & 63), 1)
  store<u8>(at, 0x80 | ((point >> 6) & 63), 2)
  store<u8>(at, 0x80 | (point & 63), 3)
  return 4
}
