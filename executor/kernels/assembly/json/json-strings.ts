// Strings of JSON text, found well-formed before: without their escapes.
import { arenaAllocate } from '../arena'
import { writeCodePoint } from '../text/strings'

// The text unescaped last.
export let plainAt: usize = 0
export let plainLength: i32 = 0
/** Where the code point read last by `readCharacter` ends. */
export let characterEnd: usize = 0

const QUESTION_MARK: u32 = 0x3f

function hex4(p: usize): u32 {
  let value: u32 = 0
  for (let i: usize = 0; i < 4; i++) {
    const c = <u32>load<u8>(p + i)
    value = (value << 4) | (c < 58 ? c - 48 : (c | 32) - 87)
  }
  return value
}

function plainOf(escape: u32): u32 {
  switch (escape) {
    case 0x62:
      return 8
    case 0x66:
      return 12
    case 0x6e:
      return 10
    case 0x72:
      return 13
    case 0x74:
      return 9
    default:
      return escape
  }
}

/** The code point that an escape stands for; half a surrogate pair is a question mark, as Java writes it in UTF-8. */
export function readEscape(p: usize, stop: usize): u32 {
  const e = <u32>load<u8>(p + 1)
  p += 2
  characterEnd = p
  if (e != 0x75) return plainOf(e)
  const point = hex4(p)
  p += 4
  characterEnd = p
  if (point - 0xd800 >= 0x800) return point
  if (point >= 0xdc00 || p + 6 > stop || load<u16>(p) != 0x755c) return QUESTION_MARK
  const low = hex4(p + 2)
  if (low - 0xdc00 >= 0x400) return QUESTION_MARK
  characterEnd = p + 6
  return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
}

/** Writes the string between `p` and `stop` without its escapes. */
export function unescape(p: usize, stop: usize): void {
  let at = arenaAllocate(stop - p)
  plainAt = at
  while (p < stop) {
    const c = <u32>load<u8>(p)
    if (c != 0x5c) {
      store<u8>(at++, c)
      p++
      continue
    }
    at += writeCodePoint(at, readEscape(p, stop))
    p = characterEnd
  }
  plainLength = <i32>(at - plainAt)
}
