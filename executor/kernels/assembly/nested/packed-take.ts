// Arrays of the elements of another one, by their numbers: the order that sorts them, and writing what is taken.
import { RESULT_ADDRESS, RESULT_LENGTH } from '../../interface/text'
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES, TYPE_BOOLEAN, TYPE_STRUCT } from '../../interface/packed'
import { arenaShrink, roomFor } from '../arena'
import {
  bitAt, bitmapBytes, bytesAt, childCount, childOf, fillZeros, integerAt, isNullAt, isVariable, isWhole, kindOf, lengthAt, setBit, valuesOf,
  vectorEnd, widthOf,
} from './packed'
import { compareElements } from './packed-compare'
import { copyBytes } from '../rows/row-store'

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

/** So few elements are put in their places one after the other. */
const FEW = 16

/** The values of a vector of whole numbers, 8 bytes each; 0 for a vector of others. */
function wholeNumbers(node: usize, vector: usize, count: i32): usize {
  if (!isWhole(kindOf(node))) return 0
  const numbers = roomFor(<u64>count << 3)
  const isInt = kindOf(node) != TYPE_BOOLEAN && widthOf(node) == 4
  const values = valuesOf(vector, count)
  for (let i = 0; i < count; i++) {
    const number = isInt ? <i64>load<i32>(values + (<usize>i << 2)) : integerAt(node, vector, count, i)
    store<i64>(numbers + (<usize>i << 3), number)
  }
  return numbers
}

/** Whether an element comes before another one, of whole numbers by those. */
@inline
function isBefore(
  type: usize, node: usize, vector: usize, count: i32, numbers: usize, direction: i32, a: i32, b: i32,
): bool {
  if (numbers == 0) return compareElements(type, node, vector, count, a, vector, count, b) * direction < 0
  const x = load<i64>(numbers + (<usize>a << 3))
  const y = load<i64>(numbers + (<usize>b << 3))
  return direction > 0 ? x < y : x > y
}

/**
 * The numbers of the elements of a vector in its order (1) or from the greatest on (-1), those of NULLs before or behind them. There is room for twice as
 * many.
 */
export function sorted(
  type: usize, node: usize, vector: usize, count: i32, direction: i32, nullsFirst: bool, room: usize,
): usize {
  let values = 0
  for (let i = 0; i < count; i++) {
    if (isNullAt(vector, i)) continue
    store<i32>(room + (<usize>values << 2), i)
    values++
  }
  const numbers = wholeNumbers(node, vector, count)
  let order = room
  if (values <= FEW) insertEach(type, node, vector, count, numbers, direction, order, values)
  else order = mergeRuns(type, node, vector, count, numbers, direction, order, values)
  if (numbers != 0) arenaShrink(numbers)
  return values == count ? order : withNulls(vector, count, nullsFirst, room, order, values)
}

/** Puts the NULLs to the values in `order`, which is one of the halves of the room. */
function withNulls(vector: usize, count: i32, nullsFirst: bool, room: usize, order: usize, values: i32): usize {
  const first = nullsFirst ? count - values : 0
  memory.copy(room + (<usize>first << 2), order, <usize>values << 2)
  let at = nullsFirst ? 0 : values
  for (let i = 0; i < count; i++) {
    if (!isNullAt(vector, i)) continue
    store<i32>(room + (<usize>at << 2), i)
    at++
  }
  return room
}

function insertEach(
  type: usize, node: usize, vector: usize, count: i32, numbers: usize, direction: i32, order: usize, values: i32,
): void {
  for (let i = 1; i < values; i++) {
    const element = load<i32>(order + (<usize>i << 2))
    let place = i
    for (; place > 0; place--) {
      const before = load<i32>(order + (<usize>(place - 1) << 2))
      if (!isBefore(type, node, vector, count, numbers, direction, element, before)) break
      store<i32>(order + (<usize>place << 2), before)
    }
    store<i32>(order + (<usize>place << 2), element)
  }
}

/** By merging runs of them, back and forth between the halves of the room; returns where they lie in the end. */
function mergeRuns(
  type: usize, node: usize, vector: usize, count: i32, numbers: usize, direction: i32, room: usize, values: i32,
): usize {
  let from = room
  let to = room + (<usize>values << 2)
  for (let run = 1; run < values; run <<= 1) {
    for (let start = 0; start < values; start += run << 1) {
      const middle = min(start + run, values)
      const end = min(start + (run << 1), values)
      let left = start
      let right = middle
      for (let i = start; i < end; i++) {
        let takesLeft = right >= end
        if (left < middle && right < end) {
          const a = load<i32>(from + (<usize>left << 2))
          const b = load<i32>(from + (<usize>right << 2))
          takesLeft = !isBefore(type, node, vector, count, numbers, direction, b, a)
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
  fillZeros(to, bitmapBytes(taken))
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
    fillZeros(at, bitmapBytes(taken))
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
    copyBytes(bytes + end, bytesAt(vector, count, index), length)
    end += length
    at += PACKED_OFFSET_BYTES
    store<u32>(at, <u32>end)
  }
  return bytes + end
}
