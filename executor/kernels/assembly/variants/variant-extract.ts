// Variants as values of any other type, put into slots as json_extract does (interface/json-spec.ts).
import {
  JSON_ARRAY,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOT,
  JSON_FIELD_SLOTS,
  JSON_FIELD_TYPE,
  JSON_FIELD_TYPE_LENGTH,
  JSON_FAILS_FAST,
  JSON_FLAGS,
  JSON_FORMATS,
  JSON_MAP,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_SLOTS,
  JSON_NODE_TYPE,
  JSON_ROOT,
  JSON_SLOT_BYTES,
  JSON_SLOT_NULL,
  JSON_SLOT_VALIDITY,
  JSON_STRING,
  JSON_STRUCT,
  JSON_VARIANT,
} from '../../interface/json-spec'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { FORMAT_ZONE } from '../../interface/time-formats'
import { IS_ARRAY, IS_NULL, IS_OBJECT, VARIANT_BAD_CAST } from '../../interface/variant'
import { arenaAllocate } from '../arena'
import { jsonBegin, jsonFinish } from '../json/json-writer'
import { findField, storeBytes } from '../json/json-leaves'
import { slotsAllocate, slotsPack } from '../nested/packed-slots'
import { keyAt, keyLength, kind, openVariant, readVariant, variantFault } from './variant'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import { rebuiltVariant } from './variant-copy'
import { valueJson, variantVerdict, variantsBegin } from './variant-json'
import { storeLeaf } from './variant-leaves'

/** The value that is none of its type, and the field it was for. */
let misfit: usize = 0
let misfitField: usize = 0
let misfitDepth = 0
let spec: usize = 0
/** Whether such a value is an error. */
let isRaising = false

function clear(slot: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u8>(slot + <usize>i * JSON_SLOT_BYTES, 0, JSON_SLOT_VALIDITY)
}

/**
 * Puts a variant into the slots of a type; JSON_FAILS_FAST says whether a value in it that is none of its type raises, or is NULL. @returns ROUTINE_VALUE; ROUTINE_NULL of the null of variants; VARIANT_BAD_CAST for a
 * value that raises, of which `detail` gets the JSON and the type, a line each; what `variantVerdict` says of one that is malformed
 */
export function variantExtract(from: usize, at: usize, length: i32, out: usize, detail: usize): i32 {
  spec = from
  const formats = spec + load<u32>(spec, JSON_FORMATS)
  variantsBegin(formats + load<u32>(formats, FORMAT_ZONE), load<i32>(formats, FORMAT_ZONE + 4))
  isRaising = (load<u32>(spec, JSON_FLAGS) & JSON_FAILS_FAST) != 0
  misfit = 0
  const value = openVariant(at, length)
  const root = spec + JSON_ROOT
  const isStruct = load<i32>(root, JSON_FIELD_KIND) == JSON_STRUCT
  if (value != 0) {
    // The slots of a struct begin with those of its fields.
    if (isStruct) extractStructRoot(root, value, out)
    else {
      clear(out, load<i32>(root, JSON_FIELD_SLOTS))
      extract(root, value, out, 0)
    }
  }
  if (misfit != 0) {
    tellMisfit(at, length, detail)
    if (variantFault == 0) return VARIANT_BAD_CAST
  }
  if (variantFault != 0) return variantVerdict(detail)
  return (isStruct ? isNullRoot : load<u8>(out, JSON_SLOT_VALIDITY) == 0) ? ROUTINE_NULL : ROUTINE_VALUE
}

let isNullRoot = false
function extractStructRoot(root: usize, value: usize, out: usize): void {
  clear(out, load<i32>(root, JSON_FIELD_SLOTS))
  isNullRoot = true
  if (!readVariant(value) || kind == IS_NULL) return
  if (kind != IS_OBJECT) {
    fails(root, value, 0)
    return
  }
  isNullRoot = false
  extractFields(spec + load<u32>(root, JSON_FIELD_ARGUMENT), out, 0)
}

/** Where nothing raises the value is NULL, and others are read on. */
function fails(field: usize, value: usize, depth: i32): bool {
  if (!isRaising) return true
  misfit = value
  misfitField = field
  misfitDepth = depth
  return false
}

