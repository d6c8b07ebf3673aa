// What there is of a text that is not of its schema, as Spark tells a row within it: `[1,null,[2]]`, dates and times as numbers.
import {
  JSON_BIGINT,
  JSON_BINARY,
  JSON_BOOLEAN,
  JSON_DECIMAL,
  JSON_DOUBLE,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOT,
  JSON_FLOAT,
  JSON_INTERVAL_DT,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NODE_TYPE,
  JSON_ROOT,
  JSON_SCALE_SHIFT,
  JSON_SLOT_BYTES,
  JSON_SLOT_VALIDITY,
  JSON_QUOTED,
  JSON_STRING,
  JSON_STRUCT,
  JSON_TIME,
  JSON_TIMESTAMP,
  JSON_TIMESTAMP_NTZ,
  JSON_VARIANT,
} from '../../interface/json-spec'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { formatDouble } from '../numbers/doubles'
import { formatDecimal, formatLong } from '../numbers/integers'
import { jsonBegin, jsonFinish, jsonRaw } from './json-writer'
import { packedText } from '../nested/packed-text'
import { appendVariantJson } from '../variants/variant-json'

const RESULT: usize = memory.data(8, 8)
/** `null`, `true`, `false`, brackets and a comma. */
const WORDS = memory.data<u8>([
  0x6e, 0x75, 0x6c, 0x6c, 0x74, 0x72, 0x75, 0x65, 0x66, 0x61, 0x6c, 0x73, 0x65, 0x5b, 0x5d, 0x2c,
])
const TRUE = WORDS + 4
const FALSE = WORDS + 8
const OPEN = WORDS + 13
const CLOSE = WORDS + 14
const COMMA = WORDS + 15
const MOST_SHORT_PRECISION: u32 = 18
const PRECISION: u32 = (1 << JSON_SCALE_SHIFT) - 1

/** Writes address and length of the row that lies in slots. */
export function rowText(spec: usize, slots: usize, out: usize): void {
  const root = spec + JSON_ROOT
  jsonBegin()
  if (load<i32>(root, JSON_FIELD_KIND) == JSON_STRUCT) fieldsText(spec, spec + load<u32>(root, JSON_FIELD_ARGUMENT), slots)
  else {
    jsonRaw(OPEN, 1)
    valueText(spec, root, slots)
    jsonRaw(CLOSE, 1)
  }
  jsonFinish(out)
}

function fieldsText(spec: usize, node: usize, slots: usize): void {
  const fields = load<i32>(node, JSON_NODE_FIELDS)
  jsonRaw(OPEN, 1)
  for (let i = 0; i < fields; i++) {
    if (i > 0) jsonRaw(COMMA, 1)
    valueText(spec, node + JSON_NODE_BYTES + <usize>i * JSON_FIELD_BYTES, slots)
  }
  jsonRaw(CLOSE, 1)
}

function isLong(kind: i32): bool {
  return kind == JSON_BIGINT || kind == JSON_TIMESTAMP || kind == JSON_TIMESTAMP_NTZ || kind == JSON_TIME || kind == JSON_INTERVAL_DT
}

function valueText(spec: usize, field: usize, slots: usize): void {
  const slot = slots + <usize>load<u32>(field, JSON_FIELD_SLOT) * JSON_SLOT_BYTES
  if (load<u8>(slot, JSON_SLOT_VALIDITY) == 0) return jsonRaw(WORDS, 4)
  const kind = load<i32>(field, JSON_FIELD_KIND)
  const argument = load<u32>(field, JSON_FIELD_ARGUMENT)
  if (kind == JSON_STRUCT) return fieldsText(spec, spec + argument, slots)
  if (kind == JSON_VARIANT) return appendVariantJson(load<u32>(slot, RESULT_ADDRESS), load<i32>(slot, RESULT_LENGTH))
  if (kind == JSON_BOOLEAN) return load<i32>(slot) ? jsonRaw(TRUE, 4) : jsonRaw(FALSE, 5)
  if (kind == JSON_STRING || kind == JSON_QUOTED || kind == JSON_BINARY)
    return jsonRaw(load<u32>(slot, RESULT_ADDRESS), load<i32>(slot, RESULT_LENGTH))
  if (kind > JSON_STRUCT) packedText(spec + load<u32>(spec + argument, JSON_NODE_TYPE), load<u32>(slot, RESULT_ADDRESS), RESULT)
  else if (kind == JSON_DOUBLE) formatDouble(load<f64>(slot), 0, RESULT)
  else if (kind == JSON_FLOAT) formatDouble(load<f32>(slot), 1, RESULT)
  else if (kind == JSON_DECIMAL) {
    const low = load<i64>(slot)
    const high = (argument & PRECISION) <= MOST_SHORT_PRECISION ? low >> 63 : load<i64>(slot, 8)
    formatDecimal(low, high, argument >> JSON_SCALE_SHIFT, RESULT)
  } else if (isLong(kind)) formatLong(load<i64>(slot), RESULT)
  else formatLong(load<i32>(slot), RESULT)
  jsonRaw(load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH))
}
