// JSON text as a variant. The text comes from outside: nothing beyond its end is read, and its depth is bounded. It is read as Jackson reads it when
// nothing is allowed that is no JSON; what follows the value is not looked at.
import { ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { VARIANT_BAD_TEXT, VARIANT_EQUAL_KEYS, VARIANT_TOO_LARGE } from '../../interface/variant'
import { parseDouble } from '../numbers/double-parse'
import { parseDecimal, parseLong } from '../numbers/integers'
import { digitCount, exponential, fractionCount, integral, integerDigits, skipNumber, skipSpecialNumber, specialNumber } from '../json/json-numbers'
import { blank, escaped, isQuote, MAX_DEPTH, skipQuoted } from '../json/json-scan'
import { plainAt, plainLength, unescape } from '../json/json-strings'
import { tellBytes } from './variant'
import {
  appendBoolean,
  appendDecimal,
  appendDouble,
  appendMember,
  appendNull,
  appendString,
  appendWhole,
  equalKey,
  finishArray,
  finishObject,
  variantBegin,
  variantCursor,
  variantFinish,
  variantIsTooLarge,
  variantKey,
} from './variant-builder'
import { keyAddress, keySize } from './variant-keys'

const QUOTE: u32 = 0x22
const BACKSLASH: u32 = 0x5c
const MOST_DIGITS = 38
/** Whether there are quotes of one kind alone, and NaN and the infinities are not taken. */
let isStrict = true
const NUMBER: usize = memory.data(16, 16)
const TRUE: u32 = 0x65757274
const NULL: u32 = 0x6c6c756e
const ALSE: u32 = 0x65736c61

/**
 * Writes address and length of the variant that a text says.
 * @returns ROUTINE_VALUE, VARIANT_BAD_TEXT, VARIANT_EQUAL_KEYS with the key as a text, VARIANT_TOO_LARGE
 */
export function variantParse(text: usize, length: i32, out: usize): i32 {
  const end = text + <usize>length
  const start = blank(text, end)
  variantBegin()
  const after: usize = start == end ? 0 : appendValue(start, end, 0)
  if (equalKey >= 0) {
    tellBytes(keyAddress(equalKey), keySize(equalKey), out)
    return VARIANT_EQUAL_KEYS
  }
  if (after == 0 || !endsNumber(start, after, end)) {
    tellBytes(text, length, out)
    return VARIANT_BAD_TEXT
  }
  if (variantIsTooLarge()) return VARIANT_TOO_LARGE
  variantFinish(out)
  return ROUTINE_VALUE
}

/** The same with NULL for what is malformed or too large. */
export function variantTryParse(text: usize, length: i32, out: usize): i32 {
  return variantParse(text, length, out) == ROUTINE_VALUE ? ROUTINE_VALUE : ROUTINE_NULL
}

/** Behind a number that is all there must be a blank, if anything. */
function endsNumber(start: usize, after: usize, end: usize): bool {
  const first = <u32>load<u8>(start)
  return after == end || (first != 0x2d && first - 48 > 9) || blank(after, after + 1) != after
}

/** Makes a variant of a value in other JSON, well-formed by the rules there; false when it has a key twice, or makes too many bytes. */
export function variantFromJson(p: usize, end: usize, depth: i32): bool {
  variantBegin()
  isStrict = false
  const after = appendValue(p, end, depth)
  isStrict = true
  return after != 0 && !variantIsTooLarge()
}

/** Appends a value; where it ends, 0 when it is malformed. */
function appendValue(p: usize, end: usize, depth: i32): usize {
  if (p >= end) return 0
  const c = <u32>load<u8>(p)
  if (isOpeningQuote(c)) {
    const after = skipText(c, p + 1, end)
    if (after == 0) return 0
    if (escaped) appendString(plainAt, plainLength)
    else appendString(p + 1, <i32>(after - p - 2))
    return after
  }
  if (c - 48 < 10 || (c == 0x2d && p + 1 < end && <u32>load<u8>(p, 1) - 48 < 10)) return appendNumber(p, end)
  if (c == 0x7b) return appendObject(p + 1, end, depth + 1)
  if (c == 0x5b) return appendArray(p + 1, end, depth + 1)
  const after = appendWord(p, end)
  return after != 0 || isStrict ? after : appendSpecialNumber(p, end)
}

@inline
function isOpeningQuote(c: u32): bool {
  return c == QUOTE || (!isStrict && isQuote(c))
}

function appendSpecialNumber(p: usize, end: usize): usize {
  const after = skipSpecialNumber(p, end)
  if (after != 0) appendDouble(specialNumber)
  return after
}

/** To after a text, whose escapes are taken away; 0 when it is malformed. */
function skipText(quote: u32, p: usize, end: usize): usize {
  const after = skipQuoted(quote, p, end)
  if (after == 0 || !escaped) return after
  if (isStrict && !hasOnlyStrictEscapes(p, after - 1)) return 0
  unescape(p, after - 1)
  return after
}

/** Whether no apostrophe is escaped, and each half of a pair of surrogates has the other one. */
function hasOnlyStrictEscapes(p: usize, stop: usize): bool {
  while (p < stop) {
    if (load<u8>(p++) != <u8>BACKSLASH) continue
    const e = load<u8>(p++)
    if (e == 0x27) return false
    if (e != 0x75) continue
    const half = surrogateOf(p)
    p += 4
    if (half == 0) continue
    if (half == 2 || p + 6 > stop || load<u16>(p) != 0x755c || surrogateOf(p + 2) != 2) return false
    p += 6
  }
  return true
}

/** 1 for four digits that are the first half of a pair of surrogates, 2 for the second half. */
function surrogateOf(p: usize): i32 {
  if ((load<u8>(p) | 32) != 0x64) return 0
  const digit = <u32>(load<u8>(p, 1) | 32)
  if (digit == 0x38 || digit == 0x39 || digit == 0x61 || digit == 0x62) return 1
  return digit >= 0x63 && digit <= 0x66 ? 2 : 0
}

/** Whole numbers of 64 bits, then decimals of 38 digits, then doubles. */
function appendNumber(p: usize, end: usize): usize {
  const after = skipNumber(p, end)
  if (after == 0) return 0
  const length = <i32>(after - p)
  if (integral && parseLong(p, length, NUMBER) == 0) appendWhole(load<i64>(NUMBER))
  else if (!exponential && isDecimal(p) && parseDecimal(p, length, MOST_DIGITS, fractionCount, NUMBER) == 0)
    appendDecimal(load<i64>(NUMBER), load<i64>(NUMBER, 8), fractionCount)
  else {
    parseDouble(p, length, NUMBER)
    appendDouble(load<f64>(NUMBER))
  }
  return after
}

/** Whether the number read last has so few digits that it is a decimal; zeros before the first one are none. */
function isDecimal(p: usize): bool {
  if (fractionCount > MOST_DIGITS) return false
  if (integerDigits <= MOST_DIGITS && digitCount <= MOST_DIGITS) return true
  if (load<u8>(p) == 0x2d) p++
  return load<u8>(p) == 0x30 && digitCount - 1 <= MOST_DIGITS
}

/** `true`, `false` and `null`, of which nothing else begins. */
function appendWord(p: usize, end: usize): usize {
  if (p + 4 > end) return 0
  const word = load<u32>(p)
  const isFalse = p + 5 <= end && load<u8>(p) == 0x66 && load<u32>(p, 1) == ALSE
  if (word != TRUE && word != NULL && !isFalse) return 0
  const after = p + (isFalse ? 5 : 4)
  if (after < end && isOfName(load<u8>(after))) return 0
  if (word == NULL) appendNull()
  else appendBoolean(!isFalse)
  return after
}

/** Whether a byte is part of a name, of which Jackson sees more than it knows. */
function isOfName(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 26 || c == 0x5f || c == 0x24 || c >= 0x80
}

function appendArray(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  const start = variantCursor()
  let count = 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x5d) p++
  else
    while (true) {
      appendMember(start, 0)
      count++
      p = appendValue(blank(p, end), end, depth)
      if (p == 0) return 0
      p = blank(p, end)
      if (p >= end) return 0
      const c = load<u8>(p++)
      if (c == 0x5d) break
      if (c != 0x2c) return 0
    }
  finishArray(start, count)
  return p
}

function appendObject(p: usize, end: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return 0
  const start = variantCursor()
  let count = 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) p++
  else
    while (true) {
      p = blank(p, end)
      if (p >= end || !isOpeningQuote(load<u8>(p))) return 0
      const after = skipText(load<u8>(p), p + 1, end)
      if (after == 0) return 0
      appendMember(start, escaped ? variantKey(plainAt, plainLength) : variantKey(p + 1, <i32>(after - p - 2)))
      count++
      p = blank(after, end)
      if (p >= end || load<u8>(p) != 0x3a) return 0
      p = appendValue(blank(p + 1, end), end, depth)
      if (p == 0) return 0
      p = blank(p, end)
      if (p >= end) return 0
      const c = load<u8>(p++)
      if (c == 0x7d) break
      if (c != 0x2c) return 0
    }
  return finishObject(start, count) ? p : 0
}
