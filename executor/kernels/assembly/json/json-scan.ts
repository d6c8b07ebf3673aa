// Walking over JSON text as Jackson does by default for Spark: single quotes, NaN and infinities are taken. Nothing beyond the end is
// read, and the depth is bounded.
import { forgetError, malformed } from './json-errors'
import { beginKnownKeys, keepKey, knownKey } from './json-known-keys'
import { isDigit, passNumber, skipSpecialNumber } from './json-numbers'

export const MAX_DEPTH = 1000
const TRUE: u32 = 0x65757274
const NULL: u32 = 0x6c6c756e
const ALSE: u32 = 0x65736c61
const QUOTE: u32 = 0x22
const APOSTROPHE: u32 = 0x27

/** Whether the string or key read last has escapes. */
export let escaped: bool = false

/** After the value of a member that is malformed as a whole, and not inside, Jackson sees no more of the text. */
export function malformedMember(value: usize, end: usize): usize {
  if (value < end) {
    const c = load<u8>(value)
    if (!isQuote(c) && c != 0x7b && c != 0x5b) forgetError()
  }
  return 0
}

@inline
export function blank(p: usize, end: usize): usize {
  while (p < end && <u32>load<u8>(p) <= 0x20 && isBlank(load<u8>(p))) p++
  return p
}

@inline
function isBlank(c: u32): bool {
  return c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09
}

@inline
export function isQuote(c: u32): bool {
  return c == QUOTE || c == APOSTROPHE
}

function isHex(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 6
}

/** To after an escape, from its backslash on; 0 when malformed. */
function skipEscape(p: usize, end: usize): usize {
  if (p + 1 >= end) return malformed(end)
  const e = load<u8>(p + 1)
  p += 2
  if (e == 0x75) {
    for (let i = 0; i < 4; i++, p++) {
      if (p == end) return malformed(end)
      if (!isHex(load<u8>(p))) return malformed(p + 1)
    }
    return p
  }
  const known =
    e == 0x22 || e == 0x27 || e == 0x5c || e == 0x2f || e == 0x62 || e == 0x66 || e == 0x6e || e == 0x72 || e == 0x74
  return known ? p : malformed(p)
}

/**
 * The first quote, backslash or control in the 16 bytes from `p` on, or as many as there are before the end: a byte of them, or `end` or
 * behind 16 when there is none. Less than 16 bytes before the end those before `p` are loaded as well: other data or the start of memory.
 */
@inline
export function stopFrom(p: usize, end: usize): usize {
  const from = min(p, end - 16)
  const v = v128.load(from)
  const stops = v128.or(
    v128.or(i8x16.eq(v, i8x16.splat(<i8>QUOTE)), i8x16.eq(v, i8x16.splat(0x5c))),
    // Less than 0x20, by an instruction less.
    i8x16.eq(i8x16.max_u(v, i8x16.splat(0x1f)), i8x16.splat(0x1f)),
  )
  const mask = (i8x16.bitmask(stops) | 0x10000) >>> <i32>(p - from)
  return p + <usize>ctz(mask)
}

/** From after the opening quote to after the closing one; 0 when malformed. */
function skipString(p: usize, end: usize): usize {
  escaped = false
  while (p < end) {
    let stop = stopFrom(p, end)
    while (stop == p + 16 && stop < end) {
      p = stop
      stop = stopFrom(p, end)
    }
    p = stop
    if (p >= end) break
    const c = load<u8>(p)
    if (c == QUOTE) return p + 1
    if (c != 0x5c) {
      if (!takesControls) return malformed(p + 1)
      p++
      continue
    }
    escaped = true
    p = skipEscape(p, end)
    if (p == 0) return 0
  }
  return malformed(end)
}

/** The same for a string in single quotes. */
function skipSingleQuoted(p: usize, end: usize): usize {
  escaped = false
  while (p < end) {
    const c = load<u8>(p)
    if (c == APOSTROPHE) return p + 1
    if (c < 0x20 && !takesControls) return malformed(p + 1)
    if (c != 0x5c) p++
    else {
      escaped = true
      p = skipEscape(p, end)
      if (p == 0) return 0
    }
  }
  return malformed(end)
}

/** The same for a string in quotes of either kind, `quote` being the opening one. Most are short and without escapes: these take no call. */
@inline
export function skipQuoted(quote: u32, p: usize, end: usize): usize {
  if (quote != QUOTE) return skipSingleQuoted(p, end)
  const stop = stopFrom(p, end)
  if (stop == end || load<u8>(stop) != QUOTE) return skipString(stop, end)
  escaped = false
  return stop + 1
}

