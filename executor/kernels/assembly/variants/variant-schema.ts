// Of what types variants are. A schema is bytes, so that it can be the state of an aggregate: a byte that says of what kind it is (IS_*); of a decimal
// its precision and scale, of an array the schema of its elements, of an object the number of its keys (u32) and of each its length (u32), text and schema.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_VALUE } from '../../interface/text'
import {
  IS_ARRAY,
  IS_DATE,
  IS_DECIMAL,
  IS_DOUBLE,
  IS_FLOAT,
  IS_NULL,
  IS_OBJECT,
  IS_TIMESTAMP,
  IS_TIMESTAMP_NTZ,
  IS_VARIANT,
  IS_WHOLE,
} from '../../interface/variant'
import { arenaAllocate, arenaShrink } from '../arena'
import { allocate, reallocate } from '../memory'
import { keyAt, keyLength, kind, openVariant, readVariant, tellBytes } from './variant'
import { compareKeys } from './variant-keys'
import { keepMembers, memberAt, memberCount, readMemberKey } from './variant-frames'
import { plainText, variantVerdict } from './variant-json'

const RESULT: usize = memory.data(8, 8)
const MOST_PRECISION = 38
/** The digits of a bigint among decimals. */
const WHOLE_PRECISION = 20
const FIRST_BYTES = 1024

// Schemas that are being made lie one behind the other.
let buffer: usize = 0
let capacity: u32 = 0
let cursor: u32 = 0

@inline
function at(place: u32): usize {
  return buffer + place
}
@inline
function kindAt(place: u32): i32 {
  return <i32>load<u8>(at(place))
}

function reserve(bytes: u32): usize {
  if (cursor + bytes > capacity) {
    const grown = max(max(capacity * 2, cursor + bytes), FIRST_BYTES)
    buffer = capacity == 0 ? allocate(grown) : reallocate(buffer, grown)
    capacity = grown
  }
  const place = at(cursor)
  cursor += bytes
  return place
}

function appendKind(type: i32): void {
  store<u8>(reserve(1), <u8>type)
}

function appendDecimal(precision: i32, scale: i32): void {
  const place = reserve(3)
  store<u8>(place, IS_DECIMAL)
  store<u8>(place, <u8>precision, 1)
  store<u8>(place, <u8>scale, 2)
}

function appendKey(text: usize, length: u32): void {
  const place = reserve(4 + length)
  store<u32>(place, length)
  memory.copy(place + 4, text, length)
}

/** Appends a schema that lies further ahead. */
function appendAgain(place: u32): void {
  const length = schemaEnd(place) - place
  const to = reserve(length)
  memory.copy(to, at(place), length)
}

/** Where a schema ends. */
function schemaEnd(place: u32): u32 {
  const type = kindAt(place)
  if (type == IS_ARRAY) return schemaEnd(place + 1)
  if (type == IS_DECIMAL) return place + 3
  if (type != IS_OBJECT) return place + 1
  const count = load<u32>(at(place + 1))
  let end = place + 5
  for (let i: u32 = 0; i < count; i++) end = schemaEnd(end + 4 + load<u32>(at(end)))
  return end
}

/** Puts the schema that begins at `made`, the last one, in place of what begins at `place`. */
function replace(place: u32, made: u32): void {
  const length = cursor - made
  memory.copy(at(place), at(made), length)
  cursor = place + length
}

/** Appends the schema of a value, which lies so deep in its variant; false when it is malformed. */
function appendSchema(value: usize, depth: i32): bool {
  if (!readVariant(value)) return false
  if (kind == IS_OBJECT) return appendObject(depth)
  if (kind == IS_ARRAY) return appendArray(depth)
  if (kind == IS_DECIMAL) appendDigits()
  else appendKind(kind)
  return true
}

/** Of a decimal the digits that its text has: zeros at the end are none. */
function appendDigits(): void {
  plainText(RESULT)
  const text = <usize>load<u32>(RESULT, RESULT_ADDRESS)
  const length = load<i32>(RESULT, RESULT_LENGTH)
  let precision = 0
  let scale = 0
  let isFraction = false
  for (let i = 0; i < length; i++) {
    const c = <u32>load<u8>(text + i)
    if (c == 0x2e) isFraction = true
    else if (c != 0x2d) {
      if (precision > 0 || c != 0x30) precision++
      if (isFraction) scale++
    }
  }
  arenaShrink(text)
  appendDecimal(max(max(precision, scale), 1), scale)
}

function appendObject(depth: i32): bool {
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  store<u8>(reserve(1), IS_OBJECT)
  store<u32>(reserve(4), <u32>count)
  for (let i = 0; i < count; i++) {
    if (!readMemberKey(frame, i)) return false
    appendKey(keyAt, keyLength)
    if (!appendSchema(memberAt(frame, i), depth + 1)) return false
  }
  return true
}

