// What parsers and printers of values share. Printers write address and length of their text, in the arena, to `out`.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { arenaAllocate, arenaShrink } from '../arena'

/** What is left of a text without white space around it: address and length, as Spark's trimAll (controls count). */
export let trimmedAt: usize = 0
export let trimmedLength = 0

export function trimAll(at: usize, length: i32): void {
  while (length > 0 && isSpace(load<u8>(at))) {
    at++
    length--
  }
  while (length > 0 && isSpace(load<u8>(at + length - 1))) length--
  trimmedAt = at
  trimmedLength = length
}

function isSpace(byte: u8): bool {
  return byte <= 0x20 || byte == 0x7f
}

/** Whether a text is a word, given in lower case, whatever its own case. */
export function isWord(at: usize, length: i32, word: usize, size: i32): bool {
  if (length != size) return false
  for (let i = 0; i < size; i++) {
    const byte = load<u8>(at + i)
    const lower = byte - 0x41 < 26 ? byte | 0x20 : byte
    if (lower != load<u8>(word + i)) return false
  }
  return true
}

/** Begins a text of at most so many bytes. */
export function beginText(limit: i32): usize {
  return arenaAllocate(limit)
}

/** Ends it before `end`. */
export function endText(start: usize, end: usize, out: usize): void {
  arenaShrink(end)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(end - start), RESULT_LENGTH)
}

export function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? 0x30 + value : 0x37 + value)
}

export function lowerHexDigit(value: u32): u8 {
  return hexDigit(value) | 0x20
}

/** The number that two digits are, which were loaded as one; -1 where they are none. */
@inline
export function pairOf(word: u32): i32 {
  const digits = word - 0x3030
  if ((((word + 0x4646) | digits) & 0x8080) != 0) return -1
  return <i32>((digits & 15) * 10 + (digits >> 8))
}

/** The same of four digits. */
@inline
export function fourOf(word: u32): i32 {
  const digits = word - 0x30303030
  if ((((word + 0x46464646) | digits) & 0x80808080) != 0) return -1
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff
  return <i32>(((pairs * 100) & 0xffff) + (pairs >> 16))
}

/** Writes at least `width` digits; returns where they end. */
export function writeDigits(at: usize, value: u64, width: i32): usize {
  let digits = 1
  for (let rest = value / 10; rest != 0; rest /= 10) digits++
  if (digits < width) digits = width
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(at + i, <u8>(0x30 + value % 10))
    value /= 10
  }
  return at + digits
}
