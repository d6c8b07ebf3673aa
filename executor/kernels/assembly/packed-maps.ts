// The keys of maps: whether two are equal, and one of the two vectors as an array.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../interface/text'
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
} from '../interface/packed'
import { arenaAllocate, arenaShrink } from './arena'
import { hashBytes } from './hash'
import { bytesAt, childCount, childOf, integerAt, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { compareElements, doubleAt, floatAt } from './packed-compare'

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15
/** Of so few keys each is compared with each. */
const FEW = 8

@inline
function mixed(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * MULTIPLIER
  return product ^ (product >> 32)
}

/** A hash of an element of a vector, the same for elements that are equal. */
export function hashElement(type: usize, node: usize, vector: usize, count: i32, index: i32): u64 {
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

const hashDouble = (value: f64): u64 => mixed(7, reinterpret<u64>(value != value ? NaN : value + 0))

/** The number of the first key of a map that equals one before it; -1 where all differ. */
export function packedEqualKey(type: usize, at: usize): i32 {
  const count = load<i32>(at)
  const keys = at + PACKED_COUNT_BYTES
  const node = childOf(type, type, 0)
  if (count > FEW) return equalKeyByHash(type, node, keys, count)
  for (let i = 1; i < count; i++)
    for (let j = 0; j < i; j++) if (compareElements(type, node, keys, count, i, keys, count, j) == 0) return i
  return -1
}

/** A table of the numbers of keys, from 1 on, by their hashes. */
function equalKeyByHash(type: usize, node: usize, keys: usize, count: i32): i32 {
  const mask = (<usize>1 << (33 - clz<u32>(<u32>count))) - 1
  const table = arenaAllocate((mask + 1) << 2)
  memory.fill(table, 0, (mask + 1) << 2)
  let equal = -1
  for (let i = 0; i < count && equal < 0; i++) {
    let place = <usize>hashElement(type, node, keys, count, i) & mask
    let other = load<i32>(table + (place << 2))
    while (other != 0 && compareElements(type, node, keys, count, i, keys, count, other - 1) != 0) {
      place = (place + 1) & mask
      other = load<i32>(table + (place << 2))
    }
    if (other != 0) equal = i
    else store<i32>(table + (place << 2), i + 1)
  }
  arenaShrink(table)
  return equal
}

/** The keys (0) or the values (1) of a map as an array; writes address and length. */
export function packedMapPart(type: usize, at: usize, part: i32, out: usize): void {
  const count = load<i32>(at)
  const keys = at + PACKED_COUNT_BYTES
  const values = vectorEnd(type, childOf(type, type, 0), count, keys)
  const from = part == 0 ? keys : values
  const bytes = (part == 0 ? values : vectorEnd(type, childOf(type, type, 1), count, values)) - from
  const array = arenaAllocate(bytes + PACKED_COUNT_BYTES)
  store<i32>(array, count)
  memory.copy(array + PACKED_COUNT_BYTES, from, bytes)
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>(bytes + PACKED_COUNT_BYTES), RESULT_LENGTH)
}
