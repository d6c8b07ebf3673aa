// Values of a schema out of JSON text, for from_json. The text comes from outside: nothing beyond its end is read, and its depth is bounded.
import {
  JSON_ARRAY,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOT,
  JSON_FIELD_SLOTS,
  JSON_MAP,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_SLOTS,
  JSON_NODE_TYPE,
  JSON_SLOT_BYTES,
  JSON_SLOT_NULL,
  JSON_SLOT_VALIDITY,
  JSON_STRING,
  JSON_STRUCT,
} from '../../interface/json-spec'
import { behindName, keepNext, likelyNext } from './json-hints'
import { extractLeaf, failed, findField, setFailed, storeBytes } from './json-leaves'
import { errorAt, forgetError, malformed } from './json-errors'
import { blank, escaped, isQuote, MAX_DEPTH, malformedMember, skipQuoted, skipValue } from './json-scan'
import { plainAt, plainLength, unescape } from './json-strings'
import { extractUsual } from './json-usual'
import { slotsAllocate, slotsDoubled, slotsPack } from '../nested/packed-slots'

const FIRST_ELEMENTS = 16
/** Where elements of lists wait until they are packed, those of lists within lists behind them; what does not fit goes to the arena. */
const ROOM_BYTES: usize = 1 << 13
const ROOM: usize = memory.data(8192, 16)
let used: usize = 0

/** Whether something in the text is not of the schema. */
export let faulty = false
/** Whether nothing of it counts. */
let isLost = false
/** Whether an object ends with the value read last, of which no more can be read. */
let isCutOff = false
/** Begins with a text. */
export function beginExtraction(): void {
  used = 0
  faulty = false
  isLost = false
  isCutOff = false
  setFailed(false)
}

/** The text is not of the schema. */
export function setFaulty(): void {
  faulty = true
}

// The key read last.
let keyAt: usize = 0
let keyLength = 0
let keyEnd: usize = 0

export function clearSlots(slot: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(slot + <usize>i * JSON_SLOT_BYTES, 0, JSON_SLOT_VALIDITY)
}

/** Puts a value into the slots of its field: null makes that NULL, a value of another kind leaves it as it is, and `failed` tells. */
export function extractNested(spec: usize, field: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (p >= end) return malformed(end)
  const kind = load<i32>(field, JSON_FIELD_KIND)
  const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
  const node = spec + load<u32>(field, JSON_FIELD_ARGUMENT)
  const c = load<u8>(p)
  if (kind == JSON_STRUCT && c == 0x7b) {
    clearSlots(slot, load<i32>(field, JSON_FIELD_SLOTS))
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

/** Puts the value of a member; where an object can be read on behind one that is malformed, only that is missing. */
function extractMember(spec: usize, field: usize, value: usize, end: usize, out: usize, depth: i32): usize {
  const p = extractValue(spec, field, value, end, out, depth)
  if (failed) {
    faulty = true
    setFailed(false)
  }
  // What is wrong within a string, object or array is only missing in its field, when the text can be read on from there.
  if (p != 0 || value >= end || !isReadInside(load<i32>(field, JSON_FIELD_KIND), load<u8>(value))) return p
  faulty = true
  if (isLost) return 0
  isCutOff = errorAt == 0
  return errorAt
}

export function extractObject(spec: usize, node: usize, p: usize, end: usize, out: usize, depth: i32): usize {
  if (depth > MAX_DEPTH) return malformed(end)
  const count = load<i32>(node, JSON_NODE_FIELDS)
  let before = node
  p = blank(p, end)
  if (p < end && load<u8>(p) == 0x7d) return p + 1
  while (true) {
    p = blank(p, end)
    const likely = likelyNext(before)
    let field: usize = likely < count ? node + JSON_NODE_BYTES + <usize>likely * JSON_FIELD_BYTES : 0
    const behind = field != 0 ? behindName(spec, field, p, end) : 0
    if (behind != 0) p = blank(behind, end)
    else {
      p = readKey(p, end)
      if (p == 0) return 0
      const index = findField(spec, node, count, keyAt, keyLength, 0, keyEnd)
      if (index >= 0) keepNext(before, index)
      field = index < 0 ? 0 : node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
    }
    const value = p
    if (field == 0) p = skipValue(p, end, depth)
    else {
      before = field
      const kind = load<i32>(field, JSON_FIELD_KIND)
      const slot = out + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
      const after = extractUsual(kind, p, end, slot)
      if (after != 0) p = after
      else {
        p = extractMember(spec, field, p, end, out, depth)
        if (isCutOff) {
          isCutOff = false
          return end
        }
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
  const before = used
  const after = depth > MAX_DEPTH ? malformed(end) : packList(spec, node, p, end, slot, close, depth)
  used = before
  return after
}

function roomFor(count: i32, width: i32): usize {
  const bytes = <usize>count * <usize>width
  if (bytes > ROOM_BYTES - used) return slotsAllocate(count, width)
  used += bytes
  return ROOM + used - bytes
}

function packList(spec: usize, node: usize, p: usize, end: usize, slot: usize, close: u32, depth: i32): usize {
  const places = load<i32>(node, JSON_NODE_SLOTS)
  const width = places * JSON_SLOT_BYTES
  let room = FIRST_ELEMENTS
  let slots = roomFor(room, width)
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

export function extractElement(spec: usize, node: usize, p: usize, end: usize, element: usize, isEntry: bool, depth: i32): usize {
  clearSlots(element, load<i32>(node, JSON_NODE_SLOTS))
  const field = node + JSON_NODE_BYTES
  if (!isEntry) {
    p = blank(p, end)
    const slot = element + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
    const after = extractUsual(load<i32>(field, JSON_FIELD_KIND), p, end, slot)
    return after != 0 ? after : extractValue(spec, field, p, end, element, depth)
  }
  p = readKey(p, end)
  if (p == 0) return 0
  storeBytes(keyAt, keyLength, element)
  return extractValue(spec, field, p, end, element, depth)
}
