// Where the values of a row of CSV end, found for all of them before any is read.

import { othersIn } from '../numbers/plain-number'

/** Of a row with more values the later ones are not known. */
export const MOST_VALUES = 1024
const WORD: usize = 4
const BLOCK: usize = 16
export const LARGE_BLOCK: usize = 64
/** So many ends may be written for a block, wanted or not. */
const ENDS: usize = memory.data(4 * (MOST_VALUES + 80), 16)
/** No byte of a text. */
const NO_BYTE: u32 = 0xff

/** Whether values of the row begin with quotes, and whether some have quotes within, which are written twice. */
export let hasQuotes = false
export let hasPairs = false

/** The end of a value, by its number. */
@inline
export function valueEnd(value: i32): usize {
  return load<u32>(ENDS + ((<usize>value) << 2))
}

/** Writes where the bits that are set lie behind `p`, and returns where the next end is to be written. */
@inline
function writeEnds(p: usize, found: u64, out: usize): usize {
  const next = out + (<usize>popcnt(found) << 2)
  // Four at a time without asking whether there are so many.
  do {
    store<u32>(out, <u32>p + <u32>ctz(found))
    found &= found - 1
    store<u32>(out + WORD, <u32>p + <u32>ctz(found))
    found &= found - 1
    store<u32>(out + 2 * WORD, <u32>p + <u32>ctz(found))
    found &= found - 1
    store<u32>(out + 3 * WORD, <u32>p + <u32>ctz(found))
    found &= found - 1
    out += 4 * WORD
  } while (found != 0)
  return next
}

@inline
function endsIn(out: usize, end: usize): i32 {
  store<u32>(out, <u32>end)
  return <i32>((out - ENDS) >> 2) + 1
}

/** Whether a value of a row begins at a byte of it. */
@inline
function beginsAt(p: usize, row: usize, separator: u32): bool {
  return p == row || load<u8>(p - 1) == separator
}

/**
 * Finds where values end, at least `most` of them if there are so many; returns how many it found, or -1 if there are quotes in other places than around values, and than
 * in pairs within these where a quote is escaped by another one. Up to 15 bytes behind the row are loaded and do not count.
 */
export function indexValues(row: usize, end: usize, separator: u32, quote: u32, escapeByte: u32, most: i32): i32 {
  const separators = i8x16.splat(<i8>separator)
  const quotes = i8x16.splat(<i8>(quote == 0 ? NO_BYTE : quote))
  const full = ENDS + (<usize>most << 2)
  hasQuotes = false
  let out = ENDS
  let p = row
  for (; p + LARGE_BLOCK <= end && out < full; p += LARGE_BLOCK) {
    const a = v128.load(p)
    const b = v128.load(p + BLOCK)
    const c = v128.load(p + 2 * BLOCK)
    const d = v128.load(p + 3 * BLOCK)
    const some = v128.or(v128.or(i8x16.eq(a, quotes), i8x16.eq(b, quotes)), v128.or(i8x16.eq(c, quotes), i8x16.eq(d, quotes)))
    if (v128.any_true(some)) return indexQuoted(p, beginsAt(p, row, separator), end, separators, quotes, escapeByte, full, out)
    out = writeEnds(p, bitsOf(a, b, c, d, separators), out)
  }
  for (; p < end && out < full; p += BLOCK) {
    const bytes = v128.load(p)
    const within = end - p < BLOCK ? (1 << <i32>(end - p)) - 1 : 0xffff
    if ((i8x16.bitmask(i8x16.eq(bytes, quotes)) & within) != 0)
      return indexQuoted(p, beginsAt(p, row, separator), end, separators, quotes, escapeByte, full, out)
    out = writeEnds(p, <u64>(i8x16.bitmask(i8x16.eq(bytes, separators)) & within), out)
  }
  return endsIn(out, end)
}

/** A bit for each of 64 bytes that is as those of `wanted`. */
@inline
export function bitsOf(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  const low = <u32>i8x16.bitmask(i8x16.eq(a, wanted)) | (<u32>i8x16.bitmask(i8x16.eq(b, wanted)) << 16)
  const high = <u32>i8x16.bitmask(i8x16.eq(c, wanted)) | (<u32>i8x16.bitmask(i8x16.eq(d, wanted)) << 16)
  return <u64>low | (<u64>high << 32)
}

/** A bit for each of 64 bytes that is no digit. */
@inline
export function othersThanDigits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>othersIn(a) | (<u32>othersIn(b) << 16)
  const high = <u32>othersIn(c) | (<u32>othersIn(d) << 16)
  return <u64>low | (<u64>high << 32)
}

/** Of each bit whether the number of bits that are set up to it is odd: of quotes, what is between them, with the first of two. */
@inline
export function oddUpTo(bits: u64): u64 {
  bits ^= bits << 1
  bits ^= bits << 2
  bits ^= bits << 4
  bits ^= bits << 8
  bits ^= bits << 16
  return bits ^ (bits << 32)
}

/** Goes on from the first block in which there are quotes; `begins`: a value begins with it. */
function indexQuoted(from: usize, begins: bool, end: usize, separators: v128, quotes: v128, escapeByte: u32, full: usize, to: usize): i32 {
  const escapes = i8x16.splat(<i8>escapeByte)
  // A bit each: whether a quote may open at the first byte of the block, whether a value is open there, and whether one closed before.
  let opens = <u64>begins
  let open: u64 = 0
  let closed: u64 = 0
  let wrong: u64 = 0
  let pairs: u64 = 0
  let out = to
  const isPaired = i8x16.extract_lane_u(quotes, 0) == i8x16.extract_lane_u(escapes, 0)
  for (let p = from; p < end && out < full; p += LARGE_BLOCK) {
    const left = end - p
    const within: u64 = left < LARGE_BLOCK ? (<u64>1 << <u64>left) - 1 : -1
    // Blocks behind the end are not loaded.
    const a = v128.load(p)
    const b = v128.load(left > BLOCK ? p + BLOCK : p)
    const c = v128.load(left > 2 * BLOCK ? p + 2 * BLOCK : p)
    const d = v128.load(left > 3 * BLOCK ? p + 3 * BLOCK : p)
    const marks = bitsOf(a, b, c, d, quotes) & within
    const inside = oddUpTo(marks) ^ open
    const ends = bitsOf(a, b, c, d, separators) & within & ~inside
    const opening = marks & inside
    const closing = marks & ~inside
    const behind = (closing << 1) | closed
    wrong |= (opening & ~(((ends | closing) << 1) | opens)) | (behind & within & ~(ends | opening))
    pairs |= behind & opening
    if (!isPaired) wrong |= bitsOf(a, b, c, d, escapes) & inside & within
    opens = (ends | closing) >> 63
    closed = closing >> 63
    open = <u64>(<i64>inside >> 63)
    out = writeEnds(p, ends, out)
  }
  if (wrong != 0 || open != 0 || (pairs != 0 && !isPaired)) return -1
  hasQuotes = true
  hasPairs = pairs != 0
  return endsIn(out, end)
}
