// Texts of several parts, and how far two texts are apart.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate, arenaShrink, roomFor } from '../arena'
import { BLOCK_BYTES, distanceInBlocks } from './edit-distance'
import { bytesFind, utf8Length } from './strings'
import { endText } from './text'

const COMMA: u8 = 0x2c

/** The number, from 1, of a text among those with commas between them; 0 when it is none of them or has a comma itself. */
export function textFindInSet(word: usize, wordLength: i32, at: usize, length: i32): i32 {
  for (let i = 0; i < wordLength; i++) if (load<u8>(word + i) == COMMA) return 0
  let number = 1
  let start = 0
  for (let i = 0; i <= length; i++) {
    if (i < length && load<u8>(at + i) != COMMA) continue
    if (i - start == wordLength && memory.compare(at + start, word, wordLength) == 0) return number
    number++
    start = i + 1
  }
  return 0
}

function giveView(start: usize, length: i32, out: usize): i32 {
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  return ROUTINE_VALUE
}

/** The part of a number from 1, from the last one as -1, where another text stands between parts; empty when there is none. */
export function textSplitPart(at: usize, length: i32, by: usize, byLength: i32, number: i32, out: usize): i32 {
  if (number == 0) return ROUTINE_ERROR
  let parts = 1
  if (byLength > 0) {
    for (let i = 0; ; parts++) {
      const found = bytesFind(at + i, length - i, by, byLength)
      if (found < 0) break
      i += found + byLength
    }
  }
  const wanted: i64 = number > 0 ? number - 1 : <i64>parts + number
  if (wanted < 0 || wanted >= parts) return giveView(at, 0, out)
  if (byLength == 0) return giveView(at, length, out)
  let start = 0
  for (let k: i64 = 0; k < wanted; k++) start += bytesFind(at + start, length - start, by, byLength) + byLength
  const size = bytesFind(at + start, length - start, by, byLength)
  return giveView(at + start, size < 0 ? length - start : size, out)
}

/** The code points of a text, in 32 bits each. */
function pointsOf(at: usize, length: i32, to: usize): void {
  for (let i = 0; i < length; ) {
    const byte = <u32>load<u8>(at + i)
    const size = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    let point = byte
    for (let k = 1; k < size && i + k < length; k++) point = (point << 8) | load<u8>(at + i + k)
    store<u32>(to, point)
    to += 4
    i += size
  }
}

/**
 * How many code points must be put in, left out or replaced to make one text the other. Only cells of the table that can be within `most` are
 * computed, a band along its diagonal; -1 when there is no way of so few steps.
 */
function distance(a: usize, countA: i32, b: usize, countB: i32, most: i32, row: usize): i32 {
  for (let j = 0; j <= countB; j++) store<i32>(row + (<usize>j << 2), j <= most ? j : i32.MAX_VALUE - 1)
  for (let i = 1; i <= countA; i++) {
    const first = max(1, i - most)
    const last = <i32>min<i64>(countB, <i64>i + most)
    const point = load<u32>(a + (<usize>(i - 1) << 2))
    let diagonal = load<i32>(row + (<usize>(first - 1) << 2))
    let left = first == 1 && i <= most ? i : i32.MAX_VALUE - 1
    store<i32>(row + (<usize>(first - 1) << 2), left)
    for (let j = first; j <= last; j++) {
      const cell = row + (<usize>j << 2)
      const above = load<i32>(cell)
      const replaced = diagonal + i32(load<u32>(b + (<usize>(j - 1) << 2)) != point)
      left = min(replaced, min(above, left) + 1)
      store<i32>(cell, left)
      diagonal = above
    }
    if (last < countB) store<i32>(row + (<usize>(last + 1) << 2), i32.MAX_VALUE - 1)
  }
  const result = load<i32>(row + (<usize>countB << 2))
  return result <= most ? result : -1
}

/** From so many code points on blocks of 64 are faster, unless a band of the table is narrower than about so small a part of it. */
const LONG = 32
const BAND_WORTH: i64 = 16

/** The distance of two texts, -1 when it is more than `most`. */
export function textDistance(at: usize, length: i32, other: usize, otherLength: i32, most: i32): i32 {
  if (most < 0) return -1
  const countA = utf8Length(at, length)
  const countB = utf8Length(other, otherLength)
  if (abs(countA - countB) > most) return -1
  const keys = roomFor(BLOCK_BYTES + ((<u64>countA + <u64>countB * 2 + 2) << 2))
  const a = keys + BLOCK_BYTES
  const b = a + (<usize>countA << 2)
  const row = b + (<usize>countB << 2)
  pointsOf(at, length, a)
  pointsOf(other, otherLength, b)
  const isLong = countA >= LONG && <i64>most * BAND_WORTH > countB
  let result = isLong ? distanceInBlocks(a, countA, b, countB, row, keys) : distance(a, countA, b, countB, most, row)
  if (result > most) result = -1
  arenaShrink(keys)
  return result
}

/** The digits of Soundex for the letters from A on; 7 for H and W, which do not divide letters of one digit. */
const SOUNDEX: usize = memory.data<u8>([
  0, 1, 2, 3, 0, 1, 2, 7, 0, 2, 2, 4, 5, 5, 0, 1, 2, 6, 2, 3, 0, 1, 7, 2, 0, 2,
])

/** A text by its sound, as one letter and three digits; one that begins with no Latin letter stays as it is. */
export function textSoundex(at: usize, length: i32, out: usize): void {
  const first = length > 0 ? load<u8>(at) & 0xdf : 0
  if (<u8>(first - 0x41) >= 26) {
    giveView(at, length, out)
    return
  }
  const start = arenaAllocate(4)
  store<u32>(start, 0x30303000 | <u32>first)
  let last = load<u8>(SOUNDEX + (first - 0x41))
  let written: usize = 1
  for (let i = 1; i < length && written < 4; i++) {
    const letter = <u8>((load<u8>(at + i) & 0xdf) - 0x41)
    const digit: u8 = letter < 26 ? load<u8>(SOUNDEX + letter) : 0
    if (digit == 7) continue
    if (digit != 0 && digit != last) store<u8>(start + written++, 0x30 + digit)
    last = digit
  }
  endText(start, start + 4, out)
}