/** The JSON of the value, then the name of the type, the lengths of both before them. */
function tellMisfit(at: usize, length: i32, detail: usize): void {
  // What was read counts towards what may be read.
  openVariant(at, length)
  jsonBegin()
  if (!valueJson(misfit, misfitDepth)) return
  jsonFinish(detail)
  const text = load<u32>(detail, RESULT_ADDRESS)
  const textLength = load<u32>(detail, RESULT_LENGTH)
  const nameLength = load<u32>(misfitField, JSON_FIELD_TYPE_LENGTH)
  const both = arenaAllocate(textLength + 1 + nameLength)
  memory.copy(both, text, textLength)
  store<u8>(both + textLength, 0x0a)
  memory.copy(both + textLength + 1, spec + load<u32>(misfitField, JSON_FIELD_TYPE), nameLength)
  storeBytes(both, <i32>(textLength + 1 + nameLength), detail)
}

/** Puts a value into the slots of a field, which are clear; false when it is none of its type, or malformed. */
function extract(field: usize, value: usize, slot: usize, depth: i32): bool {
  const target = load<i32>(field, JSON_FIELD_KIND)
  if (target == JSON_VARIANT) {
    if (!rebuiltVariant(value, depth, slot)) return false
    store<u8>(slot, 1, JSON_SLOT_VALIDITY)
    return true
  }
  if (!readVariant(value)) return false
  if (kind == IS_NULL) return true
  const node = spec + load<u32>(field, JSON_FIELD_ARGUMENT)
  if (target == JSON_STRUCT) {
    if (kind != IS_OBJECT) return fails(field, value, depth)
    store<u8>(slot, 1, JSON_SLOT_VALIDITY)
    return extractFields(node, slot + JSON_SLOT_BYTES, depth)
  }
  if (target == JSON_ARRAY || target == JSON_MAP) {
    if (kind != (target == JSON_ARRAY ? IS_ARRAY : IS_OBJECT)) return fails(field, value, depth)
    return extractList(node, slot, depth)
  }
  if (kind == IS_OBJECT || kind == IS_ARRAY) {
    if (target != JSON_STRING) return fails(field, value, depth)
    return extractText(value, slot, depth)
  }
  if (!storeLeaf(target, load<i32>(field, JSON_FIELD_ARGUMENT), slot)) return fails(field, value, depth)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return true
}

/** An object or array as a text is its JSON. */
function extractText(value: usize, slot: usize, depth: i32): bool {
  jsonBegin()
  if (!valueJson(value, depth)) return false
  jsonFinish(slot)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return true
}

/** Puts the object read last into the slots of the fields that its keys name. */
function extractFields(node: usize, first: usize, depth: i32): bool {
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const fields = load<i32>(node, JSON_NODE_FIELDS)
  const count = memberCount(frame)
  let expected = 0
  for (let i = 0; i < count; i++) {
    if (!readMemberKey(frame, i)) return false
    const index = findField(spec, node, fields, keyAt, keyLength, expected, keyAt + keyLength)
    if (index < 0) continue
    expected = index + 1
    const field = node + JSON_NODE_BYTES + <usize>index * JSON_FIELD_BYTES
    if (!extract(field, memberAt(frame, i), first + slotOffset(node, field), depth + 1)) return false
  }
  return true
}

/** How far the slots of a field lie behind those of the first. */
function slotOffset(node: usize, field: usize): usize {
  return <usize>(load<i32>(field, JSON_FIELD_SLOT) - load<i32>(node + JSON_NODE_BYTES, JSON_FIELD_SLOT)) * JSON_SLOT_BYTES
}

/** Packs the array or object read last as an array or a map. */
function extractList(node: usize, slot: usize, depth: i32): bool {
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  const places = load<i32>(node, JSON_NODE_SLOTS)
  const width = places * JSON_SLOT_BYTES
  const slots = slotsAllocate(count, width)
  const field = node + JSON_NODE_BYTES
  const valueOffset = <usize>load<i32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
  for (let i = 0; i < count; i++) {
    const element = slots + <usize>i * width
    clear(element, places)
    if (valueOffset > 0) {
      if (!readMemberKey(frame, i)) return false
      storeBytes(keyAt, keyLength, element)
    }
    if (!extract(field, memberAt(frame, i), element + valueOffset, depth + 1)) return false
    for (let j = 0; j < places; j++) {
      const place = element + <usize>j * JSON_SLOT_BYTES
      store<u8>(place, u8(load<u8>(place, JSON_SLOT_VALIDITY) == 0), JSON_SLOT_NULL)
    }
  }
  slotsPack(spec + load<u32>(node, JSON_NODE_TYPE), slots, count, width, slot)
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return true
}
