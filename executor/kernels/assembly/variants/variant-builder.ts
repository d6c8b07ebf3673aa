// Makes a variant (interface/variant.ts), value by value, in buffers that are kept. Objects get their members in the order of their keys.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import {
  VARIANT_ARRAY,
  VARIANT_BINARY,
  VARIANT_DATE,
  VARIANT_DECIMAL4,
  VARIANT_DECIMAL8,
  VARIANT_DECIMAL16,
  VARIANT_DOUBLE,
  VARIANT_FALSE,
  VARIANT_FLOAT,
  VARIANT_ID_WIDTH_SHIFT,
  VARIANT_INFO_SHIFT,
  VARIANT_INT1,
  VARIANT_INT2,
  VARIANT_INT4,
  VARIANT_INT8,
  VARIANT_LARGE_ARRAY,
  VARIANT_LARGE_OBJECT,
  VARIANT_LONG_STRING,
  VARIANT_METADATA,
  VARIANT_METADATA_WIDTH_SHIFT,
  VARIANT_MOST_BYTES,
  VARIANT_MOST_SHORT,
  VARIANT_NULL,
  VARIANT_OBJECT,
  VARIANT_SHORT_STRING,
  VARIANT_TRUE,
  VARIANT_VERSION,
} from '../../interface/variant'
import { arenaAllocate } from '../arena'
import { decimalExceeds } from '../numbers/decimal'
import { allocate, reallocate } from '../memory'
import { keyBytes, keyCount, keyOf, keysBegin, keysLength, keysWrite } from './variant-keys'
import { memberAllocate, memberKey, memberOffset, membersBegin, membersDrop, membersSort } from './variant-members'

const MOST_INT4_PRECISION = 9
const MOST_INT8_PRECISION = 18
const LARGE_COUNT = 255

let buffer: usize = 0
let capacity: usize = 0
let cursor: usize = 0
/** Whether it has more bytes than a variant may have; what is appended then is lost. */
let isTooLarge = false
/** The key that an object has twice. */
export let equalKey = -1

export function variantBegin(): void {
  cursor = 0
  isTooLarge = false
  equalKey = -1
  keysBegin()
  membersBegin()
}

/** How many bytes there are so far: where the next value begins. */
@inline
export function variantCursor(): u32 {
  return <u32>cursor
}

@inline
export function variantIsTooLarge(): bool {
  return isTooLarge || keyBytes() > <u32>VARIANT_MOST_BYTES
}

function reserve(bytes: usize): usize {
  if (cursor + bytes > <usize>VARIANT_MOST_BYTES) {
    isTooLarge = true
    cursor = 0
  }
  if (cursor + bytes > capacity) {
    capacity = max(max(capacity * 2, cursor + bytes), 1024)
    buffer = buffer == 0 ? allocate(capacity) : reallocate(buffer, capacity)
  }
  const at = buffer + cursor
  cursor += bytes
  return at
}

/** Room for a primitive of so many bytes behind its first. */
function primitive(type: u32, width: usize): usize {
  const at = reserve(1 + width)
  store<u8>(at, <u8>(type << VARIANT_INFO_SHIFT))
  return at + 1
}

export function appendNull(): void {
  primitive(VARIANT_NULL, 0)
}

export function appendBoolean(value: bool): void {
  primitive(value ? VARIANT_TRUE : VARIANT_FALSE, 0)
}

/** In as few bytes as will do. */
export function appendWhole(value: i64): void {
  if (value == <i64>(<i8>value)) store<i8>(primitive(VARIANT_INT1, 1), <i8>value)
  else if (value == <i64>(<i16>value)) store<i16>(primitive(VARIANT_INT2, 2), <i16>value)
  else if (value == <i64>(<i32>value)) store<i32>(primitive(VARIANT_INT4, 4), <i32>value)
  else store<i64>(primitive(VARIANT_INT8, 8), value)
}

export function appendDouble(value: f64): void {
  store<f64>(primitive(VARIANT_DOUBLE, 8), value)
}

export function appendFloat(value: f32): void {
  store<f32>(primitive(VARIANT_FLOAT, 4), value)
}

/** In as few bytes as have room for its digits and those behind the point. */
export function appendDecimal(low: i64, high: i64, scale: i32): void {
  if (scale <= MOST_INT4_PRECISION && !decimalExceeds(low, high, MOST_INT4_PRECISION)) {
    const at = primitive(VARIANT_DECIMAL4, 5)
    store<u8>(at, <u8>scale)
    store<i32>(at, <i32>low, 1)
  } else if (scale <= MOST_INT8_PRECISION && !decimalExceeds(low, high, MOST_INT8_PRECISION)) {
    const at = primitive(VARIANT_DECIMAL8, 9)
    store<u8>(at, <u8>scale)
    store<i64>(at, low, 1)
  } else {
    const at = primitive(VARIANT_DECIMAL16, 17)
    store<u8>(at, <u8>scale)
    store<i64>(at, low, 1)
    store<i64>(at, high, 9)
  }
}

