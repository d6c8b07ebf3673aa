// JSON values as the text of a string field: written anew without blanks, numbers and escapes in the form Jackson gives them.
import { arenaAllocate, arenaShrink } from '../arena'
import { parseDouble } from '../numbers/double-parse'
import { writeDouble } from '../numbers/doubles'
import { integral, skipNumber, skipSpecialNumber, specialNumber } from './json-numbers'
import { blank, isQuote, skipQuoted, skipValue } from './json-scan'
import { characterEnd, readEscape } from './json-strings'
import { writeCodePoint } from '../text/strings'

/** The text written last. */
export let copyAt: usize = 0
export let copyLength: i32 = 0

const NUMBER: usize = memory.data(8, 8)
let out: usize = 0

/** Where the next byte is written. */
@inline
export function copyTo(): usize {
  return out
}
export function setCopyTo(at: usize): void {
  out = at
}

/** Room for values of a text of so many bytes written anew, each once. */
export function beginCopy(length: usize): usize {
  // A point beyond 16 bits becomes two escapes, 9e6 becomes 9000000.0: three times the bytes at most.
  out = arenaAllocate(length * 3 + 16)
  return out
}

/** Writes the value between `p` and `stop`, found well-formed before, anew into the arena. */
export function copyValue(p: usize, stop: usize): void {
  copyAt = beginCopy(stop - p)
  copyAny(p, stop)
  copyLength = <i32>(out - copyAt)
  arenaShrink(out)
}

function put(byte: u32): void {
  store<u8>(out++, byte)
}

function copyRaw(p: usize, end: usize): usize {
  memory.copy(out, p, end - p)
  out += end - p
  return end
}

/** Writes a value, and tells where it ends. */
export function copyAny(p: usize, stop: usize): usize {
  const c = load<u8>(p)
  if (isQuote(c)) return copyString(p, stop)
  if (c == 0x7b || c == 0x5b) return copyNested(p, stop, c + 2)
  if (<u32>c - 48 < 10 || (c == 0x2d && <u32>load<u8>(p, 1) - 48 < 10)) return copyNumber(p, stop)
  const after = skipSpecialNumber(p, stop)
  if (after == 0) return copyRaw(p, skipValue(p, stop, 0))
  putDouble(specialNumber)
  return after
}

/** An object or array; in an object every other member is a key. */
function copyNested(p: usize, stop: usize, close: u32): usize {
  put(load<u8>(p))
  while (true) {
    p = blank(p + 1, stop)
    if (load<u8>(p) == close) {
      put(close)
      return p + 1
    }
    p = blank(copyAny(p, stop), stop)
    const c = load<u8>(p)
    put(c)
    if (c == close) return p + 1
  }
}

function copyNumber(p: usize, stop: usize): usize {
  const after = skipNumber(p, stop)
  if (integral) {
    const isMinusZero = load<u8>(p) == 0x2d && load<u8>(p, 1) == 0x30
    return copyRaw(isMinusZero ? p + 1 : p, after)
  }
  parseDouble(p, <i32>(after - p), NUMBER)
  putDouble(load<f64>(NUMBER))
  return after
}

function putDouble(value: f64): void {
  // What is no number in JSON goes in quotes.
  const quoted = value - value != 0
  if (quoted) put(0x22)
  out = writeDouble(out, value, false)
  if (quoted) put(0x22)
}

function copyString(p: usize, stop: usize): usize {
  const after = skipQuoted(load<u8>(p), p + 1, stop)
  const end = after - 1
  p++
  put(0x22)
  while (p < end) {
    const c = <u32>load<u8>(p)
    if (c == 0x5c) {
      putPoint(readEscape(p, end))
      p = characterEnd
    } else if (c < 0xf0) {
      putPoint(c < 0x80 ? c : c + 0x110000)
      p++
    } else {
      putPoint(
        ((c & 7) << 18) | ((<u32>load<u8>(p, 1) & 63) << 12) | ((<u32>load<u8>(p, 2) & 63) << 6) | (<u32>load<u8>(p, 3) & 63),
      )
      p += 4
    }
  }
  put(0x22)
  return after
}

/** Writes a string without its quotes and escapes. */
export function copyPlain(p: usize, after: usize): void {
  const end = after - 1
  for (p++; p < end; ) {
    if (load<u8>(p) == 0x5c) {
      out += writeCodePoint(out, readEscape(p, end))
      p = characterEnd
    } else put(load<u8>(p++))
  }
}

/** Writes a code point as Jackson does in a string; beyond the last one it is a byte of one. */
function putPoint(point: u32): void {
  if (point >= 0x110000) put(point - 0x110000)
  else if (point >= 0x10000) {
    putUnicode(0xd800 + ((point - 0x10000) >> 10))
    putUnicode(0xdc00 + ((point - 0x10000) & 0x3ff))
  } else if (point == 0x22 || point == 0x5c) {
    put(0x5c)
    put(point)
  } else if (point >= 0x20) out += writeCodePoint(out, point)
  else {
    const letter = point == 8 ? 0x62 : point == 9 ? 0x74 : point == 10 ? 0x6e : point == 12 ? 0x66 : point == 13 ? 0x72 : 0
    if (letter == 0) putUnicode(point)
    else {
      put(0x5c)
      put(letter)
    }
  }
}

function putUnicode(unit: u32): void {
  put(0x5c)
  put(0x75)
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (unit >> shift) & 15
    put(digit < 10 ? 0x30 + digit : 0x37 + digit)
  }
}
