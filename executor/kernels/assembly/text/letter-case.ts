// upper and lower of UTF-8 strings.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { arenaAllocate, arenaShrink } from '../arena'
import { changedLetter, isCased, isCaseIgnorable, SEVERAL, specialOf } from './letters'
import { writeCodePoint } from './strings'

const NON_ASCII: u64 = 0x8080808080808080

/** 1 when a byte is not ASCII. */
function hasNonAscii(at: usize, length: i32): bool {
  let i = 0
  for (; i + 8 <= length; i += 8) if (load<u64>(at + i) & NON_ASCII) return true
  for (; i < length; i++) if (load<u8>(at + i) & 0x80) return true
  return false
}

/** Converts letters into the arena; writes address and length. */
export function changeCase(at: usize, length: i32, upper: i32, out: usize): void {
  if (!hasNonAscii(at, length)) {
    const result = arenaAllocate(length)
    const first = upper ? 0x61 : 0x41
    const lanes = v128.splat<u8>(<u8>first)
    const bit = v128.splat<u8>(0x20)
    let i = 0
    for (; i + 16 <= length; i += 16) {
      const text = v128.load(at + i)
      const letters = v128.lt<u8>(v128.sub<u8>(text, lanes), v128.splat<u8>(26))
      v128.store(result + i, v128.xor(text, v128.and(letters, bit)))
    }
    for (; i < length; i++) {
      const byte = <u32>load<u8>(at + i)
      store<u8>(result + i, byte ^ (u32(byte - first < 26) << 5))
    }
    store<u32>(out, <u32>result, RESULT_ADDRESS)
    store<u32>(out, length, RESULT_LENGTH)
    return
  }
  changeLetters(at, length, upper != 0, out)
}

/** The code point of a text that is well-formed; `pointSize` tells its bytes. A byte that is none stands for itself. */
let pointSize = 1

function pointAt(at: usize, left: i32): u32 {
  const byte = <u32>load<u8>(at)
  pointSize = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
  if (pointSize > left) pointSize = 1
  if (pointSize == 1) return byte
  if (pointSize == 2) return ((byte & 31) << 6) | (load<u8>(at, 1) & 63)
  const next = (<u32>load<u8>(at, 1) & 63) << 6
  if (pointSize == 3) return ((byte & 15) << 12) | next | (load<u8>(at, 2) & 63)
  return ((byte & 7) << 18) | (next << 6) | ((<u32>load<u8>(at, 2) & 63) << 6) | (load<u8>(at, 3) & 63)
}

const SIGMA: u32 = 0x3a3
const FINAL_SIGMA: u32 = 0x3c2

function changeLetters(at: usize, length: i32, upper: bool, out: usize): void {
  // Two bytes become up to six, three up to nine.
  const result = arenaAllocate(<usize>length * 3)
  let written: usize = result
  let i = 0
  while (i < length) {
    const point = pointAt(at + i, length - i)
    const size = pointSize
    if (size == 1) {
      const first: u32 = upper ? 0x61 : 0x41
      store<u8>(written++, point ^ (u32(point - first < 26) << 5))
    } else {
      let changed = changedLetter(point, upper)
      if (changed == SEVERAL) {
        const letters = specialOf(point, upper)
        for (let k: usize = 0; k < 12 && load<u32>(letters + k) != 0; k += 4) {
          written += writeCodePoint(written, load<u32>(letters + k))
        }
      } else {
        if (point == SIGMA && !upper && isFinal(at, i, length)) changed = FINAL_SIGMA
        written += writeCodePoint(written, changed)
      }
    }
    i += size
  }
  arenaShrink(written)
  store<u32>(out, <u32>result, RESULT_ADDRESS)
  store<u32>(out, <u32>(written - result), RESULT_LENGTH)
}

const DOTTED_I: u32 = 0x130
const IOTA: u32 = 0x399
const IOTA_BELOW: u32 = 0x345
const APOSTROPHE_LETTER: u32 = 0x2bc

/**
 * The letter that begins a word where it is another one than the capital, else 0: pairs in one letter (U+01C4 to U+01CC, U+01F1 to U+01F3),
 * Greek letters over an iota, Georgian ones, which have capitals that words do not begin with, and the dotted I.
 */
function titleOf(point: u32): u32 {
  if (point - 0x1c4 < 9) return 0x1c5 + (point - 0x1c4) / 3 * 3
  if (point - 0x1f1 < 3) return 0x1f2
  if (point - 0x1f80 < 0x30) return point | 8
  if (point == 0x1fb3 || point == 0x1fc3 || point == 0x1ff3) return point + 9
  const isItself = point == DOTTED_I || point == 0x1fbc || point == 0x1fcc || point == 0x1ffc || point - 0x10d0 < 0x30
  return isItself ? point : 0
}

