// Arrays as sets of elements. Where a function has two arrays, it gets them as one, and how many elements are those of the first.
import { PACKED_COUNT_BYTES } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, RESULT_LOW, ROUTINE_NULL, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate, roomFor } from '../arena'
import { bitmapBytes, childOf, fillOnes, isNullAt } from './packed'
import { compareElements } from './packed-compare'
import { addElement, elementTable } from './packed-hash'
import { takeArray } from './packed-take'

/** Each element once, in the order in which they come first; writes address and length. */
export function packedDistinct(type: usize, at: usize, length: i32, out: usize): void {
  const count = load<i32>(at)
  const node = childOf(type, type, 0)
  const table = elementTable(count)
  const order = roomFor(<u64>count << 2)
  let taken = 0
  for (let i = 0; i < count; i++) {
    if (addElement(type, node, at + PACKED_COUNT_BYTES, count, i, table) >= 0) continue
    store<i32>(order + (<usize>taken << 2), i)
    taken++
  }
  takeArray(type, at, length, order, taken, out)
}

/** Each element of the first array once that the second one has too, or that it has not; writes address and length. */
export function packedCommon(type: usize, at: usize, length: i32, first: i32, isCommon: i32, out: usize): void {
  const count = load<i32>(at)
  const node = childOf(type, type, 0)
  const table = elementTable(count)
  const chosen = arenaAllocate(first)
  for (let i = 0; i < count; i++) {
    const equal = addElement(type, node, at + PACKED_COUNT_BYTES, count, i, table)
    if (i < first) store<u8>(chosen + i, <u8>(equal < 0 && !isCommon))
    else if (equal >= 0 && equal < first) store<u8>(chosen + equal, <u8>isCommon)
  }
  const order = roomFor(<u64>first << 2)
  let taken = 0
  for (let i = 0; i < first; i++) {
    if (!load<u8>(chosen + i)) continue
    store<i32>(order + (<usize>taken << 2), i)
    taken++
  }
  takeArray(type, at, length, order, taken, out)
}

/** Whether two arrays have an element in common; NULL where they have none, both have elements and one of these is NULL. */
export function packedOverlaps(type: usize, at: usize, length: i32, first: i32, out: usize): i32 {
  const count = load<i32>(at)
  const vector = at + PACKED_COUNT_BYTES
  const node = childOf(type, type, 0)
  const table = elementTable(count)
  let hasNull = false
  store<i32>(out, 0, RESULT_LOW)
  for (let i = 0; i < count; i++) {
    if (isNullAt(vector, i)) {
      hasNull = true
      continue
    }
    const equal = addElement(type, node, vector, count, i, table)
    if (i < first || equal < 0 || equal >= first) continue
    store<i32>(out, 1, RESULT_LOW)
    return ROUTINE_VALUE
  }
  return hasNull && first > 0 && first < count ? ROUTINE_NULL : ROUTINE_VALUE
}

/** The number, from 1, of the first element that equals the last one, which is no element; 0 where none does, NULL where that is NULL. */
export function packedPosition(type: usize, at: usize, length: i32, out: usize): i32 {
  const last = load<i32>(at) - 1
  const vector = at + PACKED_COUNT_BYTES
  if (isNullAt(vector, last)) return ROUTINE_NULL
  const node = childOf(type, type, 0)
  let i = 0
  while (i < last && compareElements(type, node, vector, last + 1, i, vector, last + 1, last) != 0) i++
  store<i64>(out, i < last ? i + 1 : 0, RESULT_LOW)
  return ROUTINE_VALUE
}

/** The elements that do not equal the last one, which is no element; NULL where that is. Writes address and length. */
export function packedWithout(type: usize, at: usize, length: i32, out: usize): i32 {
  const last = load<i32>(at) - 1
  const vector = at + PACKED_COUNT_BYTES
  if (isNullAt(vector, last)) return ROUTINE_NULL
  const node = childOf(type, type, 0)
  const order = roomFor(<u64>last << 2)
  let taken = 0
  for (let i = 0; i < last; i++) {
    if (compareElements(type, node, vector, last + 1, i, vector, last + 1, last) == 0) continue
    store<i32>(order + (<usize>taken << 2), i)
    taken++
  }
  takeArray(type, at, length, order, taken, out)
  return ROUTINE_VALUE
}

/** Of each of the elements before a number, which differ, that of the first one from there on which equals it, from 0, or how many these are; writes address and length of an array. */
export function packedPlaces(type: usize, at: usize, length: i32, first: i32, out: usize): void {
  const count = load<i32>(at)
  const vector = at + PACKED_COUNT_BYTES
  const node = childOf(type, type, 0)
  const table = elementTable(count)
  const bitmap = bitmapBytes(first)
  const bytes: u64 = PACKED_COUNT_BYTES + bitmap + (<u64>first << 2)
  const made = roomFor(bytes)
  store<i32>(made, first)
  fillOnes(made + PACKED_COUNT_BYTES, first)
  const places = made + PACKED_COUNT_BYTES + bitmap
  for (let i = first; i < count; i++) addElement(type, node, vector, count, i, table)
  for (let i = 0; i < first; i++) {
    const equal = addElement(type, node, vector, count, i, table)
    store<i32>(places + (<usize>i << 2), (equal < 0 ? count : equal) - first)
  }
  store<u32>(out, <u32>made, RESULT_ADDRESS)
  store<u32>(out, <u32>bytes, RESULT_LENGTH)
}
