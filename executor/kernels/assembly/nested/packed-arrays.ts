// Arrays of the elements of others, by their order and by their numbers.
import { PACKED_COUNT_BYTES, PACKED_OFFSET_BYTES, TYPE_STRUCT } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { roomFor } from '../arena'
import { formatLong } from '../numbers/integers'
import {
  bitmapBytes, bytesAt, childCount, childOf, fillOnes, isNullAt, isVariable, kindOf, lengthAt, valuesOf, widthOf,
} from './packed'
import { sorted, takeArray } from './packed-take'

/** The most elements that Spark has in an array. */
const MOST_ELEMENTS: i64 = 0x7ffffff0

/** Tells a number of elements that is at fault. */
function refuse(number: i64, status: i32, out: usize): i32 {
  formatLong(number, out)
  return status
}

/** The elements from the last to the first; writes address and length. */
export function packedReverse(type: usize, at: usize, length: i32, out: usize): void {
  const count = load<i32>(at)
  const order = roomFor(<u64>count << 2)
  for (let i = 0; i < count; i++) store<i32>(order + (<usize>i << 2), count - 1 - i)
  takeArray(type, at, length, order, count, out)
}

/** The elements in an order, which is an array of the numbers of all of them, or of some, none twice; writes address and length. */
export function packedInOrder(type: usize, at: usize, length: i32, order: usize, _: i32, out: usize): void {
  const taken = load<i32>(order)
  takeArray(type, at, length, order + PACKED_COUNT_BYTES + bitmapBytes(taken), taken, out)
}

/** The elements in their order, NULLs first, or from the greatest on; `nullsLast` for NULLs last in any case. Writes address and length. */
export function packedSorted(type: usize, at: usize, length: i32, isAscending: i32, nullsLast: i32, out: usize): void {
  const count = load<i32>(at)
  const room = roomFor(<u64>count << 3)
  const nullsFirst = isAscending != 0 && nullsLast == 0
  const order = sorted(type, childOf(type, type, 0), at + PACKED_COUNT_BYTES, count, isAscending ? 1 : -1, nullsFirst, room)
  takeArray(type, at, length, order, count, out)
}

/** So many elements from a number on, from 1, or from the end where it is negative; writes address and length, returns a status. */
export function packedSlice(type: usize, at: usize, length: i32, start: i32, wanted: i32, out: usize): i32 {
  if (start == 0) return ROUTINE_ERROR
  if (wanted < 0) return refuse(wanted, ROUTINE_ERROR + 1, out)
  const count = load<i32>(at)
  const first = start > 0 ? start - 1 : count + start
  const isWithin = first >= 0 && first < count
  const taken = isWithin ? min(wanted, count - first) : 0
  const order = roomFor(<u64>taken << 2)
  for (let i = 0; i < taken; i++) store<i32>(order + (<usize>i << 2), first + i)
  takeArray(type, at, length, order, taken, out)
  return ROUTINE_VALUE
}

/** The only element of an array so many times; writes address and length, returns a status. */
export function packedRepeat(type: usize, at: usize, length: i32, times: i32, out: usize): i32 {
  if (<i64>times > MOST_ELEMENTS) return refuse(times, ROUTINE_ERROR, out)
  const taken = max(times, 0)
  const order = roomFor(<u64>taken << 2)
  memory.fill(order, 0, <usize>taken << 2)
  takeArray(type, at, <u64>length * <u64>max(taken, 1), order, taken, out)
  return ROUTINE_VALUE
}

/** The bytes that an element takes at most that is NULL. */
function nullBytes(type: usize, node: usize): u64 {
  const kind = kindOf(node)
  if (isVariable(kind)) return 1 + PACKED_OFFSET_BYTES
  let bytes: u64 = 2 + widthOf(node)
  if (kind == TYPE_STRUCT)
    for (let i = 0, fields = childCount(node); i < fields; i++) bytes += nullBytes(type, childOf(type, node, i))
  return bytes
}

/**
 * An array with the value that stands behind its elements, before a NULL, put where it gets a number, from 1, or from the end where it is negative, and
 * NULLs where elements lack on the way there. Writes address and length, returns a status.
 */
