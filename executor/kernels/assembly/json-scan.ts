// Walking over JSON text. Nothing beyond its end is read, and its depth is bounded.
import { arenaAllocate } from './arena'

export const MAX_DEPTH = 200
const TRUE: u32 = 0x65757274
const NULL: u32 = 0x6c6c756e
const ALSE: u32 = 0x65736c61

/** Whether the string or key read last has escapes. */
export let escaped: bool = false
// The number read last: its digits without the point (when there are at most 18), how many of them are a fraction, and its form.
export let digits: u64 = 0
export let digitCount = 0
export let fractionCount = 0
export let negative: bool = false
export let integral: bool = false
export let exponential: bool = false
export let integerDigits = 0
// The text unescaped last.
export let plainAt: usize = 0
export let plainLength: i32 = 0

@inline
export function blank(p: usize, end: usize): usize {
  while (p < end && isBlank(load<u8>(p))) p++
  return p
}

@inline
function isBlank(c: u32): bool {
  return c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09
}

@inline
function isDigit(p: usize, end: usize): bool {
  return p < end && <u32>load<u8>(p) - 48 < 10
}

function isHex(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 6
}

/** From after the opening quote to after the closing one; 0 when malformed. */
export function skipString(p: usize, end: usize): usize {
  escaped = false
  while (p < end) {
    while (p + 16 <= end) {
      const v = v128.load(p)
      const stops = v128.or(
        v128.or(i8x16.eq(v, i8x16.splat(0x22)), i8x16.eq(v, i8x16.splat(0x5c))),
        i8x16.lt_u(v, i8x16.splat(0x20)),
      )
      const mask = i8x16.bitmask(stops)
      if (mask) {
        p += <usize>ctz(mask)
        break
      }
      p += 16
    }
    while (p < end) {
      const c = load<u8>(p)
      if (c == 0x22 || c == 0x5c || c < 0x20) break
      p++
    }
    if (p >= end) return 0
    const c = load<u8>(p)
    if (c == 0x22) return p + 1
    if (c != 0x5c || p + 1 >= end) return 0
    escaped = true
    const e = load<u8>(p + 1)
    p += 2
    if (e == 0x75) {
      if (p + 4 > end) return 0
      for (let i: usize = 0; i < 4; i++) if (!isHex(load<u8>(p + i))) return 0
      p += 4
    } else if (
      e != 0x22 && e != 0x5c && e != 0x2f && e != 0x62 && e != 0x66 && e != 0x6e && e != 0x72 && e != 0x74
    ) {
      return 0
    }
  }
  return 0
}

/** To after a number; 0 when malformed. */
export function skipNumber(p: usize, end: usize): usize {
  negative = load<u8>(p) == 0x2d
  if (negative) p++
  let value: u64 = 0
  const start = p
  while (isDigit(p, end)) value = value * 10 + <u64>(load<u8>(p++) - 48)
  integerDigits = <i32>(p - start)
  if (integerDigits == 0 || (integerDigits > 1 && load<u8>(start) == 0x30)) return 0
  integral = true
  exponential = false
  fractionCount = 0
  if (p < end && load<u8>(p) == 0x2e) {
    integral = false
    const fraction = ++p
    while (isDigit(p, end)) value = value * 10 + <u64>(load<u8>(p++) - 48)
    fractionCount = <i32>(p - fraction)
    if (fractionCount == 0) return 0
  }
  digits = value
  digitCount = integerDigits + fractionCount
  if (p < end && (load<u8>(p) | 32) == 0x65) {
    integral = false
    exponential = true
    p++
    if (p < end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) p++
    if (!isDigit(p, end)) return 0
    while (isDigit(p, end)) p++
  }
  return p
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
  if (p >= end) return 0
  const c = load<u8>(p)
  if (c == 0x22) return skipString(p + 1, end)
  if (c == 0x2d || <u32>c - 48 < 10) return skipNumber(p, end)
  if (c == 0x7b) return skipObject(p + 1, end, depth + 1)
  if (c == 0x5b) return skipArray(p + 1, end, depth + 1)
  return skipWord(p, end)
}

function skipArray(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x5d) return p + 1
  while (true) {
    p = skipValue(blank(p, end), end, depth)
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return 0
    const c = load<u8>(p++)
    if (c == 0x5d) return p
    if (c != 0x2c) return 0
  }
}

function skipObject(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    if (p >= end || load<u8>(p) != 0x22) return 0
    p = skipString(p + 1, end)
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end || load<u8>(p) != 0x3a) return 0
    p = skipValue(blank(p + 1, end), end, depth)
    if (p == 0) return 0
    p = blank(p, end)
    if (p >= end) return 0
    const c = load<u8>(p++)
    if (c == 0x7d) return p
    if (c != 0x2c) return 0
  }
}

function hex4(p: usize): u32 {
  let value: u32 = 0
  for (let i: usize = 0; i < 4; i++) {
    const c = <u32>load<u8>(p + i)
    value = (value << 4) | (c < 58 ? c - 48 : (c | 32) - 87)
  }
  return value
}

function writePoint(at: usize, point: u32): usize {
  if (point < 0x80) {
    store<u8>(at, point)
    return at + 1
  }
  if (point < 0x800) {
    store<u8>(at, 0xc0 | (point >> 6))
    store<u8>(at + 1, 0x80 | (point & 63))
    return at + 2
  }
  if (point < 0x10000) {
    store<u8>(at, 0xe0 | (point >> 12))
    store<u8>(at + 1, 0x80 | ((point >> 6) & 63))
    store<u8>(at + 2, 0x80 | (point & 63))
    return at + 3
  }
  store<u8>(at, 0xf0 | (point >> 18))
  store<u8>(at + 1, 0x80 | ((point >> 12) & 63))
  store<u8>(at + 2, 0x80 | ((point >> 6) & 63))
  store<u8>(at + 3, 0x80 | (point & 63))
  return at + 4
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

/** Writes the string between `p` and `stop`, found well-formed before, without its escapes; false for half a surrogate pair. */
export function unescape(p: usize, stop: usize): bool {
  let at = arenaAllocate(stop - p)
  plainAt = at
  while (p < stop) {
    const c = <u32>load<u8>(p)
    if (c != 0x5c) {
      store<u8>(at++, c)
      p++
      continue
    }
    const e = <u32>load<u8>(p + 1)
    p += 2
    if (e != 0x75) {
      store<u8>(at++, plainOf(e))
      continue
    }
    let point = hex4(p)
    p += 4
    if (point - 0xdc00 < 0x400) return false
    if (point - 0xd800 < 0x400) {
      if (p + 6 > stop || load<u16>(p) != 0x755c) return false
      const low = hex4(p + 2)
      if (low - 0xdc00 >= 0x400) return false
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00)
      p += 6
    }
    at = writePoint(at, point)
  }
  plainLength = <i32>(at - plainAt)
  return true
}