/** Whether NaN and the infinities are taken. */
let takesSpecialNumbers = true
export function takeSpecialNumbers(takes: bool): void {
  takesSpecialNumbers = takes
}

/** Whether controls may stand in strings as they are. */
let takesControls = false

/** Where Spark reads values by paths, and keys, it takes controls, but neither NaN nor the infinities. */
export function readByPaths(isOn: bool): void {
  takesControls = isOn
  takesSpecialNumbers = !isOn
  if (isOn) beginKnownKeys()
}

/** To after true, false or null; 0 when it is none of them. */
function skipWord(p: usize, end: usize): usize {
  if (p + 4 > end) return 0
  const word = load<u32>(p)
  if (word == TRUE || word == NULL) return p + 4
  return p + 5 <= end && load<u8>(p) == 0x66 && load<u32>(p + 1) == ALSE ? p + 5 : 0
}

/** To after a value of any kind; 0 when malformed. */
export function skipValue(p: usize, end: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const c = load<u8>(p)
  if (c == QUOTE) return skipQuoted(QUOTE, p + 1, end)
  if (<u32>c - 48 < 10) return passNumber(p, end)
  if (c == 0x7b) return skipObject(p + 1, end, depth + 1)
  if (c == 0x5b) return skipArray(p + 1, end, depth + 1)
  if (c == 0x2d && isDigit(p + 1, end)) return passNumber(p, end)
  if (c == APOSTROPHE) return skipSingleQuoted(p + 1, end)
  let after = skipWord(p, end)
  if (after == 0 && takesSpecialNumbers) after = skipSpecialNumber(p, end)
  return after != 0 ? after : malformed(skipLetters(p + 1, end))
}

/** As `skipValue`, without a call for strings without escapes and for plain numbers that something follows. */
@inline
export function passValue(p: usize, end: usize, depth: i32): usize {
  if (p < end) {
    const c = <u32>load<u8>(p)
    if (c == QUOTE) {
      const stop = stopFrom(p + 1, end)
      if (stop < end && load<u8>(stop) == QUOTE) {
        escaped = false
        return stop + 1
      }
    } else if (c - 49 < 9) {
      let after = p + 1
      while (isDigit(after, end)) after++
      if (after < end && load<u8>(after) == 0x2e && isDigit(after + 1, end)) {
        after += 2
        while (isDigit(after, end)) after++
      }
      if (after < end && (load<u8>(after) == 0x2c || load<u8>(after) == 0x7d || load<u8>(after) == 0x5d)) return after
    }
  }
  return skipValue(p, end, depth)
}

/** To after the rest of a word that is none of JSON. */
function skipLetters(p: usize, end: usize): usize {
  while (p < end && (<u32>load<u8>(p) - 48 < 10 || (<u32>load<u8>(p) | 32) - 97 < 26)) p++
  return p
}

/** Where the key ends that was passed last, without its quote. */
export let keyEnd: usize = 0

/** From the quote of a key to after its colon; 0 when malformed. */
export function passKey(p: usize, end: usize): usize {
  if (p >= end || !isQuote(load<u8>(p))) return malformed(min(p + 1, end))
  const quote = load<u8>(p)
  const after = skipQuoted(quote, p + 1, end)
  if (after == 0) return 0
  keyEnd = after - 1
  const colon = blank(after, end)
  if (colon >= end || load<u8>(colon) != 0x3a) return malformed(min(colon + 1, end))
  // What is known was read with the same rules.
  if (takesControls && quote == QUOTE && !escaped) keepKey(p, <i32>(keyEnd - p) - 1, colon + 1)
  return colon + 1
}

function skipArray(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x5d) return p + 1
  while (true) {
    p = passValue(blank(p, end), end, depth)
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return malformed(end)
    const c = load<u8>(p++)
    if (c == 0x5d) return p
    if (c != 0x2c) return malformed(p)
  }
}

function skipObject(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    let value = takesControls ? knownKey(p, end) : 0
    if (value == 0) value = passKey(p, end)
    if (value == 0) return 0
    value = blank(value, end)
    p = passValue(value, end, depth)
    if (p == 0) return malformedMember(value, end)
    p = blank(p, end)
    if (p >= end) return malformed(end)
    const c = load<u8>(p++)
    if (c == 0x7d) return p
    if (c != 0x2c) return malformed(p)
  }
}
