// Arrays and maps as CAST to STRING prints them. The text grows in the buffer of json-writer.ts.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_BOOLEAN,
  TYPE_DATE,
  TYPE_DECIMAL,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_MAP,
  TYPE_SCALE,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_TIME,
  TYPE_TIMESTAMP,
  TYPE_TIMESTAMP_NTZ,
  TYPE_VARIANT,
  TYPE_VOID,
  TYPE_WIDE,
} from '../../interface/packed'
import { arenaShrink } from '../arena'
import { formatDouble } from '../numbers/doubles'
import { formatDecimal, formatLong } from '../numbers/integers'
import { jsonBegin, jsonFinish, jsonRaw } from '../json/json-writer'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { doubleAt, floatAt } from './packed-compare'
import { formatClock, formatDate, formatTimestamp } from '../times/times'
import { appendVariantJson } from '../variants/variant-json'

/** Where the texts of single values are told. */
const RESULT: usize = memory.data(8, 8)
const WORDS = memory.data<u8>([
  0x6e, 0x75, 0x6c, 0x6c, 0x74, 0x72, 0x75, 0x65, 0x66, 0x61, 0x6c, 0x73, 0x65, 0x20, 0x2d, 0x3e, 0x20, 0x2c, 0x20, 0x5b, 0x5d, 0x7b,
  0x7d,
])
// `null`, `true`, `false`, ` -> `, `, ` and brackets.
const NULL = WORDS
const TRUE = WORDS + 4
const FALSE = WORDS + 8
const ARROW = WORDS + 13
const COMMA = WORDS + 17
const BLANK = WORDS + 18
const OPEN_LIST = WORDS + 19
const CLOSE_LIST = WORDS + 20
const OPEN = WORDS + 21
const CLOSE = WORDS + 22

/** What NULL is told as: by a text of its own, which has a blank before it wherever it stands unless it is empty; else as `null`. */
let ownNull: usize = 0
let ownNullLength = 0

/** @param at 0 for `null` */
export function tellNullsAs(at: usize, length: i32): void {
  ownNull = at
  ownNullLength = length
}

/** An array or map as a text: `[1, null]`, `{k -> v}`; writes address and length. */
export function packedText(type: usize, at: usize, out: usize): void {
  jsonBegin()
  listOf(type, type, at)
  jsonFinish(out)
}

/** The first element of an array as a text, which is that of a struct. */
export function packedElementText(type: usize, at: usize, out: usize): void {
  jsonBegin()
  textAt(type, childOf(type, type, 0), at + PACKED_COUNT_BYTES, load<i32>(at), 0)
  jsonFinish(out)
}

function listOf(type: usize, node: usize, at: usize): void {
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
      partAt(type, keys, first, count, i, i > 0)
      jsonRaw(ARROW, 3)
    }
    partAt(type, value, values, count, i, isMap || i > 0)
  }
  jsonRaw(isMap ? CLOSE : CLOSE_LIST, 1)
}

/** A value within another one, perhaps behind a sign. */
function partAt(type: usize, node: usize, vector: usize, count: i32, index: i32, isBehind: bool): void {
  if (ownNull == 0 || !isNullAt(vector, index)) {
    if (isBehind) jsonRaw(BLANK, 1)
    textAt(type, node, vector, count, index)
  } else if (ownNullLength > 0) {
    jsonRaw(BLANK, 1)
    jsonRaw(ownNull, ownNullLength)
  }
}

function textAt(type: usize, node: usize, vector: usize, count: i32, index: i32): void {
  if (isNullAt(vector, index)) return jsonRaw(NULL, 4)
  const kind = kindOf(node)
  if (kind == TYPE_STRUCT) return structText(type, node, vector, count, index)
  if (kind == TYPE_STRING || kind == TYPE_BINARY) return jsonRaw(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_VARIANT) return appendVariantJson(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_ARRAY || kind == TYPE_MAP) return listOf(type, node, bytesAt(vector, count, index))
  plainText(node, vector, count, index)
}

function structText(type: usize, node: usize, vector: usize, count: i32, index: i32): void {
  const fields = childCount(node)
  let at = valuesOf(vector, count)
  jsonRaw(OPEN, 1)
  for (let i = 0; i < fields; i++) {
    if (i > 0) jsonRaw(COMMA, 1)
    const field = childOf(type, node, i)
    partAt(type, field, at, count, index, i > 0)
    at = vectorEnd(type, field, count, at)
  }
  jsonRaw(CLOSE, 1)
}

/** Appends a value of one word or two. */
export function plainText(node: usize, vector: usize, count: i32, index: i32): void {
  const kind = kindOf(node)
  if (kind == TYPE_BOOLEAN) return integerAt(node, vector, count, index) ? jsonRaw(TRUE, 4) : jsonRaw(FALSE, 5)
  if (kind == TYPE_DOUBLE) formatDouble(doubleAt(vector, count, index), 0, RESULT)
  else if (kind == TYPE_FLOAT) formatDouble(floatAt(vector, count, index), 1, RESULT)
  else if (kind == TYPE_WIDE) {
    const at = valuesOf(vector, count) + (<usize>index << 4)
    formatDecimal(load<i64>(at), load<i64>(at, 8), load<i32>(node, TYPE_SCALE), RESULT)
  } else {
    const value = integerAt(node, vector, count, index)
    if (kind == TYPE_DECIMAL) formatDecimal(value, value >> 63, load<i32>(node, TYPE_SCALE), RESULT)
    else if (kind == TYPE_DATE) formatDate(<i32>value, RESULT)
    else if (kind == TYPE_TIME) formatClock(value, RESULT)
    else if (kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_NTZ) formatTimestamp(value, RESULT)
    else formatLong(value, RESULT)
  }
  appendResult()
}

/** Appends what was told of a single value. */
function appendResult(): void {
  jsonRaw(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
  arenaShrink(load<u32>(RESULT, RESULT_ADDRESS))
}
