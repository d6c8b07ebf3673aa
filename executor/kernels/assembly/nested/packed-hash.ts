// Hashes of elements, and tables of these: which elements are equal to others.
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_BINARY,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_STRING,
  TYPE_STRUCT,
  TYPE_VOID,
  TYPE_WIDE,
} from '../../interface/packed'
import { arenaShrink, roomFor } from '../arena'
import { hashBytes } from '../rows/hash'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { compareElements, doubleAt, floatAt } from './packed-compare'

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15
@inline
function mixed(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * MULTIPLIER
  return product ^ (product >> 32)
}

/** A hash of an element of a vector, the same for elements that are equal. */
function hashElement(type: usize, node: usize, vector: usize, count: i32, index: i32): u64 {
  if (isNullAt(vector, index)) return 1
  const kind = kindOf(node)
  if (kind == TYPE_VOID) return 2
  if (kind == TYPE_STRING || kind == TYPE_BINARY) return hashBytes(bytesAt(vector, count, index), lengthAt(vector, count, index))
  if (kind == TYPE_DOUBLE) return hashDouble(doubleAt(vector, count, index))
  if (kind == TYPE_FLOAT) return hashDouble(floatAt(vector, count, index))
  if (kind == TYPE_WIDE) {
    const at = valuesOf(vector, count) + (<usize>index << 4)
    return mixed(mixed(3, load<u64>(at)), load<u64>(at, 8))
  }
  if (kind == TYPE_STRUCT) {
    let hash: u64 = 4
    let at = valuesOf(vector, count)
    for (let i = 0, fields = childCount(node); i < fields; i++) {
      const field = childOf(type, node, i)
      hash = mixed(hash, hashElement(type, field, at, count, index))
      at = vectorEnd(type, field, count, at)
    }
    return hash
  }
  if (kind == TYPE_ARRAY) {
    let hash: u64 = 5
    const at = bytesAt(vector, count, index)
    const size = load<i32>(at)
    const element = childOf(type, node, 0)
    for (let i = 0; i < size; i++) hash = mixed(hash, hashElement(type, element, at + PACKED_COUNT_BYTES, size, i))
    return hash
  }
  return mixed(6, <u64>integerAt(node, vector, count, index))
}

@inline
function hashDouble(value: f64): u64 {
  return mixed(7, reinterpret<u64>(value != value ? NaN : value + 0))
}

/** A table of the numbers of elements, from 1 on, by their hashes. */
@inline
function tableMask(count: i32): usize {
  return (<usize>1 << (33 - clz<u32>(<u32>count | 1))) - 1
}

/** An empty table for so many elements. */
export function elementTable(count: i32): usize {
  const bytes = <u64>4 << (33 - clz<u32>(<u32>count | 1))
  const table = roomFor(bytes)
  memory.fill(table, 0, <usize>bytes)
  return table
}

/** Adds an element to a table unless an equal one is there, whose number it returns; -1 when it was added. */
export function addElement(type: usize, node: usize, vector: usize, count: i32, index: i32, table: usize): i32 {
  const mask = tableMask(count)
  let place = <usize>hashElement(type, node, vector, count, index) & mask
  let other = load<i32>(table + (place << 2))
  while (other != 0) {
    if (compareElements(type, node, vector, count, index, vector, count, other - 1) == 0) return other - 1
    place = (place + 1) & mask
    other = load<i32>(table + (place << 2))
  }
  store<i32>(table + (place << 2), index + 1)
  return -1
}

/** Of so few elements each is compared with each. */
const FEW = 8

/** The number of the first element of a vector that equals one before it; -1 where all differ. */
export function equalElement(type: usize, node: usize, vector: usize, count: i32): i32 {
  if (count <= FEW) {
    for (let i = 1; i < count; i++)
      for (let j = 0; j < i; j++) if (compareElements(type, node, vector, count, i, vector, count, j) == 0) return i
    return -1
  }
  const table = elementTable(count)
  let index = 0
  while (index < count && addElement(type, node, vector, count, index, table) < 0) index++
  arenaShrink(table)
  return index < count ? index : -1
}
