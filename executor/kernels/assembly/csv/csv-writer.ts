// Rows of CSV, of which generated code tells the values. They grow in the buffer of json-writer.ts.
import {
  CSV_EMPTY,
  CSV_ESCAPE,
  CSV_FLAGS,
  CSV_INNER,
  CSV_NULL,
  CSV_QUOTE,
  CSV_QUOTES_ALL,
  CSV_SEPARATOR,
  CSV_TRIMS_LEFT,
  CSV_TRIMS_RIGHT,
} from '../../interface/csv-spec'
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { jsonRaw, jsonRoom } from '../json/json-writer'
import { tellNullsAs } from '../nested/packed-text'
import { writeFormatted } from '../times/time-formats'

const RESULT: usize = memory.data(8, 8)
const BLANK: u32 = 0x20
/** A value that begins a row must not look like a comment. */
const COMMENT: u32 = 0x23
const TWO_QUOTES: u32 = 0x2222

/** Appends a text of the spec. */
function writeText(spec: usize, place: usize): void {
  jsonRaw(spec + load<u32>(spec + place), load<i32>(spec + place, 4))
}

/** From now on arrays, maps and structs tell NULL as the row does, or as `null` again. */
export function csvNullsWithin(spec: usize, isOn: i32): void {
  tellNullsAs(isOn ? spec + load<u32>(spec, CSV_NULL) : 0, isOn ? load<i32>(spec, CSV_NULL + 4) : 0)
}

export function csvNull(spec: usize, isFirst: i32): void {
  if (!isFirst) writeText(spec, CSV_SEPARATOR)
  writeValue(spec, spec + load<u32>(spec, CSV_NULL), load<i32>(spec, CSV_NULL + 4), isFirst)
}

/** Appends a value, in quotes where it needs them. */
export function csvText(spec: usize, at: usize, length: i32, isFirst: i32): void {
  const flags = load<u32>(spec, CSV_FLAGS)
  if (!isFirst) writeText(spec, CSV_SEPARATOR)
  if (flags & CSV_TRIMS_LEFT) while (length > 0 && load<u8>(at) <= BLANK) {
    at++
    length--
  }
  if (flags & CSV_TRIMS_RIGHT) while (length > 0 && load<u8>(at + length - 1) <= BLANK) length--
  if (length == 0) writeEmpty(spec, isFirst)
  else writeValue(spec, at, length, isFirst)
}

/** What stands for a text without anything in it is a value like others, unless it is two quotes, as it is by default. */
function writeEmpty(spec: usize, isFirst: i32): void {
  const at = spec + load<u32>(spec, CSV_EMPTY)
  const length = load<i32>(spec, CSV_EMPTY + 4)
  if (length == 2 && load<u16>(at) == TWO_QUOTES) jsonRaw(at, length)
  else writeValue(spec, at, length, isFirst)
}

function writeValue(spec: usize, at: usize, length: i32, isFirst: i32): void {
  const startsComment = isFirst && length > 0 && load<u8>(at) == COMMENT
  if (load<u32>(spec, CSV_FLAGS) & CSV_QUOTES_ALL || startsComment || needsQuotes(spec, at, length)) writeQuoted(spec, at, length)
  else jsonRaw(at, length)
}

function needsQuotes(spec: usize, at: usize, length: i32): bool {
  const quote = load<u32>(spec, CSV_QUOTE)
  const separator = spec + load<u32>(spec, CSV_SEPARATOR)
  const size = load<i32>(spec, CSV_SEPARATOR + 4)
  const first = <u32>load<u8>(separator)
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte == quote || byte == 0x0a || byte == 0x0d) return true
    if (byte == first && length - i >= size && memory.compare(at + i, separator, size) == 0) return true
  }
  return false
}

function writeQuoted(spec: usize, at: usize, length: i32): void {
  const quote = load<u32>(spec, CSV_QUOTE)
  const escapeByte = load<u32>(spec, CSV_ESCAPE)
  put(quote)
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(at + i)
    if (byte == quote || byte == escapeByte) put(escapeByte)
    put(byte)
  }
  put(quote)
}

function put(byte: u32): void {
  store<u8>(jsonRoom(1), byte)
}

/** Appends a date or a time of the kind at a place of the formats. */
export function csvTime(spec: usize, place: i32, value: i64, isFirst: i32): void {
  writeFormatted(spec + load<u32>(spec, CSV_INNER), place, value, RESULT)
  csvText(spec, load<u32>(RESULT, RESULT_ADDRESS), load<i32>(RESULT, RESULT_LENGTH), isFirst)
}