function appendArray(depth: i32): bool {
  const frame = keepMembers(depth)
  if (frame == 0) return false
  const count = memberCount(frame)
  appendKind(IS_ARRAY)
  const all = cursor
  appendKind(IS_NULL)
  for (let i = 0; i < count; i++) {
    const one = cursor
    if (!appendSchema(memberAt(frame, i), depth + 1)) return false
    const length = cursor - one
    if (length == one - all && memory.compare(at(all), at(one), length) == 0) cursor = one
    else {
      const made = cursor
      appendMerged(all, one)
      replace(all, made)
    }
  }
  return true
}

/** Appends the schema of values that are of one schema or another. */
function appendMerged(a: u32, b: u32): void {
  const x = kindAt(a)
  const y = kindAt(b)
  if (x == IS_NULL) appendAgain(b)
  else if (y == IS_NULL) appendAgain(a)
  else if (x == IS_OBJECT && y == IS_OBJECT) mergeObjects(a, b)
  else if (x == IS_ARRAY && y == IS_ARRAY) {
    appendKind(IS_ARRAY)
    appendMerged(a + 1, b + 1)
  } else if ((x == IS_DECIMAL && isExact(y)) || (y == IS_DECIMAL && isExact(x))) mergeDecimals(a, b)
  else if (x == y) appendKind(x)
  else if (isNumber(x) && isNumber(y)) appendKind(isDouble(x, y) ? IS_DOUBLE : IS_FLOAT)
  else if (isTime(x) && isTime(y)) appendKind(x == IS_TIMESTAMP || y == IS_TIMESTAMP ? IS_TIMESTAMP : IS_TIMESTAMP_NTZ)
  else appendKind(IS_VARIANT)
}

@inline
function isExact(type: i32): bool {
  return type == IS_WHOLE || type == IS_DECIMAL
}
@inline
function isNumber(type: i32): bool {
  return isExact(type) || type == IS_DOUBLE || type == IS_FLOAT
}
@inline
function isDouble(x: i32, y: i32): bool {
  return x == IS_DOUBLE || y == IS_DOUBLE || x == IS_DECIMAL || y == IS_DECIMAL
}
@inline
function isTime(type: i32): bool {
  return type == IS_DATE || type == IS_TIMESTAMP || type == IS_TIMESTAMP_NTZ
}

function mergeDecimals(a: u32, b: u32): void {
  const scale = max(scaleAt(a), scaleAt(b))
  const precision = scale + max(wholeDigitsAt(a), wholeDigitsAt(b))
  if (precision > MOST_PRECISION) appendKind(IS_DOUBLE)
  else appendDecimal(precision, scale)
}

@inline
function scaleAt(place: u32): i32 {
  return (kindAt(place) == IS_WHOLE ? 0 : <i32>load<u8>(at(place), 2))
}
@inline
function wholeDigitsAt(place: u32): i32 {
  return kindAt(place) == IS_WHOLE ? WHOLE_PRECISION : <i32>load<u8>(at(place), 1) - scaleAt(place)
}

/** Both have their keys in order. */
function mergeObjects(a: u32, b: u32): void {
  let left = load<u32>(at(a + 1))
  let right = load<u32>(at(b + 1))
  store<u8>(reserve(1), IS_OBJECT)
  const counted = cursor
  let count: u32 = 0
  reserve(4)
  a += 5
  b += 5
  while (left > 0 || right > 0) {
    const order = left == 0 ? 1 : right == 0 ? -1 : keysInOrder(a, b)
    const key = order <= 0 ? a : b
    const length = 4 + load<u32>(at(key))
    const to = reserve(length)
    memory.copy(to, at(key), length)
    if (order == 0) appendMerged(a + length, b + length)
    else appendAgain(key + length)
    if (order <= 0) {
      a = schemaEnd(a + length)
      left--
    }
    if (order >= 0) {
      b = schemaEnd(b + length)
      right--
    }
    count++
  }
  store<u32>(at(counted), count)
}

function keysInOrder(a: u32, b: u32): i32 {
  return compareKeys(at(a + 4), load<i32>(at(a)), at(b + 4), load<i32>(at(b)))
}

/** Puts the schema made last into the arena; writes address and length. */
function finish(place: u32, out: usize): void {
  const length = cursor - place
  const to = arenaAllocate(length)
  memory.copy(to, at(place), length)
  tellBytes(to, <i32>length, out)
}

/** The schema of a variant. */
export function variantSchema(value: usize, length: i32, out: usize): i32 {
  cursor = 0
  const first = openVariant(value, length)
  if (first == 0 || !appendSchema(first, 0)) return variantVerdict(out)
  finish(0, out)
  return ROUTINE_VALUE
}

/** The schema of what is of one schema or another. */
export function variantSchemaMerged(a: usize, aLength: i32, b: usize, bLength: i32, out: usize): void {
  if (aLength == bLength && memory.compare(a, b, aLength) == 0) return tellBytes(a, aLength, out)
  cursor = 0
  memory.copy(reserve(aLength), a, aLength)
  memory.copy(reserve(bLength), b, bLength)
  const made = cursor
  appendMerged(0, aLength)
  finish(made, out)
}
