// Values of a schema out of JSON text, for from_json. The text comes from outside: nothing beyond its end is read, and its depth is bounded.
import {
  JSON_ARRAY,
  JSON_CORRUPT_SLOT,
  JSON_DIALECT,
  JSON_FAILS_FAST,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOT,
  JSON_FIELD_SLOTS,
  JSON_FLAGS,
  JSON_FORMATS,
  JSON_MAP,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_SLOTS,
  JSON_NODE_TYPE,
  JSON_NO_SLOT,
  JSON_EXACT_TEXTS,
  JSON_NO_SPECIAL_NUMBERS,
  JSON_ROOT,
  JSON_SLOT_BYTES,
  JSON_SLOT_NULL,
  JSON_SLOT_VALIDITY,
  JSON_STRING,
  JSON_STRUCT,
  JSON_VARIANT,
} from '../interface/json-spec'
import { ROUTINE_ERROR, ROUTINE_NULL, ROUTINE_VALUE } from '../interface/text'
import { plainAt as dialectAt, plainEnd as dialectEnd, withoutDialect } from './json-dialect'
import { rowText } from './json-failure'
import { behindName, keepNext, likelyNext } from './json-hints'
import { extractLeaf, failed, findField, setFailed, storeBytes, takeTextsAsTheyAre } from './json-leaves'
import { errorAt, forgetError, malformed } from './json-errors'
import { blank, escaped, isQuote, MAX_DEPTH, malformedMember, skipQuoted, skipValue, takeSpecialNumbers } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'
import { readTimesBy } from './json-values'
import { slotsAllocate, slotsDoubled, slotsPack } from './packed-slots'

const FIRST_ELEMENTS = 16

/** Whether something in the text is not of the schema. */
let faulty = false
/** Whether nothing of it counts. */
let isLost = false
// The key read last.
let keyAt: usize = 0
let keyLength = 0
let keyEnd: usize = 0

function clear(slot: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(slot + <usize>i * JSON_SLOT_BYTES, 0, JSON_SLOT_VALIDITY)
}

/** Puts a value into the slots of its field: null makes that NULL, a value of another kind leaves it as it is, and `failed` tells. */
function extractNested(spec: usize, field: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const kind = load<i32>(field, JSON_FIELD_KIND)
  const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
  const node = spec + load<u32>(field, JSON_FIELD_ARGUMENT)
  const c = load<u8>(p)
  if (kind == JSON_STRUCT && c == 0x7b) {
    clear(slot, load<i32>(field, JSON_FIELD_SLOTS))
    p = extractObject(spec, node, p + 1, end, out, depth + 1)
    store<u8>(slot, u8(p != 0), JSON_SLOT_VALIDITY)
    return p
  }
  if (kind == JSON_ARRAY && c == 0x5b) return extractList(spec, node, p + 1, end, slot, 0x5d, depth + 1)
  if (kind == JSON_MAP && c == 0x7b) return extractList(spec, node, p + 1, end, slot, 0x7d, depth + 1)
  if (c == 0x6e) store<u8>(slot, 0, JSON_SLOT_VALIDITY)
  const after = skipValue(p, end, depth)
  if (c != 0x6e && after != 0) setFailed(true)
  return after
}

function extractValue(spec: usize, field: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  const kind = load<i32>(field, JSON_FIELD_KIND)
  if (kind >= JSON_STRUCT) return extractNested(spec, field, p, end, out, depth)
  const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
  return extractLeaf(kind, load<i32>(field, JSON_FIELD_ARGUMENT), p, end, slot, depth)
}

/** Whether a field of a kind looks into a value that begins so: into any string; objects and arrays of no use are skipped as a whole. */
function isReadInside(kind: i32, c: u32): bool {
  if (isQuote(c)) return true
  if (c == 0x7b) return kind == JSON_STRUCT || kind == JSON_STRING || kind == JSON_MAP
  return c == 0x5b && (kind == JSON_STRING || kind == JSON_ARRAY)
}

