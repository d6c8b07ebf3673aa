// Named fields out of JSON text, for from_json. The text comes from outside: nothing beyond its end is read, and its depth is bounded.
import {
  JSON_BLANK,
  JSON_BOOLEAN,
  JSON_EXTRACTED,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_HEAD,
  JSON_FIELD_KIND,
  JSON_FIELD_LENGTH,
  JSON_FIELD_NAME,
  JSON_FIELD_SLOT,
  JSON_FIELD_SLOTS,
  JSON_MALFORMED,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_SLOTS,
  JSON_SLOT_BYTES,
  JSON_SLOT_VALIDITY,
  JSON_STRING,
  JSON_STRUCT,
} from '../interface/json-spec'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../interface/text'
import { copyAt, copyLength, copyValue } from './json-copy'
import {
  blank,
  errorAt,
  escaped,
  isQuote,
  MAX_DEPTH,
  malformed,
  malformedMember,
  skipNumber,
  skipQuoted,
  skipSpecialNumber,
  skipValue,
  specialNumber,
} from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'
import { storeNumber, storeSpecialNumber, storeText } from './json-values'

function sameBytes(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false
  return true
}

/** The index of the field of that name, looked for from `expected` on, which is where it mostly is; -1 for none. */
function findField(spec: usize, node: usize, count: i32, key: usize, length: i32, expected: i32, end: usize): i32 {
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

/** Puts a string, from after its opening quote on, into its slot; returns where it ends, 0 when malformed. */
function extractString(kind: i32, argument: i32, quote: u32, start: usize, end: usize, slot: usize): usize {
  const after = skipQuoted(quote, start, end)
  if (after == 0) return 0
  let at = start
  let length = <i32>(after - 1 - start)
  if (escaped) {
    unescape(start, after - 1)
    at = plainAt
    length = plainLength
  }
  if (kind == JSON_STRING) storeBytes(at, length, slot)
  else if (storeText(kind, argument, at, length, slot)) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return after
}

@inline
function storeBytes(at: usize, length: i32, slot: usize): void {
  store<u32>(slot, <u32>at, RESULT_ADDRESS)
  store<u32>(slot, <u32>length, RESULT_LENGTH)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
}

/**
 * Puts a value into its slot; null makes that NULL, a value of another kind or out of range leaves it as it is, as in Spark. Returns where
 * the value ends, 0 when malformed.
 */
function extractLeaf(kind: i32, argument: i32, p: usize, end: usize, slot: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const c = load<u8>(p)
  if (isQuote(c)) return extractString(kind, argument, c, p + 1, end, slot)
  if (kind != JSON_STRING && (<u32>c - 48 < 10 || (c == 0x2d && p + 1 < end && <u32>load<u8>(p, 1) - 48 < 10))) {
    const after = skipNumber(p, end)
    if (after != 0 && storeNumber(kind, argument, p, after, slot)) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
    return after
  }
  const after = skipValue(p, end, depth)
  if (after == 0) return 0
  if (c == 0x6e) store<u8>(slot, 0, JSON_SLOT_VALIDITY)
  else if (kind == JSON_STRING) {
    copyValue(p, after)
    storeBytes(copyAt, copyLength, slot)
  } else if (c == 0x74 || c == 0x66) {
    if (kind != JSON_BOOLEAN) return after
    store<i32>(slot, i32(c == 0x74))
    store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  } else if (c != 0x7b && c != 0x5b) {
    skipSpecialNumber(p, end)
    if (storeSpecialNumber(kind, specialNumber, slot)) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  }
  return after
}

function clear(slot: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(slot + <usize>i * JSON_SLOT_BYTES, 0, JSON_SLOT_VALIDITY)
}

/** Puts the members of an object into the slots behind that of the struct; null makes the struct NULL, another kind leaves it as it is. */
function extractStruct(spec: usize, field: usize, p: usize, end: usize, slot: usize, out: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const c = load<u8>(p)
  if (c != 0x7b) {
    if (c == 0x6e) store<u8>(slot, 0, JSON_SLOT_VALIDITY)
    return skipValue(p, end, depth)
  }
  clear(slot, load<i32>(field, JSON_FIELD_SLOTS))
  p = extractObject(spec, spec + load<u32>(field, JSON_FIELD_ARGUMENT), p + 1, end, out, depth + 1)
  store<u8>(slot, u8(p != 0), JSON_SLOT_VALIDITY)
  return p
}

/** Whether a field of a kind looks into a value that begins so: into any string; objects and arrays of no use are skipped as a whole. */
function isReadInside(kind: i32, c: u32): bool {
  if (isQuote(c)) return true
  return c == 0x7b ? kind == JSON_STRUCT || kind == JSON_STRING : c == 0x5b && kind == JSON_STRING
}

function extractObject(spec: usize, node: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  const count = load<i32>(node, JSON_NODE_FIELDS)
  let expected = 0
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    if (p >= end || !isQuote(load<u8>(p))) return malformed(min(p + 1, end))
    const quote = load<u8>(p)
    let key = p + 1
    p = skipQuoted(quote, key, end)
    if (p == 0) return 0
    let length = <i32>(p - 1 - key)
    let keyEnd = end
    if (escaped) {
      unescape(key, p - 1)
      key = plainAt
      length = plainLength
      keyEnd = key + <usize>length
    }
    p = blank(p, end)
    if (p >= end || load<u8>(p) != 0x3a) return malformed(min(p + 1, end))
    p = blank(p + 1, end)
    const index = findField(spec, node, count, key, length, expected, keyEnd)
    const value = p
    if (index < 0) p = skipValue(p, end, depth)
    else {
      expected = index + 1
      const field = node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
      const kind = load<i32>(field, JSON_FIELD_KIND)
      const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
      if (kind != JSON_STRUCT) p = extractLeaf(kind, load<i32>(field, JSON_FIELD_ARGUMENT), p, end, slot, depth)
      else p = extractStruct(spec, field, p, end, slot, out, depth)
      // What is wrong within a string, object or array is only missing in its field, when the text can be read on from there.
      if (p == 0 && value < end && isReadInside(kind, load<u8>(value))) {
        if (errorAt == 0) return end
        p = errorAt
      }
    }
    if (p == 0) return malformedMember(value, end)
    p = blank(p, end)
    if (p >= end) return malformed(end)
    const c = load<u8>(p++)
    if (c == 0x7d) return p
    if (c != 0x2c) return malformed(p)
  }
}

/**
 * Puts the fields of a JSON object that `spec` names into slots at `out`, depth first, a struct's own before those of its fields: the
 * value (integers below 64 bits as i32; strings as address and length, within the text or the arena), and 1 for its validity when there is one. What is missing, null, of another kind or out of range is NULL; of equal keys the last counts that could be put. What follows
 * the object is not looked at.
 * @returns JSON_EXTRACTED; JSON_MALFORMED when the text does not begin with a JSON object, or that is malformed; JSON_BLANK
 */
export function json_extract(spec: usize, text: usize, length: i32, out: usize): i32 {
  clear(out, load<i32>(spec, JSON_NODE_SLOTS))
  const end = text + <usize>length
  const p = blank(text, end)
  if (p == end) return JSON_BLANK
  if (load<u8>(p) != 0x7b) return JSON_MALFORMED
  return extractObject(spec, spec, p + 1, end, out, 1) != 0 ? JSON_EXTRACTED : JSON_MALFORMED
}
