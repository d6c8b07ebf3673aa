// Arrays as bytes that sort as the arrays do.
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_BOOLEAN,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_VOID,
  TYPE_WIDE,
} from '../../interface/packed'
import { jsonBegin, jsonFinish, jsonRoom } from '../json/json-writer'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { doubleAt, floatAt } from './packed-compare'

/** What stands before an element, and behind the last one. */
const END: u8 = 0
const IS_NULL: u8 = 1
const IS_VALUE: u8 = 2

/** Bytes in the order of which arrays are in theirs; writes address and length. */
export function packedOrderKey(type: usize, at: usize, result: usize): void {
  jsonBegin()
  arrayKey(type, type, at)
  jsonFinish(result)
}

@inline
function put(byte: u8): void {
  store<u8>(jsonRoom(1), byte)
}

function arrayKey(type: usize, node: usize, at: usize): void {
  const count = load<i32>(at)
  const element = childOf(type, node, 0)
  for (let i = 0; i < count; i++) elementKey(type, element, at + PACKED_COUNT_BYTES, count, i)
  put(END)
}

function elementKey(type: usize, node: usize, vector: usize, count: i32, index: i32): void {
  if (isNullAt(vector, index)) return put(IS_NULL)
  put(IS_VALUE)
  const kind = kindOf(node)
  if (kind == TYPE_VOID) return
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    let at = valuesOf(vector, count)
    for (let i = 0; i < fields; i++) {
      const field = childOf(type, node, i)
      elementKey(type, field, at, count, index)
      at = vectorEnd(type, field, count, at)
    }
  } else if (kind == TYPE_ARRAY) arrayKey(type, node, bytesAt(vector, count, index))
  else if (kind == TYPE_STRING || kind == TYPE_BINARY) bytesKey(bytesAt(vector, count, index), lengthAt(vector, count, index))
  else if (kind == TYPE_DOUBLE) doubleKey(doubleAt(vector, count, index))
  else if (kind == TYPE_FLOAT) doubleKey(floatAt(vector, count, index))
  else if (kind == TYPE_WIDE) {
    const at = valuesOf(vector, count) + (<usize>index << 4)
    longKey(load<u64>(at, 8) ^ (<u64>1 << 63))
    longKey(load<u64>(at))
  } else if (kind == TYPE_BOOLEAN) put(<u8>integerAt(node, vector, count, index))
  else longKey(<u64>integerAt(node, vector, count, index) ^ (<u64>1 << 63))
}

/** The most significant byte first. */
function longKey(value: u64): void {
  store<u64>(jsonRoom(8), bswap(value))
}

/** Of a negative number all bits are turned, of another the sign. */
function doubleKey(value: f64): void {
  const bits = reinterpret<u64>(canonical(value))
  longKey((bits >> 63) != 0 ? ~bits : bits | (<u64>1 << 63))
}

@inline
export function canonical(value: f64): f64 {
  return (value != value ? NaN : value + 0)
}

/** A zero is followed by another byte than the end of the text is. */
function bytesKey(at: usize, length: i32): void {
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(at + i)
    put(byte)
    if (byte == 0) put(0xff)
  }
  put(0)
  put(0)
}
