// JSON without blanks, as to_json writes it, in lines as Jackson lays it out.
import { jsonBegin, jsonFinish, jsonRaw, jsonRoom } from './json-writer'

const QUOTE: u32 = 0x22
const INDENT = 2
/** A colon, a bracket that opens, and a comma, with the blanks around them. */
const WORDS = memory.data<u8>([0x20, 0x3a, 0x20, 0x5b, 0x20, 0x2c, 0x20])
const COLON = WORDS
const OPEN_LIST = WORDS + 3
const COMMA = WORDS + 5
const BLANK = WORDS

/** Writes a line's end and the blanks before the next one. */
function newLine(depth: i32): void {
  const blanks = depth * INDENT
  const at = jsonRoom(blanks + 1)
  store<u8>(at, 0x0a)
  memory.fill(at + 1, 0x20, blanks)
}

function skipText(p: usize): usize {
  for (p++; load<u8>(p) != QUOTE; p++) if (load<u8>(p) == 0x5c) p++
  return p + 1
}

/** The objects and arrays that are open, a byte for each: 1 for an object. Types are nested, so these are few. */
const DEEPEST = 1024
const OPENED: usize = memory.data(DEEPEST, 1)

/** Writes text that `jsonFinish` gave anew; writes address and length. */
export function jsonPretty(text: usize, length: i32, out: usize): void {
  const end = text + <usize>length
  let objects = 0
  let depth = 0
  jsonBegin()
  for (let p = text; p < end; ) {
    const c = <u32>load<u8>(p)
    const isClosing = c == 0x7d || c == 0x5d
    if (c == 0x7b || c == 0x5b) {
      store<u8>(OPENED + depth++, u8(c == 0x7b))
      jsonRaw(c == 0x5b ? OPEN_LIST : p, 1)
      objects += i32(c == 0x7b)
      const isEmpty = load<u8>(p, 1) == c + 2
      if (c == 0x7b && !isEmpty) newLine(objects)
      else jsonRaw(BLANK, 1)
      p++
      if (isEmpty) {
        depth--
        objects -= i32(c == 0x7b)
        jsonRaw(p++, 1)
      }
    } else if (isClosing) {
      depth--
      objects -= i32(c == 0x7d)
      if (c == 0x7d) newLine(objects)
      else jsonRaw(BLANK, 1)
      jsonRaw(p++, 1)
    } else if (c == 0x3a) {
      jsonRaw(COLON, 3)
      p++
    } else if (c == 0x2c) {
      const isObject = load<u8>(OPENED + depth - 1) != 0
      jsonRaw(COMMA, isObject ? 1 : 2)
      if (isObject) newLine(objects)
      p++
    } else {
      const from = p
      p = c == QUOTE ? skipText(p) : p + 1
      jsonRaw(from, <i32>(p - from))
    }
  }
  jsonFinish(out)
}
