// Functions of texts that make new ones. Positions and sizes count code points; results are in the arena.
import { arenaAllocate } from '../arena'
import { bytesFind, bytesOfPoints, pointBytes, utf8Length } from './strings'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { beginText, endText, hexDigit } from './text'

const MOST_BYTES: i64 = 0x7fffffff

/** Room for a text; one that no text may have is more than there is. */
export function room(bytes: i64): usize {
  return arenaAllocate(<usize>min<i64>(bytes, MOST_BYTES))
}

/** A part of a text that is there already. */
function giveView(start: usize, end: usize, out: usize): void {
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(end - start), RESULT_LENGTH)
}

/** Writes copies one behind the other; where they end. */
export function copies(to: usize, at: usize, length: i32, count: i32): usize {
  for (let i = 0; i < count; i++) {
    memory.copy(to, at, length)
    to += length
  }
  return to
}

export function textRepeat(at: usize, length: i32, count: i32, out: usize): void {
  const times = max(count, 0)
  const start = room(<i64>length * times)
  endText(start, length == 0 ? start : copies(start, at, length, times), out)
}

/** Fills up to `size` code points on the left or the right with another text again and again; what is longer is cut. */
export function textPad(at: usize, length: i32, size: i32, pad: usize, padLength: i32, isLeft: i32, out: usize): void {
  const points = utf8Length(at, length)
  const missing = size - points
  if (size <= 0 || missing <= 0 || padLength == 0) return giveView(at, at + bytesOfPoints(at, length, max(size, 0)), out)
  const padPoints = utf8Length(pad, padLength)
  const rest = bytesOfPoints(pad, padLength, missing % padPoints)
  const times = missing / padPoints
  const start = room(<i64>length + <i64>padLength * times + rest)
  let end = start
  if (!isLeft) end = copies(end, at, length, 1)
  end = copies(end, pad, padLength, times)
  end = copies(end, pad, rest, 1)
  if (isLeft) end = copies(end, at, length, 1)
  endText(start, end, out)
}

/** The same of bytes. */
export function bytesPad(at: usize, length: i32, size: i32, pad: usize, padLength: i32, isLeft: i32, out: usize): void {
  const missing = size - length
  if (size <= 0 || missing <= 0 || padLength == 0) return giveView(at, at + min(length, max(size, 0)), out)
  const start = room(size)
  let end = start
  if (!isLeft) end = copies(end, at, length, 1)
  end = copies(end, pad, padLength, missing / padLength)
  end = copies(end, pad, missing % padLength, 1)
  if (isLeft) end = copies(end, at, length, 1)
  endText(start, end, out)
}

/** Another text in the place of each occurrence; an empty one occurs nowhere. */
export function textReplace(
  at: usize, length: i32, search: usize, searchLength: i32, by: usize, byLength: i32, out: usize,
): void {
  let count: i64 = 0
  if (searchLength > 0) {
    for (let i = 0; i <= length; count++) {
      const found = bytesFind(at + i, length - i, search, searchLength)
      if (found < 0) break
      i += found + searchLength
    }
  }
  if (count == 0) return giveView(at, at + length, out)
  const start = room(<i64>length + count * (byLength - searchLength))
  let end = start
  let i = 0
  for (; count > 0; count--) {
    const found = bytesFind(at + i, length - i, search, searchLength)
    end = copies(end, at + i, found, 1)
    end = copies(end, by, byLength, 1)
    i += found + searchLength
  }
  endText(start, copies(end, at + i, length - i, 1), out)
}

/** The position from 1 where a text first occurs, at `from` or later; 0 when it does not. An empty one occurs at once. */
export function textPosition(at: usize, length: i32, part: usize, size: i32, from: i32): i32 {
  if (from < 1) return 0
  if (size == 0) return 1
  const skipped = from == 1 ? 0 : bytesOfPoints(at, length, from - 1)
  const found = bytesFind(at + skipped, length - skipped, part, size)
  return found < 0 ? 0 : utf8Length(at, skipped + found) + 1
}

/** Everything before the so manieth occurrence of a text, or behind the one counted from the end. */
export function textSubstringIndex(at: usize, length: i32, part: usize, size: i32, count: i32, out: usize): void {
  if (size == 0 || count == 0) return giveView(at, at, out)
  if (count > 0) {
    let i = 0
    for (; ; count--) {
      const found = bytesFind(at + i, length - i, part, size)
      if (found < 0) return giveView(at, at + length, out)
      if (count == 1) return giveView(at, at + i + found, out)
      // Occurrences may overlap, as in Spark.
      i += found + 1
    }
  }
  for (let i = length - size; i >= 0; i--) {
    if (memory.compare(at + i, part, size) == 0 && ++count == 0) return giveView(at + i + size, at + length, out)
  }
  giveView(at, at + length, out)
}