export function packedInsert(type: usize, at: usize, length: i32, position: i32, out: usize): i32 {
  if (position == 0) return ROUTINE_ERROR
  const count = load<i32>(at) - 2
  const isForward = position > 0
  const place = isForward ? <i64>position - 1 : <i64>count + position + 1
  const gap = isForward ? max<i64>(place - count, 0) : max<i64>(-place, 0)
  const all = <i64>count + 1 + gap
  if (all > MOST_ELEMENTS) return refuse(all, ROUTINE_ERROR + 1, out)
  const order = roomFor(<u64>all << 2)
  let to = order
  const before = isForward ? min<i64>(place, count) : max<i64>(place, 0)
  for (let i: i64 = 0; i < before; i++, to += 4) store<i32>(to, <i32>i)
  if (!isForward) {
    store<i32>(to, count)
    to += 4
  }
  for (let i: i64 = 0; i < gap; i++, to += 4) store<i32>(to, count + 1)
  if (isForward) {
    store<i32>(to, count)
    to += 4
  }
  for (let i = before; i < count; i++, to += 4) store<i32>(to, <i32>i)
  const room = <u64>length + <u64>gap * nullBytes(type, childOf(type, type, 0))
  takeArray(type, at, room, order, <i32>all, out)
  return ROUTINE_VALUE
}

/** The texts of an array with another one between them; NULLs are passed over, or replaced. Writes address and length. */
export function packedJoin(
  type: usize, at: usize, length: i32, between: usize, betweenLength: i32, by: usize, byLength: i32, skipsNulls: i32, out: usize,
): void {
  const count = load<i32>(at)
  const vector = at + PACKED_COUNT_BYTES
  const start = roomFor(<u64>length + <u64>count * (<u64>betweenLength + <u64>byLength))
  let to = start
  let isFirst = true
  for (let i = 0; i < count; i++) {
    const isNull = isNullAt(vector, i)
    if (isNull && skipsNulls) continue
    if (!isFirst) {
      memory.copy(to, between, betweenLength)
      to += betweenLength
    }
    isFirst = false
    const size = isNull ? byLength : lengthAt(vector, count, i)
    memory.copy(to, isNull ? by : bytesAt(vector, count, i), size)
    to += size
  }
  store<u32>(out, <u32>start, RESULT_ADDRESS)
  store<u32>(out, <u32>(to - start), RESULT_LENGTH)
}

/** Whole numbers from one to another, by steps, or by 1 or -1 where these are 0; writes address and length, returns a status. */
export function packedSequence(type: usize, start: i64, stop: i64, step: i64, hasStep: i32, out: usize): i32 {
  if (!hasStep) step = start <= stop ? 1 : -1
  const isLegal = step == 0 ? start == stop : step > 0 ? start <= stop : start >= stop
  if (!isLegal) return ROUTINE_ERROR
  const distance = start <= stop ? <u64>stop - <u64>start : <u64>start - <u64>stop
  const steps = step == 0 ? 0 : distance / (step > 0 ? <u64>step : 0 - <u64>step)
  if (steps >= <u64>MOST_ELEMENTS) return refuse(<i64>steps, ROUTINE_ERROR + 1, out)
  const count = <i32>steps + 1
  const width = widthOf(childOf(type, type, 0))
  const bits = <usize>(count + 7) >> 3
  const bytes = PACKED_COUNT_BYTES + <u64>bits + <u64>count * <u64>width
  const array = roomFor(bytes)
  store<i32>(array, count)
  fillOnes(array + PACKED_COUNT_BYTES, count)
  let at = array + PACKED_COUNT_BYTES + bits
  for (let i = 0, value = start; i < count; i++, value += step, at += width) {
    if (width == 1) store<i8>(at, <i8>value)
    else if (width == 2) store<i16>(at, <i16>value)
    else if (width == 4) store<i32>(at, <i32>value)
    else store<i64>(at, value)
  }
  store<u32>(out, <u32>array, RESULT_ADDRESS)
  store<u32>(out, <u32>bytes, RESULT_LENGTH)
  return ROUTINE_VALUE
}
