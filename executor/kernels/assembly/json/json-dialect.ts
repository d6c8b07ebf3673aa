// JSON text as Jackson takes it when it is told to, written as JSON that needs not be told: names get quotes, comments go, and so on.
import {
  JSON_ANY_ESCAPE,
  JSON_COMMENTS,
  JSON_CONTROLS,
  JSON_LEADING_ZEROS,
  JSON_NO_SINGLE_QUOTES,
  JSON_UNQUOTED_NAMES,
} from '../../interface/json-spec'
import { arenaShrink, roomFor } from '../arena'
import { blank, isQuote } from './json-scan'

/** The text written last, and where it ends. */
export let plainAt: usize = 0
export let plainEnd: usize = 0

/** A control in a string becomes an escape of six bytes. */
const GROWTH = 6
const BACKSLASH: u32 = 0x5c
const NO_JSON: u32 = 0x01

let out: usize = 0
let end: usize = 0

function put(byte: u32): void {
  store<u8>(out++, byte)
}

export function withoutDialect(text: usize, length: i32, flags: u32): void {
  plainAt = roomFor(<u64>length * GROWTH + 16)
  out = plainAt
  end = text + <usize>length
  let p = text
  while (p < end) {
    const c = <u32>load<u8>(p)
    if (c == 0x27 && flags & JSON_NO_SINGLE_QUOTES) {
      put(NO_JSON)
      p++
    } else if (isQuote(c)) p = writeString(p, flags)
    else if (c == 0x2f && flags & JSON_COMMENTS) p = skipComment(p)
    else if (c - 0x30 < 10) p = writeNumber(p, flags)
    else if (isNameByte(c)) p = writeWord(p, flags)
    else {
      put(c)
      p++
    }
  }
  plainEnd = out
  arenaShrink(out)
}

/** A string to after its closing quote. */
function writeString(p: usize, flags: u32): usize {
  const quote = <u32>load<u8>(p++)
  put(quote)
  while (p < end) {
    const c = <u32>load<u8>(p++)
    if (c == BACKSLASH && p < end) {
      const escaped = <u32>load<u8>(p++)
      if (flags & JSON_ANY_ESCAPE && !isEscape(escaped)) putInString(escaped, flags)
      else {
        put(c)
        put(escaped)
      }
    } else if (c == quote) {
      put(c)
      return p
    } else putInString(c, flags)
  }
  return p
}

function isEscape(c: u32): bool {
  if (c == 0x22 || c == 0x27 || c == BACKSLASH || c == 0x2f) return true
  return c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74 || c == 0x75
}

function putInString(c: u32, flags: u32): void {
  if (c >= 0x20 || !(flags & JSON_CONTROLS)) return put(c)
  // \u00 and two digits.
  store<u32>(out, 0x3030755c)
  store<u8>(out, <u8>(0x30 + (c >> 4)), 4)
  store<u8>(out, <u8>((c & 15) < 10 ? 0x30 + (c & 15) : 0x57 + (c & 15)), 5)
  out += 6
}

/** To after a comment, which is a blank; one that does not end takes the rest. What is none is no JSON either. */
function skipComment(p: usize): usize {
  const kind = p + 1 < end ? <u32>load<u8>(p, 1) : 0
  if (kind != 0x2f && kind != 0x2a) {
    put(NO_JSON)
    return p + 1
  }
  put(0x20)
  p += 2
  if (kind == 0x2f) {
    while (p < end && load<u8>(p) != 0x0a && load<u8>(p) != 0x0d) p++
    return p
  }
  while (p + 1 < end && (load<u8>(p) != 0x2a || load<u8>(p, 1) != 0x2f)) p++
  if (p + 1 < end) return p + 2
  put(NO_JSON)
  return end
}

/** A number, of which the zeros before it go. */
function writeNumber(p: usize, flags: u32): usize {
  if (flags & JSON_LEADING_ZEROS) while (p + 1 < end && load<u8>(p) == 0x30 && <u32>load<u8>(p, 1) - 0x30 < 10) p++
  while (p < end && isNumberByte(load<u8>(p))) put(load<u8>(p++))
  return p
}

function isNumberByte(c: u32): bool {
  return c - 0x30 < 10 || c == 0x2e || (c | 0x20) == 0x65 || c == 0x2b || c == 0x2d
}

function isNameByte(c: u32): bool {
  return (c | 0x20) - 0x61 < 26 || c >= 0x80 || c == 0x5f || c == 0x24 || c == 0x40 || c == 0x23 || c == 0x2a
}

/** A word, which gets quotes where it is a name: in front of a colon. */
function writeWord(p: usize, flags: u32): usize {
  let after = p
  while (after < end && (isNameByte(load<u8>(after)) || <u32>load<u8>(after) - 0x30 < 10 || load<u8>(after) == 0x2d)) after++
  const next = blank(after, end)
  const isName = flags & JSON_UNQUOTED_NAMES && next < end && load<u8>(next) == 0x3a
  if (isName) put(0x22)
  memory.copy(out, p, after - p)
  out += after - p
  if (isName) put(0x22)
  return after
}