export function appendDate(days: i32): void {
  store<i32>(primitive(VARIANT_DATE, 4), days)
}

/** A timestamp with or without a zone: the type says which. */
export function appendTimestamp(type: u32, micros: i64): void {
  store<i64>(primitive(type, 8), micros)
}

function appendSized(type: u32, at: usize, length: i32): void {
  const to = primitive(type, 4 + <usize>length)
  if (isTooLarge) return
  store<u32>(to, <u32>length)
  memory.copy(to + 4, at, length)
}

export function appendBinary(at: usize, length: i32): void {
  appendSized(VARIANT_BINARY, at, length)
}

export function appendString(at: usize, length: i32): void {
  if (length > VARIANT_MOST_SHORT) return appendSized(VARIANT_LONG_STRING, at, length)
  const to = reserve(1 + <usize>length)
  store<u8>(to, <u8>((length << VARIANT_INFO_SHIFT) | VARIANT_SHORT_STRING))
  memory.copy(to + 1, at, length)
}

/** A value that lies as it is, without keys. */
export function appendEncoded(at: usize, length: u32): void {
  const to = reserve(length)
  if (!isTooLarge) memory.copy(to, at, length)
}

/** Notes that the next value belongs to the object or array that began at `start`; `key` is the place of the key among all of the variant. */
export function appendMember(start: u32, key: i32): void {
  memberAllocate(<u32>cursor - start, key)
}

/** The place of a key among those of the variant, whose bytes must stay. */
@inline
export function variantKey(at: usize, length: i32): i32 {
  return keyOf(at, length)
}

@inline
function widthFor(most: u32): u32 {
  return (most < 1 << 8 ? 1 : most < 1 << 16 ? 2 : most < 1 << 24 ? 3 : 4)
}

function writeUnsigned(at: usize, value: u32, width: u32): void {
  for (let i: u32 = 0; i < width; i++) store<u8>(at + i, <u8>(value >> (i << 3)))
}

/** Ends an object whose first value began at `start`, with the last `count` members; false when it has a key twice. */
export function finishObject(start: u32, count: i32): bool {
  if (isTooLarge) return true
  equalKey = membersSort(count)
  if (equalKey >= 0) return false
  let mostId: u32 = 0
  for (let i = 0; i < count; i++) mostId = max(mostId, <u32>memberKey(count, i))
  finishMembers(start, count, VARIANT_OBJECT, widthFor(mostId))
  return true
}

export function finishArray(start: u32, count: i32): void {
  if (!isTooLarge) finishMembers(start, count, VARIANT_ARRAY, 0)
}

/** Moves the values, and writes where they are before them. */
function finishMembers(start: u32, count: i32, type: u32, idWidth: u32): void {
  const length = <u32>cursor - start
  const offsetWidth = widthFor(length)
  const isLarge = count > LARGE_COUNT
  const sizeWidth: u32 = isLarge ? 4 : 1
  const head = 1 + sizeWidth + <u32>count * idWidth + (<u32>count + 1) * offsetWidth
  reserve(head)
  if (isTooLarge) return
  let at = buffer + start
  memory.copy(at + head, at, length)
  const isObject = type == VARIANT_OBJECT
  const large = isLarge ? <u32>(isObject ? VARIANT_LARGE_OBJECT : VARIANT_LARGE_ARRAY) : 0
  const info = large | (isObject ? (idWidth - 1) << VARIANT_ID_WIDTH_SHIFT : 0) | (offsetWidth - 1)
  store<u8>(at, <u8>((info << VARIANT_INFO_SHIFT) | type))
  writeUnsigned(at + 1, count, sizeWidth)
  at += 1 + sizeWidth
  for (let i = 0; isObject && i < count; i++, at += idWidth) writeUnsigned(at, memberKey(count, i), idWidth)
  for (let i = 0; i < count; i++, at += offsetWidth) writeUnsigned(at, memberOffset(count, i), offsetWidth)
  writeUnsigned(at, length, offsetWidth)
  membersDrop(count)
}

/** Puts the variant into the arena; writes its address and length. */
export function variantFinish(out: usize): void {
  const bytes = keyBytes()
  const count = keyCount()
  const width = widthFor(max(bytes, <u32>count))
  const metadata = keysLength(width)
  const length = VARIANT_METADATA + metadata + <u32>cursor
  const start = arenaAllocate(length)
  store<u32>(start, metadata)
  const at = start + VARIANT_METADATA
  store<u8>(at, <u8>(VARIANT_VERSION | ((width - 1) << VARIANT_METADATA_WIDTH_SHIFT)))
  keysWrite(at + 1, width)
  memory.copy(at + metadata, buffer, cursor)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
}
