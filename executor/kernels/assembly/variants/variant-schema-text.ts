// Schemas of variants (variant-schema.ts) as texts: OBJECT<a: BIGINT, b: ARRAY<STRING>>. They grow in the buffer of json-writer.ts.
import {
  IS_ARRAY,
  IS_BINARY,
  IS_BOOLEAN,
  IS_DATE,
  IS_DECIMAL,
  IS_DOUBLE,
  IS_FLOAT,
  IS_NULL,
  IS_OBJECT,
  IS_STRING,
  IS_TIMESTAMP,
  IS_TIMESTAMP_NTZ,
  IS_UUID,
  IS_WHOLE,
} from '../../interface/variant'
import { jsonBegin, jsonFinish, jsonLong, jsonRoom } from '../json/json-writer'

const BACKQUOTE: u8 = 0x60

/** Writes address and length of the text of a schema; one without bytes is that of no values. */
export function variantSchemaText(at: usize, length: i32, out: usize): void {
  jsonBegin()
  if (length > 0) appendText(at)
  else put('VOID')
  jsonFinish(out)
}

/** Appends a text of ASCII. */
function put(text: string): void {
  const room = jsonRoom(text.length)
  for (let i = 0; i < text.length; i++) store<u8>(room + i, <u8>text.charCodeAt(i))
}

/** Appends a schema; where it ends. */
function appendText(at: usize): usize {
  const kind = <i32>load<u8>(at)
  if (kind == IS_OBJECT) return appendObject(at + 1)
  if (kind == IS_ARRAY) {
    put('ARRAY<')
    const end = appendText(at + 1)
    put('>')
    return end
  }
  if (kind == IS_DECIMAL) {
    put('DECIMAL(')
    jsonLong(load<u8>(at, 1))
    put(',')
    jsonLong(load<u8>(at, 2))
    put(')')
    return at + 3
  }
  put(nameOf(kind))
  return at + 1
}

function nameOf(kind: i32): string {
  switch (kind) {
    case IS_NULL:
      return 'VOID'
    case IS_BOOLEAN:
      return 'BOOLEAN'
    case IS_WHOLE:
      return 'BIGINT'
    case IS_DOUBLE:
      return 'DOUBLE'
    case IS_FLOAT:
      return 'FLOAT'
    case IS_STRING:
      return 'STRING'
    case IS_BINARY:
      return 'BINARY'
    case IS_DATE:
      return 'DATE'
    case IS_TIMESTAMP:
      return 'TIMESTAMP'
    case IS_TIMESTAMP_NTZ:
      return 'TIMESTAMP_NTZ'
    case IS_UUID:
      return 'UUID'
    default:
      return 'VARIANT'
  }
}

function appendObject(at: usize): usize {
  const count = load<u32>(at)
  at += 4
  put('OBJECT<')
  for (let i: u32 = 0; i < count; i++) {
    if (i > 0) put(', ')
    const length = load<i32>(at)
    appendName(at + 4, length)
    put(': ')
    at = appendText(at + 4 + length)
  }
  put('>')
  return at
}

/** A key, in backquotes where it is no plain name. */
function appendName(text: usize, length: i32): void {
  if (isPlain(text, length)) {
    memory.copy(jsonRoom(length), text, length)
    return
  }
  put('`')
  for (let i = 0; i < length; i++) {
    const c = load<u8>(text + i)
    if (c == BACKQUOTE) store<u8>(jsonRoom(1), c)
    store<u8>(jsonRoom(1), c)
  }
  put('`')
}

function isPlain(text: usize, length: i32): bool {
  if (length == 0 || <u32>load<u8>(text) - 48 < 10) return false
  for (let i = 0; i < length; i++) {
    const c = <u32>load<u8>(text + i)
    if (c - 48 > 9 && (c | 32) - 97 > 25 && c != 0x5f) return false
  }
  return true
}
