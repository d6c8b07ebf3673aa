// One array of several: of the elements of an array of arrays, and of those that an aggregate has kept one behind the other.
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_NULL } from '../../interface/text'
import { LISTED_BYTES, PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES, TYPE_BOOLEAN, TYPE_STRUCT } from '../../interface/packed'
import { arenaAllocate, roomFor } from '../arena'
import {
  bitAt, bitmapBytes, bytesAt, childCount, childOf, isNullAt, isVariable, kindOf, lengthAt, setBit, valuesOf, vectorEnd, widthOf,
} from './packed'

/** A part: where its next vector begins, and how many elements it has. */
const PART_BYTES = 8
const PART_COUNT = 4

/** The arrays of a list as one; writes address and length. */
export function listConcat(type: usize, list: usize, bytes: i32, out: usize): void {
  const end = list + bytes
  let arrays = 0
  for (let at = list; at < end; at += LISTED_BYTES + load<u32>(at)) arrays++
  const parts = roomFor(<u64>arrays * PART_BYTES)
  let part = parts
  for (let at = list; at < end; at += LISTED_BYTES + load<u32>(at), part += PART_BYTES) setPart(part, at + LISTED_BYTES)
  concat(type, childOf(type, type, 0), parts, arrays, bytes, out)
}

/** The elements of the arrays of an array, NULL where one of these is; `type` is that of the outer one. Writes address and length, returns a status. */
export function packedFlatten(type: usize, at: usize, length: i32, out: usize): i32 {
  const count = load<i32>(at)
  const arrays = at + PACKED_COUNT_BYTES
  const parts = roomFor(<u64>count * PART_BYTES)
  for (let i = 0; i < count; i++) {
    if (isNullAt(arrays, i)) return ROUTINE_NULL
    setPart(parts + <usize>i * PART_BYTES, bytesAt(arrays, count, i))
  }
  concat(type, childOf(type, childOf(type, type, 0), 0), parts, count, length, out)
  return 0
}

function setPart(part: usize, array: usize): void {
  store<u32>(part, <u32>(array + PACKED_COUNT_BYTES))
  store<i32>(part, load<i32>(array), PART_COUNT)
}

/** @param bytes at least as many as the arrays have */
function concat(type: usize, node: usize, parts: usize, arrays: i32, bytes: i32, out: usize): void {
  let count = 0
  for (let i = 0; i < arrays; i++) count += countOf(parts, i)
  // There may be no part that has what an array without elements consists of.
  const start = arenaAllocate(<usize>bytes + PACKED_COUNT_BYTES + emptyBytes(type, node))
  store<i32>(start, count)
  const end = concatVectors(type, node, parts, arrays, count, start + PACKED_COUNT_BYTES)
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(end - start), RESULT_LENGTH)
}

/** The bytes of a vector without elements: offsets, of which there is one more than elements. */
function emptyBytes(type: usize, node: usize): usize {
  if (isVariable(kindOf(node))) return PACKED_OFFSET_BYTES
  let bytes: usize = 0
  if (kindOf(node) != TYPE_STRUCT) return bytes
  for (let i = 0, fields = childCount(node); i < fields; i++) bytes += emptyBytes(type, childOf(type, node, i))
  return bytes
}

@inline
function vectorOf(parts: usize, index: i32): usize {
  return load<u32>(parts + <usize>index * PART_BYTES)
}

@inline
function countOf(parts: usize, index: i32): i32 {
  return load<i32>(parts + <usize>index * PART_BYTES, PART_COUNT)
}

/** Moves each part on to what lies behind its vector. */
function leaveVectors(type: usize, node: usize, parts: usize, arrays: i32): void {
  for (let i = 0; i < arrays; i++) {
    const end = vectorEnd(type, node, countOf(parts, i), vectorOf(parts, i))
    store<u32>(parts + <usize>i * PART_BYTES, <u32>end)
  }
}

/** Writes the vectors of the parts as one, and leaves them; returns where it ends. */
function concatVectors(type: usize, node: usize, parts: usize, arrays: i32, count: i32, to: usize): usize {
  const kind = kindOf(node)
  concatBits(parts, arrays, count, to, false)
  let at = valuesOf(to, count)
  if (kind == TYPE_STRUCT) {
    for (let i = 0; i < arrays; i++)
      store<u32>(parts + <usize>i * PART_BYTES, <u32>valuesOf(vectorOf(parts, i), countOf(parts, i)))
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) at = concatVectors(type, childOf(type, node, i), parts, arrays, count, at)
    return at
  }
  if (isVariable(kind)) at = concatBytes(parts, arrays, count, at)
  else if (kind == TYPE_BOOLEAN) {
    concatBits(parts, arrays, count, at, true)
    at += bitmapBytes(count)
  } else {
    const width: usize = widthOf(node)
    for (let i = 0; i < arrays; i++) {
      const size = <usize>countOf(parts, i) * width
      memory.copy(at, valuesOf(vectorOf(parts, i), countOf(parts, i)), size)
      at += size
    }
  }
  leaveVectors(type, node, parts, arrays)
  return at
}

/** The bitmaps of the parts as one, or those of booleans behind them. */
function concatBits(parts: usize, arrays: i32, count: i32, to: usize, isValue: bool): void {
  memory.fill(to, 0, bitmapBytes(count))
  let row = 0
  for (let i = 0; i < arrays; i++) {
    const size = countOf(parts, i)
    const vector = vectorOf(parts, i)
    const bits = isValue ? valuesOf(vector, size) : vector
    for (let j = 0; j < size; j++, row++) if (bitAt(bits, j)) setBit(to, row)
  }
}

function concatBytes(parts: usize, arrays: i32, count: i32, offsets: usize): usize {
  const bytes = offsets + (<usize>count + 1) * PACKED_OFFSET_BYTES
  let end: usize = 0
  store<u32>(offsets, 0)
  for (let i = 0; i < arrays; i++) {
    const size = countOf(parts, i)
    const vector = vectorOf(parts, i)
    const from = bytesAt(vector, size, 0)
    for (let j = 0; j < size; j++) {
      offsets += PACKED_OFFSET_BYTES
      store<u32>(offsets, <u32>(end + (bytesAt(vector, size, j) - from) + lengthAt(vector, size, j)))
    }
    const length = bytesAt(vector, size, size) - from
    memory.copy(bytes + end, from, length)
    end += length
  }
  return bytes + end
}