/** A letter behind the first one of several. */
function behindFirst(first: u32, next: u32): u32 {
  if (next == IOTA) return IOTA_BELOW
  if (first == APOSTROPHE_LETTER) return next
  return next < 0x80 ? next | 0x20 : changedLetter(next, false)
}

/** Writes the letter that begins a word; where it ends. */
function writeTitle(to: usize, point: u32): usize {
  if (point < 0x80) return to + writeCodePoint(to, point ^ (u32(point - 0x61 < 26) << 5))
  const title = titleOf(point)
  if (title != 0) return to + writeCodePoint(to, title)
  const changed = changedLetter(point, true)
  if (changed != SEVERAL) return to + writeCodePoint(to, changed)
  const letters = specialOf(point, true)
  const first = load<u32>(letters)
  to += writeCodePoint(to, first)
  for (let k: usize = 4; k < 12 && load<u32>(letters + k) != 0; k += 4) {
    to += writeCodePoint(to, behindFirst(first, load<u32>(letters + k)))
  }
  return to
}

/** A text in small letters, each first one of a word as it begins words; words have spaces between them. */
export function textInitcap(at: usize, length: i32, out: usize): void {
  changeCase(at, length, 0, out)
  const lower: usize = load<u32>(out, RESULT_ADDRESS)
  const size = <i32>load<u32>(out, RESULT_LENGTH)
  const result = arenaAllocate(<usize>size * 3)
  let written: usize = result
  let isFirst = true
  for (let i = 0, k = 0; i < length; ) {
    const point = pointAt(at + i, length - i)
    i += pointSize
    // Of the dotted I there are two small letters.
    pointAt(lower + k, size - k)
    const bytes = point == DOTTED_I ? 3 : pointSize
    if (isFirst) written = writeTitle(written, point)
    else {
      memory.copy(written, lower + k, bytes)
      written += bytes
    }
    isFirst = point == 0x20
    k += bytes
  }
  arenaShrink(written)
  store<u32>(out, <u32>result, RESULT_ADDRESS)
  store<u32>(out, <u32>(written - result), RESULT_LENGTH)
}

/**
 * Code point by code point in small letters, as texts are compared that are alike but for case: all sigmas are one, whatever stands around them.
 */
export function textSmallLetters(at: usize, length: i32, out: usize): void {
  if (!hasNonAscii(at, length)) return changeCase(at, length, 0, out)
  changeLetters(at, length, false, out)
  const end = <usize>load<u32>(out, RESULT_ADDRESS) + load<u32>(out, RESULT_LENGTH)
  for (let i = <usize>load<u32>(out, RESULT_ADDRESS); i + 1 < end; i++) {
    if (load<u16>(i) == FINAL_SIGMA_BYTES) store<u8>(i, SIGMA_BYTE, 1)
  }
}

/**
 * Each code point as the small letter of its capital one, which patterns compare that do not look at case. Letters of which several are made are
 * their own capitals; of a dotted I it is the i.
 */
export function textFoldedLetters(at: usize, length: i32, out: usize): void {
  if (!hasNonAscii(at, length)) return changeCase(at, length, 0, out)
  const result = arenaAllocate(<usize>length * 3)
  let written: usize = result
  for (let i = 0; i < length; i += pointSize) {
    const point = pointAt(at + i, length - i)
    if (pointSize == 1) store<u8>(written++, point ^ (u32(point - 0x41 < 26) << 5))
    else {
      const size = pointSize
      const capital = changedLetter(point, true)
      const small = changedLetter(capital == SEVERAL ? point : capital, false)
      written += writeCodePoint(written, small == SEVERAL ? 0x69 : small)
      pointSize = size
    }
  }
  arenaShrink(written)
  store<u32>(out, <u32>result, RESULT_ADDRESS)
  store<u32>(out, <u32>(written - result), RESULT_LENGTH)
}

/** The bytes of a final sigma, CF 82, as a number; those of the other one are CF 83. */
const FINAL_SIGMA_BYTES: u16 = 0x82cf
const SIGMA_BYTE: u8 = 0x83

/** Whether a sigma ends its word: a letter with case stands before it and none behind, not counting what may be ignored. */
function isFinal(at: usize, place: i32, length: i32): bool {
  let i = place
  let found = false
  while (i > 0 && !found) {
    i--
    while (i > 0 && (load<u8>(at + i) & 0xc0) == 0x80) i--
    const point = pointAt(at + i, length - i)
    if (isCaseIgnorable(point)) continue
    if (!isCased(point)) return false
    found = true
  }
  if (!found) return false
  i = place + 2
  while (i < length) {
    const point = pointAt(at + i, length - i)
    i += pointSize
    if (!isCaseIgnorable(point)) return !isCased(point)
  }
  return true
}
