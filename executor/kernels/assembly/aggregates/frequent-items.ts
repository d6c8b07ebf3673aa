// `approx_top_k`: what rows do to its state (frequent-table.ts), and the most frequent items of it.
import { PACKED_COUNT_BYTES } from '../../interface/packed'
import { RESULT_ADDRESS, RESULT_LENGTH, ROUTINE_ERROR, ROUTINE_VALUE } from '../../interface/text'
import { arenaAllocate } from '../arena'
import { LENGTH_BYTES } from './collected'
import { added, complete, counter, distance, IS_MERGED, isSketch, ITEMS, itemAt, merged, NULLS, received, sizeOf, slotsOf, stateOr, strideOf, TAKEN } from './frequent-table'
import { allocate, release } from '../memory'
import { bitmapBytes } from '../nested/packed'

function give(state: usize, out: usize): void {
  store<u32>(out, <u32>state, RESULT_ADDRESS)
  store<u32>(out, <u32>sizeOf(state), RESULT_LENGTH)
}

/** @param most the logarithm of how many slots there are at most */
export function frequentAdded(at: usize, length: i32, item: usize, itemLength: i32, itemHash: i32, most: i32, out: usize): void {
  give(added(stateOr(at, length, most), item, itemLength, itemHash, 1), out)
}

export function frequentNull(at: usize, length: i32, most: i32, out: usize): void {
  const state = stateOr(at, length, most)
  store<i64>(state, load<i64>(state, NULLS) + 1, NULLS)
  give(state, out)
}

export function frequentMerged(at: usize, length: i32, other: usize, otherLength: i32, most: i32, out: usize): void {
  let state = stateOr(at, length, most)
  if (otherLength > 0) state = merged(state, other)
  give(state, out)
}

/** The same with a sketch that was kept: the rows of an aggregate, which are not sent yet. */
export function frequentCombined(at: usize, length: i32, other: usize, otherLength: i32, most: i32, out: usize): void {
  let state = stateOr(at, length, most)
  if (otherLength > 0) state = merged(state, other)
  store<i32>(state, 0, IS_MERGED)
  give(state, out)
}

/** A sketch that comes from outside, checked; returns a status. */
export function frequentSketch(at: usize, length: i32, out: usize): i32 {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  if (length == 0) return ROUTINE_VALUE
  if (!isSketch(at, length)) return ROUTINE_ERROR
  give(complete(at), out)
  return ROUTINE_VALUE
}

/** A sketch that was kept, as it is asked. */
export function frequentReceived(at: usize, length: i32, out: usize): void {
  store<u32>(out, <u32>at, RESULT_ADDRESS)
  store<u32>(out, length, RESULT_LENGTH)
  if (length == 0) return
  const state = received(at)
  store<i32>(state, 1, IS_MERGED)
  store<i64>(state, load<i64>(at, NULLS), NULLS)
  store<i64>(state, load<i64>(at, TAKEN), TAKEN)
  give(state, out)
}

/** The slots of the items that are frequent for sure, the most frequent first; to be released. How many in `frequentCount`. */
let frequentCount = 0
function frequentSlots(state: usize): usize {
  const items = load<i32>(state, ITEMS)
  const half = max<usize>(<usize>items << 2, 8)
  const start = allocate(half << 1)
  const stride = strideOf(state)
  const mask = slotsOf(state) - 1
  const taken = load<i64>(state, TAKEN)
  frequentCount = 0
  let slot = -stride
  for (let found = 0; found < items; ) {
    slot = (slot + stride) & mask
    if (load<i32>(distance(state, slot)) == 0) continue
    found++
    if (load<i64>(counter(state, slot)) < taken) continue
    store<i32>(start + (<usize>frequentCount << 2), slot)
    frequentCount++
  }
  let from = start
  let to = start + half
  for (let run = 1; run < frequentCount; run <<= 1) {
    for (let first = 0; first < frequentCount; first += run << 1)
      mergeSlots(state, from, to, first, min(first + run, frequentCount), min(first + (run << 1), frequentCount))
    const other = from
    from = to
    to = other
  }
  if (from != start) memory.copy(start, from, half)
  return start
}

@inline
function slotAt(list: usize, i: i32): i32 {
  return load<i32>(list + (<usize>i << 2))
}

function mergeSlots(state: usize, from: usize, to: usize, first: i32, middle: i32, end: i32): void {
  let left = first
  let right = middle
  for (let i = first; i < end; i++) {
    const takesLeft =
      left < middle &&
      (right >= end || load<i64>(counter(state, slotAt(from, left))) >= load<i64>(counter(state, slotAt(from, right))))
    store<i32>(to + (<usize>i << 2), slotAt(from, takesLeft ? left++ : right++))
  }
}

/** At most so many of the most frequent items as an array of structs: the bytes of an item, which are NULL for NULL, and how often it is there. */
export function frequentItems(at: usize, length: i32, wanted: i32, most: i32, out: usize): void {
  let state = stateOr(at, length, most)
  state = complete(state)
  const list = frequentSlots(state)
  const nulls = load<i64>(state, NULLS)
  const taken = load<i64>(state, TAKEN)
  const count = min(wanted, frequentCount + i32(nulls > 0))
  // Where NULL stands: before the first item that is less frequent.
  let nullAt = nulls > 0 ? 0 : count
  while (nullAt < frequentCount && nulls > 0 && nulls <= load<i64>(counter(state, slotAt(list, nullAt))) + taken) nullAt++
  let bytes: usize = 0
  for (let i = 0; i < count; i++) if (i != nullAt) bytes += <usize>load<u32>(itemAt(state, slotAt(list, i - i32(i > nullAt))))
  const bitmap = bitmapBytes(count)
  const size = <usize>(PACKED_COUNT_BYTES + 3 * bitmap) + (<usize>(count + 1) << 2) + bytes + (<usize>count << 3)
  const made = arenaAllocate(size)
  memory.fill(made, 0, size)
  store<i32>(made, count)
  const structs = made + PACKED_COUNT_BYTES
  const offsets = structs + 2 * bitmap
  const texts = offsets + (<usize>(count + 1) << 2)
  const counts = texts + bytes
  let end: u32 = 0
  for (let i = 0; i < count; i++) {
    setBit(structs, i)
    setBit(counts, i)
    let times = nulls
    if (i != nullAt) {
      const slot = slotAt(list, i - i32(i > nullAt))
      const item = itemAt(state, slot)
      setBit(structs + bitmap, i)
      memory.copy(texts + end, item + LENGTH_BYTES, load<u32>(item))
      end += load<u32>(item)
      times = load<i64>(counter(state, slot)) + taken
    }
    store<u32>(offsets + (<usize>(i + 1) << 2), end)
    store<i64>(counts + bitmap + (<usize>i << 3), times)
  }
  release(list)
  store<u32>(out, <u32>made, RESULT_ADDRESS)
  store<u32>(out, <u32>size, RESULT_LENGTH)
}

@inline
function setBit(bitmap: usize, i: i32): void {
  const byte = bitmap + <usize>(i >> 3)
  store<u8>(byte, <u32>load<u8>(byte) | (1 << (i & 7)))
}
