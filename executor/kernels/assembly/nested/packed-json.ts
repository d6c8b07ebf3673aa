// Arrays and maps as JSON. It grows in the buffer of json-writer.ts.
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_CHILD_BYTES,
  TYPE_CHILD_NAME,
  TYPE_CHILD_NAME_BYTES,
  TYPE_DATE,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_MAP,
  TYPE_NODE_BYTES,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_TIME,
  TYPE_TIMESTAMP,
  TYPE_TIMESTAMP_NTZ,
  TYPE_VARIANT,
} from '../../interface/packed'
import { FORMAT_DATE, FORMAT_NTZ, FORMAT_TIMESTAMP } from '../../interface/time-formats'
import { jsonBase64, jsonKeepsNulls, jsonKey, jsonLong, jsonRaw, jsonText, jsonTime } from '../json/json-writer'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { doubleAt, floatAt } from './packed-compare'
import { plainText } from './packed-text'
import { appendVariantJson } from '../variants/variant-json'

/** `null`, brackets, a colon, quotes and a comma. */
const WORDS = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c, 0x5b, 0x5d, 0x7b, 0x7d, 0x3a, 0x22, 0x2c])
const OPEN_LIST = WORDS + 4
const CLOSE_LIST = WORDS + 5
const OPEN = WORDS + 6
const CLOSE = WORDS + 7
const COLON = WORDS + 8
const QUOTE = WORDS + 9
const COMMA = WORDS + 10

/** Appends an array or map to the JSON that is being written. */
export function packedJson(type: usize, at: usize): void {
  listJson(type, type, at)
}

function listJson(type: usize, node: usize, at: usize): void {
  const count = load<i32>(at)
  const first = at + PACKED_COUNT_BYTES
  const keys = childOf(type, node, 0)
  const isMap = kindOf(node) == TYPE_MAP
  const values = isMap ? vectorEnd(type, keys, count, first) : first
  const value = isMap ? childOf(type, node, 1) : keys
  jsonRaw(isMap ? OPEN : OPEN_LIST, 1)
  for (let i = 0; i < count; i++) {
    if (i > 0) jsonRaw(COMMA, 1)
    if (isMap) {
      keyJson(keys, first, count, i)
      jsonRaw(COLON, 1)
    }
    valueJson(type, value, values, count, i)
  }
  jsonRaw(isMap ? CLOSE : CLOSE_LIST, 1)
}

/** The key of a map, as a text whatever it is; days, micro- and nanoseconds as numbers, as in Spark. */
function keyJson(node: usize, vector: usize, count: i32, index: i32): void {
  const kind = kindOf(node)
  if (kind == TYPE_STRING) return jsonText(bytesAt(vector, count, index), lengthAt(vector, count, index))
  jsonRaw(QUOTE, 1)
  if (isTime(kind) || kind == TYPE_TIME) jsonLong(integerAt(node, vector, count, index))
  else plainText(node, vector, count, index)
  jsonRaw(QUOTE, 1)
}

function isTime(kind: u32): bool {
  return kind == TYPE_DATE || kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_NTZ
}

function valueJson(type: usize, node: usize, vector: usize, count: i32, index: i32): void {
  if (isNullAt(vector, index)) return jsonRaw(WORDS, 4)
  const kind = kindOf(node)
  if (kind == TYPE_STRUCT) return structJson(type, node, vector, count, index)
  if (kind == TYPE_STRING) return jsonText(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_BINARY) return jsonBase64(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_VARIANT) return appendVariantJson(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_ARRAY || kind == TYPE_MAP) return listJson(type, node, bytesAt(vector, count, index))
  if (isTime(kind)) {
    const place = kind == TYPE_DATE ? FORMAT_DATE : kind == TYPE_TIMESTAMP ? FORMAT_TIMESTAMP : FORMAT_NTZ
    return jsonTime(place, integerAt(node, vector, count, index))
  }
  if (kind != TYPE_TIME && isFinite(kind, vector, count, index)) return plainText(node, vector, count, index)
  jsonRaw(QUOTE, 1)
  plainText(node, vector, count, index)
  jsonRaw(QUOTE, 1)
}

/** NaN and the infinities are no JSON numbers. */
function isFinite(kind: u32, vector: usize, count: i32, index: i32): bool {
  if (kind == TYPE_DOUBLE) return doubleAt(vector, count, index) - doubleAt(vector, count, index) == 0
  return kind != TYPE_FLOAT || floatAt(vector, count, index) - floatAt(vector, count, index) == 0
}

/** An object, without its fields that are NULL unless these are kept. */
function structJson(type: usize, node: usize, vector: usize, count: i32, index: i32): void {
  const fields = childCount(node)
  let at = valuesOf(vector, count)
  jsonRaw(OPEN, 1)
  for (let i = 0; i < fields; i++) {
    const field = childOf(type, node, i)
    if (jsonKeepsNulls || !isNullAt(at, index)) {
      const child = node + TYPE_NODE_BYTES + <usize>i * TYPE_CHILD_BYTES
      jsonKey(type + load<u32>(child, TYPE_CHILD_NAME), load<i32>(child, TYPE_CHILD_NAME_BYTES))
      valueJson(type, field, at, count, index)
    }
    at = vectorEnd(type, field, count, at)
  }
  jsonRaw(CLOSE, 1)
}
