// Single values of JSON text put into the slots of fields, and the fields that keys name.
import {
  JSON_BOOLEAN,
  JSON_FIELD_BYTES,
  JSON_FIELD_HEAD,
  JSON_FIELD_LENGTH,
  JSON_FIELD_NAME,
  JSON_NODE_BYTES,
  JSON_SLOT_VALIDITY,
  JSON_QUOTED,
  JSON_STRING,
  JSON_VARIANT,
  JSON_VOID,
} from '../../interface/json-spec'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { copyAt, copyLength, copyValue } from './json-copy'
import { malformed } from './json-errors'
import { skipNumber, skipSpecialNumber, specialNumber } from './json-numbers'
import { escaped, isQuote, skipQuoted, skipValue } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'
import { storeNumber, storeSpecialNumber, storeText } from './json-values'
import { variantFinish } from '../variants/variant-builder'
import { variantFromJson } from '../variants/variant-parse'

/** Whether the value read last is none of its type. */
export let failed = false
export function setFailed(has: bool): void {
  failed = has
}

export function sameBytes(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** The index of the field of that name, looked for from `expected` on, which is where it mostly is; -1 for none. */
export function findField(spec: usize, node: usize, count: i32, key: usize, length: i32, expected: i32, end: usize): i32 {
  let head: u64 = 0
  if (key + 8 <= end) {
    head = load<u64>(key)
    if (length < 8) head &= ((<u64>1) << (<u64>length << 3)) - 1
  } else {
    for (let i = min(length, 8) - 1; i >= 0; i--) head = (head << 8) | <u64>load<u8>(key + <usize>i)
  }
  let index = expected
  for (let tried = 0; tried < count; tried++) {
    if (index >= count) index = 0
    const field = node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
    if (load<u64>(field, JSON_FIELD_HEAD) == head && load<i32>(field, JSON_FIELD_LENGTH) == length) {
      if (length <= 8 || sameBytes(key + 8, spec + load<u32>(field, JSON_FIELD_NAME) + 8, length - 8)) return index
    }
    index++
  }
  return -1
}

/** Whether what is no string becomes the text that stands there. */
let areExact = false
export function takeTextsAsTheyAre(takes: bool): void {
  areExact = takes
}

/** Puts a string, from after its opening quote on, into its slot; returns where it ends, 0 when malformed. */
function extractString(kind: i32, argument: i32, quote: u32, start: usize, end: usize, slot: usize): usize {
  const after = skipQuoted(quote, start, end)
  if (after == 0 || kind == JSON_VOID) return after
  let at = start
  let length = <i32>(after - 1 - start)
  if (escaped) {
    unescape(start, after - 1)
    at = plainAt
    length = plainLength
  }
  if (kind == JSON_STRING || kind == JSON_QUOTED) storeBytes(at, length, slot)
  else isOfKind(storeText(kind, argument, at, length, slot), slot)
  return after
}

/** Notes whether a value could be put. */
@inline
function isOfKind(stored: bool, slot: usize): void {
  if (stored) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  else failed = true
}

@inline
export function storeBytes(at: usize, length: i32, slot: usize): void {
  store<u32>(slot, <u32>at, RESULT_ADDRESS)
  store<u32>(slot, <u32>length, RESULT_LENGTH)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
}

/** Puts a value of any kind; one that has a key twice is none. */
function extractVariant(p: usize, end: usize, slot: usize, depth: i32): usize {
  const after = skipValue(p, end, depth)
  if (after == 0) return 0
  const isMade = variantFromJson(p, after, depth)
  if (isMade) variantFinish(slot)
  isOfKind(isMade, slot)
  return after
}

/**
 * Puts a value into its slot; null makes that NULL, a value of another kind or out of range leaves it as it is, as in Spark, and `failed` tells. Returns
 * where the value ends, 0 when malformed.
 */
export function extractLeaf(kind: i32, argument: i32, p: usize, end: usize, slot: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const c = load<u8>(p)
  if (kind == JSON_VARIANT) return extractVariant(p, end, slot, depth)
  if (isQuote(c)) return extractString(kind, argument, c, p + 1, end, slot)
  if (kind != JSON_STRING && (<u32>c - 48 < 10 || (c == 0x2d && p + 1 < end && <u32>load<u8>(p, 1) - 48 < 10))) {
    const after = skipNumber(p, end)
    if (after != 0) isOfKind(storeNumber(kind, argument, p, after, slot), slot)
    return after
  }
  const after = skipValue(p, end, depth)
  if (after == 0 || kind == JSON_VOID) return after
  if (c == 0x6e) store<u8>(slot, 0, JSON_SLOT_VALIDITY)
  else if (kind == JSON_STRING && areExact) storeBytes(p, <i32>(after - p), slot)
  else if (kind == JSON_STRING) {
    copyValue(p, after)
    storeBytes(copyAt, copyLength, slot)
  } else if (c == 0x74 || c == 0x66) {
    if (kind == JSON_BOOLEAN) store<i32>(slot, i32(c == 0x74))
    isOfKind(kind == JSON_BOOLEAN, slot)
  } else if (c != 0x7b && c != 0x5b) {
    skipSpecialNumber(p, end)
    isOfKind(storeSpecialNumber(kind, specialNumber, slot), slot)
  } else failed = true
  return after
}
