// Values of any other type as variants.
import { ROUTINE_VALUE } from '../../interface/text'
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_BOOLEAN,
  TYPE_CHILD_BYTES,
  TYPE_CHILD_NAME,
  TYPE_CHILD_NAME_BYTES,
  TYPE_DATE,
  TYPE_DECIMAL,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_MAP,
  TYPE_NODE_BYTES,
  TYPE_SCALE,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_TIMESTAMP,
  TYPE_TIMESTAMP_NTZ,
  TYPE_VARIANT,
  TYPE_WIDE,
} from '../../interface/packed'
import { VARIANT_OF_EQUAL_KEYS, VARIANT_OF_TOO_LARGE, VARIANT_TIMESTAMP, VARIANT_TIMESTAMP_NTZ } from '../../interface/variant'
import { plainAt, plainLength, unescape } from '../json/json-strings'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from '../nested/packed'
import { doubleAt, floatAt } from '../nested/packed-compare'
import { openVariant, tellBytes } from './variant'
import {
  appendBinary,
  appendBoolean,
  appendDate,
  appendDecimal,
  appendDouble,
  appendFloat,
  appendMember,
  appendNull,
  appendString,
  appendTimestamp,
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
import { appendCopy } from './variant-copy'
import { variantVerdict } from './variant-json'
import { keyAddress, keySize } from './variant-keys'

/**
 * The first element of an array as a variant; writes address and length. @returns ROUTINE_VALUE, VARIANT_OF_EQUAL_KEYS with the key of an object that is there
 * twice, VARIANT_OF_TOO_LARGE, or what `variantVerdict` says of a variant in it
 */
export function variantOfElement(type: usize, at: usize, length: i32, out: usize): i32 {
  variantBegin()
  if (appendElement(type, childOf(type, type, 0), at + PACKED_COUNT_BYTES, load<i32>(at), 0)) {
    if (variantIsTooLarge()) return VARIANT_OF_TOO_LARGE
    variantFinish(out)
    return ROUTINE_VALUE
  }
  if (equalKey < 0) return variantVerdict(out)
  tellBytes(keyAddress(equalKey), keySize(equalKey), out)
  return VARIANT_OF_EQUAL_KEYS
}

/** Appends an element of a vector; false when it cannot be. */
function appendElement(type: usize, node: usize, vector: usize, count: i32, index: i32): bool {
  if (isNullAt(vector, index)) {
    appendNull()
    return true
  }
  const kind = kindOf(node)
  switch (kind) {
    case TYPE_STRUCT:
      return appendStruct(type, node, vector, count, index)
    case TYPE_ARRAY:
      return appendList(type, node, bytesAt(vector, count, index))
    case TYPE_MAP:
      return appendMap(type, node, bytesAt(vector, count, index))
    case TYPE_VARIANT: {
      const value = openVariant(bytesAt(vector, count, index), lengthAt(vector, count, index))
      return value != 0 && appendCopy(value, 0)
    }
    case TYPE_STRING:
      appendString(bytesAt(vector, count, index), lengthAt(vector, count, index))
      return true
    case TYPE_BINARY:
      appendBinary(bytesAt(vector, count, index), lengthAt(vector, count, index))
      return true
  }
  appendPlain(node, kind, vector, count, index)
  return true
}

function appendPlain(node: usize, kind: u32, vector: usize, count: i32, index: i32): void {
  if (kind == TYPE_DOUBLE) return appendDouble(doubleAt(vector, count, index))
  if (kind == TYPE_FLOAT) return appendFloat(<f32>floatAt(vector, count, index))
  if (kind == TYPE_WIDE) {
    const at = valuesOf(vector, count) + (<usize>index << 4)
    return appendDecimal(load<i64>(at), load<i64>(at, 8), load<i32>(node, TYPE_SCALE))
  }
  const value = integerAt(node, vector, count, index)
  if (kind == TYPE_BOOLEAN) appendBoolean(value != 0)
  else if (kind == TYPE_DECIMAL) appendDecimal(value, value >> 63, load<i32>(node, TYPE_SCALE))
  else if (kind == TYPE_DATE) appendDate(<i32>value)
  else if (kind == TYPE_TIMESTAMP) appendTimestamp(VARIANT_TIMESTAMP, value)
  else if (kind == TYPE_TIMESTAMP_NTZ) appendTimestamp(VARIANT_TIMESTAMP_NTZ, value)
  else appendWhole(value)
}

function appendStruct(type: usize, node: usize, vector: usize, count: i32, index: i32): bool {
  const fields = childCount(node)
  const start = variantCursor()
  let at = valuesOf(vector, count)
  for (let i = 0; i < fields; i++) {
    const field = childOf(type, node, i)
    const child = node + TYPE_NODE_BYTES + <usize>i * TYPE_CHILD_BYTES
    appendMember(start, fieldKey(type + load<u32>(child, TYPE_CHILD_NAME), load<i32>(child, TYPE_CHILD_NAME_BYTES)))
    if (!appendElement(type, field, at, count, index)) return false
    at = vectorEnd(type, field, count, at)
  }
  return finishObject(start, fields)
}

/** The key that the name of a field is, which is told in quotes with a colon. */
function fieldKey(name: usize, length: i32): i32 {
  unescape(name + 1, name + length - 2)
  return variantKey(plainAt, plainLength)
}

function appendList(type: usize, node: usize, at: usize): bool {
  const count = load<i32>(at)
  const element = childOf(type, node, 0)
  const start = variantCursor()
  for (let i = 0; i < count; i++) {
    appendMember(start, 0)
    if (!appendElement(type, element, at + PACKED_COUNT_BYTES, count, i)) return false
  }
  finishArray(start, count)
  return true
}

function appendMap(type: usize, node: usize, at: usize): bool {
  const count = load<i32>(at)
  const keys = at + PACKED_COUNT_BYTES
  const values = vectorEnd(type, childOf(type, node, 0), count, keys)
  const start = variantCursor()
  for (let i = 0; i < count; i++) {
    appendMember(start, variantKey(bytesAt(keys, count, i), lengthAt(keys, count, i)))
    if (!appendElement(type, childOf(type, node, 1), values, count, i)) return false
  }
  return finishObject(start, count)
}