/** The first code point, 0 of an empty text. */
export function textFirstPoint(at: usize, length: i32): i32 {
  if (length == 0) return 0
  const byte = <i32>load<u8>(at)
  const size = pointBytes(<u8>byte)
  if (size == 1) return byte
  let point = byte & (0xff >> (size + 1))
  for (let i = 1; i < size; i++) point = (point << 6) | (load<u8>(at + i) & 0x3f)
  return point
}

/** The character of the lowest byte of a number; nothing for a negative one. */
export function textOfByte(value: i64, out: usize): void {
  const start = beginText(2)
  const byte = <u32>value & 0xff
  if (value < 0) return endText(start, start, out)
  if (byte < 0x80) store<u8>(start, <u8>byte)
  else {
    store<u8>(start, <u8>(0xc0 | (byte >> 6)))
    store<u8>(start, <u8>(0x80 | (byte & 0x3f)), 1)
  }
  endText(start, start + (byte < 0x80 ? 1 : 2), out)
}

/** The two digits of each byte. */
const BYTE_DIGITS: usize = memory.data(512)
let hasByteDigits = false

export function textHex(at: usize, length: i32, out: usize): void {
  if (!hasByteDigits) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      store<u8>(BYTE_DIGITS + (<usize>byte << 1), hexDigit(byte >> 4))
      store<u8>(BYTE_DIGITS + (<usize>byte << 1), hexDigit(byte & 15), 1)
    }
    hasByteDigits = true
  }
  const start = room(<i64>length * 2)
  for (let i = 0; i < length; i++)
    store<u16>(start + (i << 1), load<u16>(BYTE_DIGITS + (<usize>load<u8>(at + i) << 1)))
  endText(start, start + (length << 1), out)
}

/** A number in digits of so many bits each, as it is in 64 bits. */
export function textOfBits(value: i64, bits: i32, out: usize): void {
  const start = beginText(64)
  const digits = max((64 - <i32>clz(value) + bits - 1) / bits, 1)
  let rest = <u64>value
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(start + i, hexDigit(<u32>rest & ((1 << bits) - 1)))
    rest >>= bits
  }
  endText(start, start + digits, out)
}

/** Writes a code point; where it ends. */
function writePoint(at: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(at, <u8>point)
    return at + 1
  }
  if (point < 0x800) {
    store<u8>(at, <u8>(0xc0 | (point >> 6)))
    store<u8>(at, <u8>(0x80 | (point & 0x3f)), 1)
    return at + 2
  }
  store<u8>(at, <u8>(0xe0 | (point >> 12)))
  store<u8>(at, <u8>(0x80 | ((point >> 6) & 0x3f)), 1)
  store<u8>(at, <u8>(0x80 | (point & 0x3f)), 2)
  return at + 3
}

/** The class of a code point by sorted triples of u32: first, last, class; 3 for the rest. */
function classOf(point: i32, ranges: usize, count: i32): i32 {
  let low = 0
  let high = count - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges + middle * 12
    if (point < load<i32>(range)) high = middle - 1
    else if (point > load<i32>(range, 4)) low = middle + 1
    else return load<i32>(range, 8)
  }
  return 3
}

/**
 * Each code point as the one of its class, of 16 bits, and as it is where that is negative: upper case, lower case, digits, others. `ranges`
 * are those of `classOf`, in as many bytes.
 */
export function textMask(
  at: usize, length: i32, upper: i32, lower: i32, digit: i32, other: i32, ranges: usize, rangesLength: i32, out: usize,
): void {
  // A code point of one byte may become one of three.
  const start = room(<i64>length * 3)
  let end = start
  for (let i = 0; i < length; ) {
    const size = pointBytes(load<u8>(at + i))
    const kind = classOf(textFirstPoint(at + i, size), ranges, rangesLength / 12)
    const by = kind == 0 ? upper : kind == 1 ? lower : kind == 2 ? digit : other
    end = by < 0 ? copies(end, at + i, size, 1) : writePoint(end, by)
    i += size
  }
  endText(start, end, out)
}

/** Whether a code point of a text is one of another text. */
function isAmong(at: usize, size: i32, points: usize, length: i32): bool {
  for (let i = 0; i < length; ) {
    const known = pointBytes(load<u8>(points + i))
    if (known == size && memory.compare(points + i, at, size) == 0) return true
    i += known
  }
  return false
}

/** A text without the code points that are among others at its beginning (1), its end (2) or both (3). */
export function textTrim(at: usize, length: i32, points: usize, pointsLength: i32, sides: i32, out: usize): void {
  let start = 0
  let end = length
  while ((sides & 1) && start < end) {
    const size = pointBytes(load<u8>(at + start))
    if (!isAmong(at + start, size, points, pointsLength)) break
    start += size
  }
  while ((sides & 2) && start < end) {
    let first = end - 1
    while (first > start && (load<u8>(at + first) & 0xc0) == 0x80) first--
    if (!isAmong(at + first, end - first, points, pointsLength)) break
    end = first
  }
  giveView(at + start, at + end, out)
}
