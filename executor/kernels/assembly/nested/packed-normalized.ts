// Arrays and maps whose bytes are equal when they are: with one zero, one NaN, and the entries of maps in the order of their keys.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import {
  PACKED_COUNT_BYTES,
  TYPE_ARRAY,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_MAP,
  TYPE_STRUCT,
} from '../../interface/packed'
import { arenaAllocate, arenaShrink, roomFor } from '../arena'
import { bytesAt, childCount, childOf, isNullAt, kindOf, lengthAt, valuesOf, vectorEnd } from './packed'
import { canonical } from './packed-order'
import { sorted, takeElements } from './packed-take'

/** A copy of an array or map in that form; writes address and length. */
export function packedNormalized(type: usize, at: usize, length: i32, result: usize): void {
  const copy = arenaAllocate(length)
  memory.copy(copy, at, length)
  normalize(type, type, copy, length)
  store<u32>(result, <u32>copy, RESULT_ADDRESS)
  store<u32>(result, <u32>length, RESULT_LENGTH)
}

/** A copy of a map whose keys, which are numbers with fractions, have one zero and one NaN; writes address and length. */
export function packedNormalizedKeys(type: usize, at: usize, length: i32, result: usize): void {
  const copy = arenaAllocate(length)
  memory.copy(copy, at, length)
  normalizeVector(type, childOf(type, type, 0), copy + PACKED_COUNT_BYTES, load<i32>(copy))
  store<u32>(result, <u32>copy, RESULT_ADDRESS)
  store<u32>(result, <u32>length, RESULT_LENGTH)
}

function normalize(type: usize, node: usize, at: usize, length: i32): void {
  const count = load<i32>(at)
  const first = childOf(type, node, 0)
  const vector = at + PACKED_COUNT_BYTES
  normalizeVector(type, first, vector, count)
  if (kindOf(node) != TYPE_MAP) return
  normalizeVector(type, childOf(type, node, 1), vectorEnd(type, first, count, vector), count)
  if (count > 1) sortEntries(type, node, at, length)
}

function normalizeVector(type: usize, node: usize, vector: usize, count: i32): void {
  const kind = kindOf(node)
  let at = valuesOf(vector, count)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) {
      const field = childOf(type, node, i)
      normalizeVector(type, field, at, count)
      at = vectorEnd(type, field, count, at)
    }
  } else if (kind == TYPE_ARRAY || kind == TYPE_MAP) {
    for (let i = 0; i < count; i++)
      if (!isNullAt(vector, i)) normalize(type, node, bytesAt(vector, count, i), lengthAt(vector, count, i))
  } else if (kind == TYPE_DOUBLE) {
    for (let i = 0; i < count; i++, at += 8) store<f64>(at, canonical(load<f64>(at)))
  } else if (kind == TYPE_FLOAT) {
    for (let i = 0; i < count; i++, at += 4) store<f32>(at, <f32>canonical(load<f32>(at)))
  }
}

/** Puts the entries of a map in the order of their keys. */
function sortEntries(type: usize, node: usize, at: usize, length: i32): void {
  const count = load<i32>(at)
  const keys = at + PACKED_COUNT_BYTES
  const key = childOf(type, node, 0)
  const scratch = roomFor((<u64>count << 3) + length)
  const order = sorted(type, key, keys, count, 1, true, scratch)
  const copy = scratch + (<usize>count << 3)
  const end = takeElements(type, key, keys, count, order, count, copy)
  takeElements(type, childOf(type, node, 1), vectorEnd(type, key, count, keys), count, order, count, end)
  memory.copy(keys, copy, length - PACKED_COUNT_BYTES)
  arenaShrink(scratch)
}
