// Arrays of the elements of another one, by their numbers: the order that sorts them, and writing what is taken.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../interface/text'
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES, TYPE_BOOLEAN, TYPE_STRUCT } from '../interface/packed'
import { arenaAllocate, arenaShrink } from './arena'
import {
  bitAt, bitmapBytes, bytesAt, childCount, childOf, isNullAt, isVariable, kindOf, lengthAt, setBit, valuesOf, vectorEnd, widthOf,
} from './packed'
import { compareElements } from './packed-compare'
import { roomFor } from './packed-slots'

/** An array of elements of another one; writes address and length. @param room at least as many bytes as it will have */
export function takeArray(type: usize, at: usize, room: u64, order: usize, taken: i32, out: usize): void {
  const array = roomFor(room)
  store<i32>(array, taken)
  const element = childOf(type, type, 0)
  const end = takeElements(type, element, at + PACKED_COUNT_BYTES, load<i32>(at), order, taken, array + PACKED_COUNT_BYTES)
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>(end - array), RESULT_LENGTH)
  arenaShrink(end)
}

/** The numbers of the elements of a vector in its order (1) or from the greatest on (-1), by merging runs of them; there is room for twice as many. */
export function sorted(type: usize, node: usize, vector: usize, count: i32, direction: i32, room: usize): usize {
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
          const b = load<i32>(from + (<usize>right << 2))
          takesLeft = compareElements(type, node, vector, count, a, vector, count, b) * direction <= 0
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

/** Writes values of one width; returns where they end. */
function takeFixed(width: usize, from: usize, order: usize, taken: i32, to: usize): usize {
  for (let i = 0; i < taken; i++, to += width) {
    const at = from + <usize>load<i32>(order + (<usize>i << 2)) * width
    if (width == 4) store<u32>(to, load<u32>(at))
    else if (width == 8) store<u64>(to, load<u64>(at))
    else memory.copy(to, at, width)
  }
  return to
}

/** Writes a vector of the elements of another one whose numbers are given, so many; returns where it ends. */
export function takeElements(
  type: usize, node: usize, vector: usize, count: i32, order: usize, taken: i32, to: usize,
): usize {
  const kind = kindOf(node)
  memory.fill(to, 0, bitmapBytes(taken))
  for (let i = 0; i < taken; i++) if (!isNullAt(vector, load<i32>(order + (<usize>i << 2)))) setBit(to, i)
  let from = valuesOf(vector, count)
  let at = valuesOf(to, taken)
  if (kind == TYPE_STRUCT) {
    const fields = childCount(node)
    for (let i = 0; i < fields; i++) {
      const field = childOf(type, node, i)
      at = takeElements(type, field, from, count, order, taken, at)
      from = vectorEnd(type, field, count, from)
    }
    return at
  }
  if (kind == TYPE_BOOLEAN) {
    memory.fill(at, 0, bitmapBytes(taken))
    for (let i = 0; i < taken; i++) if (bitAt(from, load<i32>(order + (<usize>i << 2)))) setBit(at, i)
    return at + bitmapBytes(taken)
  }
  if (!isVariable(kind)) {
    return takeFixed(widthOf(node), from, order, taken, at)
  }
  const bytes = at + (<usize>taken + 1) * PACKED_OFFSET_BYTES
  let end: usize = 0
  store<u32>(at, 0)
  for (let i = 0; i < taken; i++) {
    const index = load<i32>(order + (<usize>i << 2))
    const length: usize = lengthAt(vector, count, index)
    memory.copy(bytes + end, bytesAt(vector, count, index), length)
    end += length
    at += PACKED_OFFSET_BYTES
    store<u32>(at, <u32>end)
  }
  return bytes + end
}
