// Values of a schema out of a row of CSV, for from_csv.
import {
  CSV_COMMENT,
  CSV_EMPTY,
  CSV_FLAGS,
  CSV_INFINITY,
  CSV_INNER,
  CSV_NAN,
  CSV_NEGATIVE_INFINITY,
  CSV_NULL,
  CSV_SPECIAL_DIGITS,
} from '../../interface/csv-spec'
import {
  JSON_BIGINT,
  JSON_BINARY,
  JSON_BOOLEAN,
  JSON_CORRUPT_SLOT,
  JSON_DATE,
  JSON_DECIMAL,
  JSON_DOUBLE,
  JSON_FAILS_FAST,
  JSON_FIELD_ARGUMENT,
  JSON_FIELD_BYTES,
  JSON_FIELD_KIND,
  JSON_FIELD_SLOT,
  JSON_FLAGS,
  JSON_FLOAT,
  JSON_FORMATS,
  JSON_INT,
  JSON_INTERVAL_DT,
  JSON_INTERVAL_YM,
  JSON_NODE_BYTES,
  JSON_NODE_FIELDS,
  JSON_NO_SLOT,
  JSON_ROOT,
  JSON_SLOT_BYTES,
  JSON_SLOT_VALIDITY,
  JSON_SMALLINT,
  JSON_STRING,
  JSON_TIME,
  JSON_TIMESTAMP,
  JSON_TIMESTAMP_NTZ,
  JSON_VOID,
} from '../../interface/json-spec'
import { ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { valueEnd } from './csv-index'
import { csvRow, csvToken, isInQuotes, isQuoted, tokenAt, tokenLength, unquote } from './csv-tokens'
import { parseDouble, parseFloat } from '../numbers/double-parse'
import { parseBoolean, parseLong } from '../numbers/integers'
import { rowText } from '../json/json-failure'
import { storeBytes } from '../json/json-leaves'
import { readInterval, storeDecimalText, storeSpecialNumber, storeWhole } from '../json/json-values'
import { hasPoint, isNegative, plainDigits, readPlainNumber } from '../numbers/plain-number'
import { readFormattedClock, readFormattedDate, readFormattedTime } from '../times/time-formats'
import { isUsualKind, storeUsualNumber } from '../numbers/usual-number'

const scratch: usize = memory.data(16, 16)

/** Whether the value is the text at a place of the spec. */
@inline
function isText(spec: usize, place: usize, at: usize, length: i32): bool {
  if (load<i32>(spec + place, 4) != length) return false
  const text = spec + load<u32>(spec + place)
  return length == 0 || (load<u8>(at) == load<u8>(text) && memory.compare(at, text, length) == 0)
}

/** Whether there is white space around it, which numbers of Java do not have. */
function isPadded(at: usize, length: i32): bool {
  return length == 0 || load<u8>(at) <= 0x20 || load<u8>(at + length - 1) <= 0x20
}

function storeInteger(kind: i32, at: usize, length: i32, slot: usize): bool {
  if (readPlainNumber(at, length)) return !hasPoint && storeWhole(kind, isNegative ? -(<i64>plainDigits) : <i64>plainDigits, slot)
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte - 0x30 > 9 && (i > 0 || (byte != 0x2b && byte != 0x2d))) return false
  }
  if (parseLong(at, length, scratch)) return false
  return storeWhole(kind, load<i64>(scratch), slot)
}

function storeFloating(spec: usize, kind: i32, at: usize, length: i32, slot: usize): bool {
  if (isText(spec, CSV_NAN, at, length)) return storeSpecialNumber(kind, NaN, slot)
  if (isText(spec, CSV_INFINITY, at, length)) return storeSpecialNumber(kind, Infinity, slot)
  if (isText(spec, CSV_NEGATIVE_INFINITY, at, length)) return storeSpecialNumber(kind, -Infinity, slot)
  if (kind == JSON_FLOAT ? parseFloat(at, length, scratch) : parseDouble(at, length, scratch)) return false
  return storeSpecialNumber(kind, load<f64>(scratch), slot)
}

/** Exactly true or false, in any case. */
function storeBoolean(at: usize, length: i32, slot: usize): bool {
  if (length < 4 || isPadded(at, length)) return false
  const value = parseBoolean(at, length)
  if (value < 0) return false
  store<i32>(slot, value)
  return true
}

function storeValue(spec: usize, formats: usize, field: usize, at: usize, length: i32, slot: usize): bool {
  const kind = load<i32>(field, JSON_FIELD_KIND)
  switch (kind) {
    case JSON_STRING:
    case JSON_BINARY:
      storeBytes(at, length, slot)
      return true
    case JSON_BOOLEAN:
      return storeBoolean(at, length, slot)
    case JSON_FLOAT:
    case JSON_DOUBLE:
      return storeFloating(spec, kind, at, length, slot)
    case JSON_DECIMAL:
      return !isPadded(at, length) && storeDecimalText(load<i32>(field, JSON_FIELD_ARGUMENT), at, length, slot)
    case JSON_DATE:
      return readFormattedDate(formats, at, length, slot)
    case JSON_TIMESTAMP:
    case JSON_TIMESTAMP_NTZ:
      return readFormattedTime(formats, kind == JSON_TIMESTAMP, at, length, slot)
    case JSON_TIME:
      return readFormattedClock(formats, at, length, slot)
    case JSON_INTERVAL_YM:
    case JSON_INTERVAL_DT:
      return readInterval(at, length, load<i32>(field, JSON_FIELD_ARGUMENT), slot) != 0
    default:
      return storeInteger(kind, at, length, slot)
  }
}

