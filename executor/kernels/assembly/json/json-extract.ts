// Reads a text of JSON as values of a schema, for from_json.
import {
  JSON_ARRAY,
  JSON_CORRUPT_SLOT,
  JSON_DIALECT,
  JSON_EXACT_TEXTS,
  JSON_FAILS_FAST,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOTS,
  JSON_FLAGS,
  JSON_FORMATS,
  JSON_NODE_BYTES,
  JSON_NODE_SLOTS,
  JSON_NODE_TYPE,
  JSON_NO_SLOT,
  JSON_NO_SPECIAL_NUMBERS,
  JSON_ROOT,
  JSON_SLOT_BYTES,
  JSON_SLOT_NULL,
  JSON_SLOT_VALIDITY,
  JSON_STRUCT,
  JSON_VARIANT,
} from '../../interface/json-spec'
import { ROUTINE_ERROR, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { beginExtraction, clearSlots, extractElement, extractNested, extractObject, faulty, setFaulty } from './json'
import { plainAt as dialectAt, plainEnd as dialectEnd, withoutDialect } from './json-dialect'
import { rowText } from './json-failure'
import { extractLeaf, failed, storeBytes, takeTextsAsTheyAre } from './json-leaves'
import { blank, takeSpecialNumbers } from './json-scan'
import { readTimesBy } from './json-values'
import { slotsAllocate, slotsPack } from '../nested/packed-slots'

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
  clearSlots(out, slots)
  beginExtraction()
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
    clearSlots(out, slots)
    setFaulty()
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