/** Reads a key and the colon behind it; returns where its value begins, 0 when malformed. */
@inline
function readKey(p: usize, end: usize): usize {
  p = blank(p, end)
  if (p >= end || !isQuote(load<u8>(p))) return malformed(min(p + 1, end))
  const quote = load<u8>(p)
  keyAt = p + 1
  p = skipQuoted(quote, keyAt, end)
  if (p == 0) return 0
  keyLength = <i32>(p - 1 - keyAt)
  keyEnd = end
  if (escaped) {
    unescape(keyAt, p - 1)
    keyAt = plainAt
    keyLength = plainLength
    keyEnd = keyAt + <usize>keyLength
  }
  p = blank(p, end)
  if (p >= end || load<u8>(p) != 0x3a) return malformed(min(p + 1, end))
  return blank(p + 1, end)
}

function extractObject(spec: usize, node: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  const count = load<i32>(node, JSON_NODE_FIELDS)
  let before = node
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    let index = likelyNext(before)
    const behind = index < count && p < end ? behindName(spec, node, index, p, end) : 0
    if (behind != 0) p = blank(behind, end)
    else {
      p = readKey(p, end)
      if (p == 0) return 0
      index = findField(spec, node, count, keyAt, keyLength, 0, keyEnd)
      if (index >= 0) keepNext(before, index)
    }
    const value = p
    if (index < 0) p = skipValue(p, end, depth)
    else {
      const field = node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
      before = field
      const kind = load<i32>(field, JSON_FIELD_KIND)
      const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
      if (kind < JSON_STRUCT) p = extractLeaf(kind, load<i32>(field, JSON_FIELD_ARGUMENT), p, end, slot, depth)
      else p = extractNested(spec, field, p, end, out, depth)
      if (failed) {
        faulty = true
        setFailed(false)
      }
      // What is wrong within a string, object or array is only missing in its field, when the text can be read on from there.
      if (p == 0 && value < end && isReadInside(kind, load<u8>(value))) {
        faulty = true
        if (isLost) return 0
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
 * Puts an array or map, from after its bracket on, into its slot, packed. One with a value of another kind in it is none; structs in it may have
 * fields that are.
 */
function extractList(spec: usize, node: usize, p: usize, end: usize, slot: usize, close: u32, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  const places = load<i32>(node, JSON_NODE_SLOTS)
  const width = places * JSON_SLOT_BYTES
  let room = FIRST_ELEMENTS
  let slots = slotsAllocate(room, width)
  let count = 0
  let isBroken = false
  let isMalformed = false
  p = blank(p, end)
  if (p < end && load<u8>(p) == close) p++
  else
    while (true) {
      if (count == room) {
        slots = slotsDoubled(slots, count, width)
        room <<= 1
      }
      const element = slots + <usize>count * width
      p = extractElement(spec, node, p, end, element, close == 0x7d, depth)
      if (p == 0) {
        if (isMalformed) return losing()
        // Jackson stays in an array, but behind what is wrong in an object of unknown keys it sees no more of the text.
        if (errorAt == 0 || close == 0x7d) return outOfMap()
        isMalformed = true
        isBroken = true
        p = errorAt
      }
      if (failed) isBroken = true
      setFailed(false)
      p = blank(p, end)
      if (p >= end) return isMalformed ? losing() : malformed(end)
      for (let i = 0; i < places; i++) {
        const place = element + <usize>i * JSON_SLOT_BYTES
        store<u8>(place, u8(load<u8>(place, JSON_SLOT_VALIDITY) == 0), JSON_SLOT_NULL)
      }
      count++
      const c = load<u8>(p++)
      if (c == close) break
      if (c != 0x2c) return isMalformed ? losing() : malformed(p)
    }
  if (isBroken) {
    setFailed(true)
    return p
  }
  slotsPack(spec + load<u32>(node, JSON_NODE_TYPE), slots, count, width, slot)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return p
}

function outOfMap(): usize {
  forgetError()
  return 0
}

/** What is malformed twice is lost as a whole. */
function losing(): usize {
  isLost = true
  return 0
}

function extractElement(spec: usize, node: usize, p: usize, end: usize, element: usize, isEntry: bool, depth: i32): usize {
  clear(element, load<i32>(node, JSON_NODE_SLOTS))
  if (!isEntry) return extractValue(spec, node + JSON_NODE_BYTES, blank(p, end), end, element, depth)
  p = readKey(p, end)
  if (p == 0) return 0
  storeBytes(keyAt, keyLength, element)
  return extractValue(spec, node + JSON_NODE_BYTES, p, end, element, depth)
}

/** Reads the whole text. Returns 0 when it is malformed or of another kind. */
function extractRoot(spec: usize, p: usize, end: usize, out: usize): usize {
  const root = spec + JSON_ROOT
  const kind = load<i32>(root, JSON_FIELD_KIND)
  const node = spec + load<u32>(root, JSON_FIELD_ARGUMENT)
  const c = load<u8>(p)
  if (kind == JSON_STRUCT) return c == 0x7b ? extractObject(spec, node, p + 1, end, out, 1) : 0
  if (kind == JSON_VARIANT) return extractLeaf(kind, 0, p, end, out, 0)
  if (kind == JSON_ARRAY && c == 0x7b && load<i32>(node + JSON_NODE_BYTES, JSON_FIELD_KIND) == JSON_STRUCT) return extractOnly(spec, node, p, end, out)
  return extractNested(spec, root, p, end, out, 0)
}

/** An object where an array of structs is asked for is its only element. */
function extractOnly(spec: usize, node: usize, p: usize, end: usize, out: usize): usize {
  const places = load<i32>(node, JSON_NODE_SLOTS)
  const element = slotsAllocate(1, places * JSON_SLOT_BYTES)
  p = extractElement(spec, node, p, end, element, false, 0)
  if (p == 0) return 0
  for (let i = 0; i < places; i++) {
    const place = element + <usize>i * JSON_SLOT_BYTES
    store<u8>(place, u8(load<u8>(place, JSON_SLOT_VALIDITY) == 0), JSON_SLOT_NULL)
  }
  slotsPack(spec + load<u32>(node, JSON_NODE_TYPE), element, 1, places * JSON_SLOT_BYTES, out)
  store<u8>(out, 1, JSON_SLOT_VALIDITY)
  return p
}

/**
 * Puts what `spec` asks for into slots at `out`: the fields of a struct depth first, a struct's own before those of its fields; else one. A slot gets the
 * value (integers below 64 bits as i32; strings as address and length, within the text or the arena), and 1 for its validity when there is one. What is
 * missing, null, of another kind or out of range is NULL; of equal keys the last counts that could be put. What follows the value is not looked at.
 * @returns ROUTINE_VALUE; ROUTINE_NULL of a blank text, and of what is no array or map; ROUTINE_ERROR when it is to fail, what there is told as a text
 */
export function json_extract(spec: usize, text: usize, length: i32, out: usize, detail: usize): i32 {
  const slots = load<i32>(spec, JSON_ROOT + JSON_FIELD_SLOTS)
  const flags = load<u32>(spec, JSON_FLAGS)
  clear(out, slots)
  faulty = false
  isLost = false
  setFailed(false)
  readTimesBy(spec + load<u32>(spec, JSON_FORMATS))
  takeSpecialNumbers((flags & JSON_NO_SPECIAL_NUMBERS) == 0)
  takeTextsAsTheyAre((flags & JSON_EXACT_TEXTS) != 0)
  let from = text
  let end = text + <usize>length
  if (flags & JSON_DIALECT) {
    withoutDialect(text, length, flags)
    from = dialectAt
    end = dialectEnd
  }
  from = blank(from, end)
  if (from == end) return ROUTINE_NULL
  if (extractRoot(spec, from, end, out) == 0) {
    clear(out, slots)
    faulty = true
  }
  const isNested = load<i32>(spec, JSON_ROOT + JSON_FIELD_KIND) != JSON_STRUCT
  if (faulty || failed) {
    if (flags & JSON_FAILS_FAST) {
      rowText(spec, out, detail)
      return ROUTINE_ERROR
    }
    const corrupt = load<u32>(spec, JSON_CORRUPT_SLOT)
    if (corrupt != JSON_NO_SLOT) storeBytes(text, length, out + <usize>corrupt * JSON_SLOT_BYTES)
  }
  return isNested && load<u8>(out, JSON_SLOT_VALIDITY) == 0 ? ROUTINE_NULL : ROUTINE_VALUE
}
