// The order of arrays: element by element, NULL before all else, the shorter one first where it is the beginning of the other. Structs within
// them are compared field by field. Zeros are equal, NaNs too, and these are greater than all numbers.
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_VOID,
} from '../../interface/packed'
import { bytesCompare } from '../bytes'
import { bytesAt, childCount, childOf, integerAt, isNullAt, isWhole, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'

/** Negative, zero or positive as the first array sorts before, with or after the second. */
export function packedCompare(type: usize, a: usize, b: usize): i32 {
  return compareArrays(type, type, a, b)
}

function compareArrays(type: usize, node: usize, a: usize, b: usize): i32 {
  const countA = load<i32>(a)
  const countB = load<i32>(b)
  const element = childOf(type, node, 0)
  const common = min(countA, countB)
  for (let i = 0; i < common; i++) {
    const order = compareElements(type, element, a + PACKED_COUNT_BYTES, countA, i, b + PACKED_COUNT_BYTES, countB, i)
    if (order != 0) return order
  }
  return countA - countB
}

/** The order of two elements of vectors. */
export function compareElements(
  type: usize, node: usize, a: usize, countA: i32, i: i32, b: usize, countB: i32, j: i32,
): i32 {
  const nullA = isNullAt(a, i)
  const nullB = isNullAt(b, j)
  if (nullA || nullB) return i32(nullB) - i32(nullA)
  const kind = kindOf(node)
  if (isWhole(kind)) {
    const x = integerAt(node, a, countA, i)
    const y = integerAt(node, b, countB, j)
    return i32(x > y) - i32(x < y)
  }
  if (kind == TYPE_VOID) return 0
  if (kind == TYPE_STRUCT) return compareStructs(type, node, a, countA, i, b, countB, j)
  if (kind == TYPE_STRING || kind == TYPE_BINARY)
    return bytesCompare(bytesAt(a, countA, i), lengthAt(a, countA, i), bytesAt(b, countB, j), lengthAt(b, countB, j))
  if (kind == TYPE_ARRAY) return compareArrays(type, node, bytesAt(a, countA, i), bytesAt(b, countB, j))
  if (kind == TYPE_DOUBLE) return compareDoubles(doubleAt(a, countA, i), doubleAt(b, countB, j))
  if (kind == TYPE_FLOAT) return compareDoubles(floatAt(a, countA, i), floatAt(b, countB, j))
  return compareWide(valuesOf(a, countA) + (<usize>i << 4), valuesOf(b, countB) + (<usize>j << 4))
}

function compareStructs(
  type: usize, node: usize, a: usize, countA: i32, i: i32, b: usize, countB: i32, j: i32,
): i32 {
  const fields = childCount(node)
  let fieldA = valuesOf(a, countA)
  let fieldB = valuesOf(b, countB)
  for (let f = 0; f < fields; f++) {
    const field = childOf(type, node, f)
    const order = compareElements(type, field, fieldA, countA, i, fieldB, countB, j)
    if (order != 0) return order
    fieldA = vectorEnd(type, field, countA, fieldA)
    fieldB = vectorEnd(type, field, countB, fieldB)
  }
  return 0
}

@inline
export function doubleAt(vector: usize, count: i32, index: i32): f64 {
  return load<f64>(valuesOf(vector, count) + (<usize>index << 3))
}
@inline
export function floatAt(vector: usize, count: i32, index: i32): f64 {
  return load<f32>(valuesOf(vector, count) + (<usize>index << 2))
}

function compareDoubles(a: f64, b: f64): i32 {
  if (a < b) return -1
  if (a > b) return 1
  return i32(a != a) - i32(b != b)
}

function compareWide(a: usize, b: usize): i32 {
  const highA = load<i64>(a, 8)
  const highB = load<i64>(b, 8)
  if (highA != highB) return highA < highB ? -1 : 1
  const lowA = load<u64>(a)
  const lowB = load<u64>(b)
  return i32(lowA > lowB) - i32(lowA < lowB)
}