/** Puts the value read last into the slot of its field; false when it is none of its type. */
@inline
function extractField(spec: usize, formats: usize, field: usize, slot: usize): bool {
  if (load<i32>(field, JSON_FIELD_KIND) == JSON_VOID) return true
  let at = tokenAt
  let length = tokenLength
  if (isQuoted && length == 0) {
    at = spec + load<u32>(spec, CSV_EMPTY)
    length = load<i32>(spec, CSV_EMPTY + 4)
  } else if (length == 0) return true
  if (isText(spec, CSV_NULL, at, length)) return true
  if (!storeValue(spec, formats, field, at, length, slot)) return false
  store<u8>(slot, 1, JSON_SLOT_VALIDITY)
  return true
}

/** Reads the fields of a row whose values' ends are known. */
function extractPlain(spec: usize, row: usize, values: i32, out: usize): bool {
  const json = spec + load<u32>(spec, CSV_INNER)
  const formats = json + load<u32>(json, JSON_FORMATS)
  const corrupt = load<u32>(json, JSON_CORRUPT_SLOT)
  const node = json + load<u32>(json, JSON_ROOT + JSON_FIELD_ARGUMENT)
  const last = node + JSON_NODE_BYTES + <usize>load<i32>(node, JSON_NODE_FIELDS) * JSON_FIELD_BYTES
  const nullLength = load<i32>(spec, CSV_NULL + 4)
  const isUsual = (load<u32>(spec, CSV_FLAGS) & CSV_SPECIAL_DIGITS) == 0
  let isWhole = true
  let value = 0
  let start = row
  for (let field = node + JSON_NODE_BYTES; field < last; field += JSON_FIELD_BYTES) {
    const place = load<u32>(field, JSON_FIELD_SLOT)
    if (place == corrupt) continue
    if (value == values) return false
    const stop = valueEnd(value++)
    let at = start
    let length = <i32>(stop - start)
    start = stop + 1
    const kind = load<i32>(field, JSON_FIELD_KIND)
    if (length == 0 || kind == JSON_VOID) continue
    if (isInQuotes(at, length)) {
      unquote(at, length)
      at = tokenLength == 0 ? spec + load<u32>(spec, CSV_EMPTY) : tokenAt
      length = tokenLength == 0 ? load<i32>(spec, CSV_EMPTY + 4) : tokenLength
    }
    if (length == nullLength && isText(spec, CSV_NULL, at, length)) continue
    const slot = out + <usize>place * JSON_SLOT_BYTES
    if (kind == JSON_STRING) storeBytes(at, length, slot)
    else if (isUsual && length > 0 && isUsualKind(kind) && storeUsualNumber(kind, at, length, slot)) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
    else if (storeValue(spec, formats, field, at, length, slot)) store<u8>(slot, 1, JSON_SLOT_VALIDITY)
    else isWhole = false
  }
  return isWhole && value == values
}

function isComment(spec: usize, text: usize, size: i32): bool {
  const comment = load<u32>(spec, CSV_COMMENT)
  return comment != 0 && size > 0 && load<u8>(text) == comment
}

/** Reads all fields, in order, but for the one that gets malformed rows; false when the row is not of the schema. */
function extractRow(spec: usize, text: usize, size: i32, out: usize): bool {
  const json = spec + load<u32>(spec, CSV_INNER)
  const formats = json + load<u32>(json, JSON_FORMATS)
  const corrupt = load<u32>(json, JSON_CORRUPT_SLOT)
  const node = json + load<u32>(json, JSON_ROOT + JSON_FIELD_ARGUMENT)
  const count = load<i32>(node, JSON_NODE_FIELDS)
  let isWhole = true
  for (let i = 0; i < count; i++) store<u8>(out + <usize>i * JSON_SLOT_BYTES, 0, JSON_SLOT_VALIDITY)
  if (isComment(spec, text, size)) return false
  const values = csvRow(spec, text, size, count + 1)
  if (values >= 0) return extractPlain(spec, text, values, out)
  for (let i = 0; i < count; i++) {
    const field = node + JSON_NODE_BYTES + <usize>i * JSON_FIELD_BYTES
    const slot = load<u32>(field, JSON_FIELD_SLOT)
    if (slot == corrupt) continue
    if (!csvToken()) return false
    if (!extractField(spec, formats, field, out + <usize>slot * JSON_SLOT_BYTES)) isWhole = false
  }
  return isWhole && !csvToken()
}

/**
 * Puts the values of a row into slots, as json_extract does with JSON. What is missing or not of its type is NULL.
 * @returns ROUTINE_VALUE; ROUTINE_ERROR when it is to fail, what there is told as a text
 */
export function csv_extract(spec: usize, text: usize, size: i32, out: usize, detail: usize): i32 {
  if (extractRow(spec, text, size, out)) return ROUTINE_VALUE
  const json = spec + load<u32>(spec, CSV_INNER)
  if (load<u32>(json, JSON_FLAGS) & JSON_FAILS_FAST) {
    rowText(json, out, detail)
    return ROUTINE_ERROR
  }
  const corrupt = load<u32>(json, JSON_CORRUPT_SLOT)
  // What is no row has no text either, as in Spark.
  if (corrupt != JSON_NO_SLOT && size > 0 && !isComment(spec, text, size)) storeBytes(text, size, out + <usize>corrupt * JSON_SLOT_BYTES)
  return ROUTINE_VALUE
}
