// Arrays and maps whose bytes are equal when they are: with one zero, one NaN, and the entries of maps in the order of their keys.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../interface/text'
import {
  PACKED_COUNT_BYTES,
  PACKED_OFFSET_BYTES,
  TYPE_ARRAY,
  TYPE_BOOLEAN,
  TYPE_DOUBLE,
  TYPE_FLOAT,
  TYPE_MAP,
  TYPE_STRUCT,
} from '../interface/packed'
import { arenaAllocate, arenaShrink } from './arena'
import {
  bitAt, bitmapBytes, bytesAt, childCount, childOf, isNullAt, isVariable, kindOf, lengthAt, setBit, valuesOf, vectorEnd, widthOf,
} from './packed'
import { compareElements } from './packed-compare'
import { canonical } from './packed-order'

/** A copy of an array or map in that form; writes address and length. */
export function packedNormalized(type: usize, at: usize, length: i32, result: usize): void {
  const copy = arenaAllocate(length)
  memory.copy(copy, at, length)
  normalize(type, type, copy, length)
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
  const scratch = arenaAllocate((<usize>count << 3) + length)
  const order = sorted(type, key, keys, count, scratch)
  const copy = scratch + (<usize>count << 3)
  const end = takeInOrder(type, key, keys, count, order, copy)
  takeInOrder(type, childOf(type, node, 1), vectorEnd(type, key, count, keys), count, order, end)
  memory.copy(keys, copy, length - PACKED_COUNT_BYTES)
  arenaShrink(scratch)
}

/** The numbers of the elements of a vector, in its order, by merging runs of them; there is room for twice as many. */
function sorted(type: usize, node: usize, vector: usize, count: i32, room: usize): usize {
  let from = room
  let to = room + (<usize>count << 2)
  for (let i = 0; i < count; i++) store<i32>(from + (<usize>i << 2), i)
  for (let run = 1; run < count; run <<= 1) {
    for (let start = 0; start < count; start += run << 1) {
      const middle = min(start + run, count)
      const end = min(start + (run << 1), count)
      let left = start
      let right = middle
      for (let i = start; i < end; i++) {
        let takesLeft = right >= end
        if (left < middle && right < end) {
          const a = load<i32>(from + (<usize>left << 2))
          takesLeft = compareElements(type, node, vector, count, a, vector, count, load<i32>(from + (<usize>right << 2))) <= 0
        }
        store<i32>(to + (<usize>i << 2), load<i32>(from + (<usize>(takesLeft ? left++ : right++) << 2)))
      }
    }
    const other = from
    from = to
    to = other
  }
  return from
}

/** Writes a vector with its elements in another order; returns where it ends. */
function takeInOrder(type: usize, node: usize, vector: usize, count: i32, order: usize, to: usize): usize {
  const kind = kindOf(node)
  memory.fill(to, 0, bitmapBytes(count))
  for (let i = 0; i < count; i++) if (!isNullAt(vector, load<i32>(order + (<usize>i << 2)))) setBit(to, i)
  let from = valuesOf(vector, count)
  let at = valuesOf(to, count)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) {
      const field = childOf(type, node, i)
      at = takeInOrder(type, field, from, count, order, at)
      from = vectorEnd(type, field, count, from)
    }
    return at
  }
  if (kind == TYPE_BOOLEAN) {
    memory.fill(at, 0, bitmapBytes(count))
    for (let i = 0; i < count; i++) if (bitAt(from, load<i32>(order + (<usize>i << 2)))) setBit(at, i)
    return at + bitmapBytes(count)
  }
  if (!isVariable(kind)) {
    const width: usize = widthOf(node)
    for (let i = 0; i < count; i++, at += width) memory.copy(at, from + <usize>load<i32>(order + (<usize>i << 2)) * width, width)
    return at
  }
  const bytes = at + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let end: usize = 0
  store<u32>(at, 0)
  for (let i = 0; i < count; i++) {
    const index = load<i32>(order + (<usize>i << 2))
    const length: usize = lengthAt(vector, count, index)
    memory.copy(bytes + end, bytesAt(vector, count, index), length)
    end += length
    at += PACKED_OFFSET_BYTES
    store<u32>(at, <u32>end)
  }
  return bytes + end
}
