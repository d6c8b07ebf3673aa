// The table of `approx_top_k` (frequent-items.ts): the sketch of frequent items of Apache DataSketches, which Spark takes. A table of at most so many items with counters; when it is full, the middle of
// them is taken from all, and those that are left without go. The state is bytes that are changed in their place: a head, then the counters (i64), how far items
// are from their places (i32, 0 for none), their hashes (i32) and where their bytes lie (u32), then these bytes behind their lengths.
import { roomFor } from '../arena'
import { bytesEqual } from '../bytes'
import { LENGTH_BYTES, selected } from './collected'
import { allocate, release } from '../memory'

const SHIFT: usize = 0
const MOST_SHIFT: usize = 4
export const ITEMS: usize = 8
const USED: usize = 12
const ROOM: usize = 16
/** Whether it is of other states. */
export const IS_MERGED: usize = 20
/** What was taken from the counters. */
export const TAKEN: usize = 24
export const NULLS: usize = 32
const HEAD: usize = 40
const SLOT_BYTES: usize = 20

const FIRST_SHIFT = 3
/** What a million items need. */
const MOST_SHIFT_OF_ALL = 21
const FIRST_ROOM: usize = 64
const LOAD_FACTOR: f64 = 0.75
/** So many counters are looked at for the middle of them. */
const MOST_SAMPLES = 1024
const GOLDEN_RATIO: f64 = 0.6180339887498949

@inline
function shiftOf(state: usize): i32 {
  return load<i32>(state, SHIFT)
}
@inline
export function slotsOf(state: usize): i32 {
  return 1 << shiftOf(state)
}
@inline
export function counter(state: usize, slot: i32): usize {
  return state + HEAD + (<usize>slot << 3)
}
@inline
export function distance(state: usize, slot: i32): usize {
  return state + HEAD + (<usize>slotsOf(state) << 3) + (<usize>slot << 2)
}
@inline
function hash(state: usize, slot: i32): usize {
  return distance(state, slot) + (<usize>slotsOf(state) << 2)
}
@inline
function place(state: usize, slot: i32): usize {
  return hash(state, slot) + (<usize>slotsOf(state) << 2)
}
@inline
function heap(state: usize): usize {
  return state + HEAD + <usize>slotsOf(state) * SLOT_BYTES
}
@inline
export function itemAt(state: usize, slot: i32): usize {
  return heap(state) + load<u32>(place(state, slot))
}
@inline
export function sizeOf(state: usize): usize {
  return HEAD + <usize>slotsOf(state) * SLOT_BYTES + load<u32>(state, ROOM)
}

function made(shift: i32, most: i32, room: u64): usize {
  const tables = HEAD + (<usize>SLOT_BYTES << <usize>shift)
  const state = roomFor(tables + room)
  memory.fill(state, 0, tables)
  store<i32>(state, shift, SHIFT)
  store<i32>(state, most, MOST_SHIFT)
  store<u32>(state, <u32>room, ROOM)
  return state
}

export function stateOr(at: usize, length: i32, most: i32): usize {
  return length > 0 ? at : made(FIRST_SHIFT, most, FIRST_ROOM)
}

/** A state that was made with another one, as Spark has it: what was never sent is put into a new table. */
export function complete(state: usize): usize {
  return load<i32>(state, IS_MERGED) != 0 ? state : merged(stateOr(0, 0, load<i32>(state, MOST_SHIFT)), state)
}

/** Whether bytes are such a state: so that following it comes to an end and stays within. */
export function isSketch(state: usize, length: i32): bool {
  if (<usize>length < HEAD) return false
  const shift = load<i32>(state, SHIFT)
  const most = load<i32>(state, MOST_SHIFT)
  if (shift < FIRST_SHIFT || shift > most || most > MOST_SHIFT_OF_ALL) return false
  const room = <u64>load<u32>(state, ROOM)
  const used = <u64>load<u32>(state, USED)
  if (HEAD + (SLOT_BYTES << <usize>shift) + room != <u64>length || used > room) return false
  let items = 0
  // Items that overlap have more bytes together than there are, and a copy of the table has no room for them.
  let bytes: u64 = 0
  for (let slot = 0; slot < 1 << shift; slot++) {
    if (load<i32>(distance(state, slot)) == 0) continue
    items++
    const start = <u64>load<u32>(place(state, slot))
    if (start + LENGTH_BYTES > used) return false
    const size = LENGTH_BYTES + <u64>load<u32>(itemAt(state, slot))
    bytes += size
    if (start + size > used || bytes > used) return false
  }
  // One slot at least is free, where a search ends.
  return items == load<i32>(state, ITEMS) && items < 1 << shift
}

@inline
function mixed(hash: i32): i32 {
  let key = <u64>(<i64>hash)
  key = (key ^ (key >> 33)) * 0xff51afd7ed558ccd
  key = (key ^ (key >> 33)) * 0xc4ceb9fe1a85ec53
  return <i32>(key ^ (key >> 33))
}

@inline
function isItem(known: usize, item: usize, length: i32): bool {
  return load<i32>(known) == length && bytesEqual(known + LENGTH_BYTES, item, length) != 0
}

/** Adds to the counter of an item, for whose bytes there is room. */
function put(state: usize, item: usize, length: i32, itemHash: i32, by: i64): void {
  const mask = slotsOf(state) - 1
  let slot = mixed(itemHash) & mask
  let far = 1
  while (load<i32>(distance(state, slot)) != 0) {
    if (load<i32>(hash(state, slot)) == itemHash && isItem(itemAt(state, slot), item, length)) {
      store<i64>(counter(state, slot), load<i64>(counter(state, slot)) + by)
      return
    }
    slot = (slot + 1) & mask
    far++
  }
  const used = load<u32>(state, USED)
  const to = heap(state) + used
  store<i32>(to, length)
  memory.copy(to + LENGTH_BYTES, item, length)
  store<u32>(state, used + <u32>LENGTH_BYTES + length, USED)
  store<i64>(counter(state, slot), by)
  store<i32>(distance(state, slot), far)
  store<i32>(hash(state, slot), itemHash)
  store<u32>(place(state, slot), used)
  store<i32>(state, load<i32>(state, ITEMS) + 1, ITEMS)
}

/** A copy with as many slots as said and with room for more bytes; of items that are gone nothing is kept. */
function grown(state: usize, shift: i32, more: usize): usize {
  let bytes: u64 = 0
  const slots = slotsOf(state)
  for (let slot = 0; slot < slots; slot++)
    if (load<i32>(distance(state, slot)) != 0) bytes += LENGTH_BYTES + <u64>load<u32>(itemAt(state, slot))
  const larger = made(shift, load<i32>(state, MOST_SHIFT), (bytes + more) << 1)
  store<i32>(larger, load<i32>(state, IS_MERGED), IS_MERGED)
  store<i64>(larger, load<i64>(state, TAKEN), TAKEN)
  store<i64>(larger, load<i64>(state, NULLS), NULLS)
  if (shift != shiftOf(state)) putAll(larger, state)
  else copySlots(larger, state)
  return larger
}

/** All items of another state, slot by slot. */
function putAll(state: usize, other: usize): void {
  const slots = slotsOf(other)
  for (let slot = 0; slot < slots; slot++) {
    if (load<i32>(distance(other, slot)) == 0) continue
    const item = itemAt(other, slot)
    put(state, item + LENGTH_BYTES, load<i32>(item), load<i32>(hash(other, slot)), load<i64>(counter(other, slot)))
  }
}

/** The same items in the same slots. */
function copySlots(state: usize, other: usize): void {
  const slots = slotsOf(other)
  memory.copy(state + HEAD, other + HEAD, <usize>slots * SLOT_BYTES)
  store<i32>(state, load<i32>(other, ITEMS), ITEMS)
  let used: u32 = 0
  for (let slot = 0; slot < slots; slot++) {
    if (load<i32>(distance(other, slot)) == 0) continue
    const item = itemAt(other, slot)
    const bytes = <u32>LENGTH_BYTES + load<u32>(item)
    memory.copy(heap(state) + used, item, bytes)
    store<u32>(place(state, slot), used)
    used += bytes
  }
  store<u32>(state, used, USED)
}

/** The state with more of an item. */
export function added(state: usize, item: usize, length: i32, itemHash: i32, by: i64): usize {
  const bytes = LENGTH_BYTES + <usize>length
  if (<usize>load<u32>(state, USED) + bytes > load<u32>(state, ROOM)) state = grown(state, shiftOf(state), bytes)
  put(state, item, length, itemHash, by)
  if (load<i32>(state, ITEMS) <= <i32>(<f64>slotsOf(state) * LOAD_FACTOR)) return state
  if (shiftOf(state) < load<i32>(state, MOST_SHIFT)) return grown(state, shiftOf(state) + 1, bytes)
  purge(state)
  return state
}

/** Takes the middle of the first counters from all. */
function purge(state: usize): void {
  const slots = slotsOf(state)
  const most = <i32>(<f64>(1 << load<i32>(state, MOST_SHIFT)) * LOAD_FACTOR)
  const limit = min(min(MOST_SAMPLES, most), load<i32>(state, ITEMS))
  const samples = allocate(<usize>limit << 3)
  let count = 0
  for (let slot = 0; count < limit; slot++)
    if (load<i32>(distance(state, slot)) != 0) {
      store<i64>(samples + (<usize>count << 3), load<i64>(counter(state, slot)))
      count++
    }
  const middle = selected(samples, limit, limit / 2)
  release(samples)
  store<i64>(state, load<i64>(state, TAKEN) + middle, TAKEN)
  for (let slot = 0; slot < slots; slot++) store<i64>(counter(state, slot), load<i64>(counter(state, slot)) - middle)
  // From the back on, but for those that begin behind the end: their places are looked through last.
  let first = slots - 1
  while (load<i32>(distance(state, first)) != 0) first--
  for (let slot = first - 1; slot >= 0; slot--) removeSpent(state, slot)
  for (let slot = slots - 1; slot >= first; slot--) removeSpent(state, slot)
}

/** Takes out an item without a counter; those behind it come nearer to their places. */
function removeSpent(state: usize, slot: i32): void {
  if (load<i32>(distance(state, slot)) == 0 || load<i64>(counter(state, slot)) > 0) return
  const mask = slotsOf(state) - 1
  store<i32>(distance(state, slot), 0)
  store<i32>(state, load<i32>(state, ITEMS) - 1, ITEMS)
  let far = 0
  for (let next = (slot + 1) & mask; load<i32>(distance(state, next)) != 0; next = (next + 1) & mask) {
    far++
    if (load<i32>(distance(state, next)) <= far) continue
    store<i64>(counter(state, slot), load<i64>(counter(state, next)))
    store<i32>(distance(state, slot), load<i32>(distance(state, next)) - far)
    store<i32>(hash(state, slot), load<i32>(hash(state, next)))
    store<u32>(place(state, slot), load<u32>(place(state, next)))
    store<i32>(distance(state, next), 0)
    slot = next
    far = 0
  }
}

/** The next slot on a way that comes by all. */
@inline
export function strideOf(state: usize): i32 {
  return <i32>(<f64>slotsOf(state) * GOLDEN_RATIO) | 1
}

/** The items of a state in a table of their own, as Spark has them when it has sent one. */
export function received(other: usize): usize {
  const sent = made(shiftOf(other), load<i32>(other, MOST_SHIFT), load<u32>(other, ROOM))
  putAll(sent, other)
  return sent
}

/** The state with the items of another one, which are put into a table of their own first, as Spark does it when it has sent one. */
export function merged(state: usize, other: usize): usize {
  store<i32>(state, 1, IS_MERGED)
  store<i64>(state, load<i64>(state, NULLS) + load<i64>(other, NULLS), NULLS)
  const items = load<i32>(other, ITEMS)
  if (items == 0) return state
  const sent = received(other)
  const stride = strideOf(sent)
  const mask = slotsOf(sent) - 1
  let slot = -stride
  for (let found = 0; found < items; ) {
    slot = (slot + stride) & mask
    if (load<i32>(distance(sent, slot)) == 0) continue
    found++
    const item = itemAt(sent, slot)
    state = added(state, item + LENGTH_BYTES, load<i32>(item), load<i32>(hash(sent, slot)), load<i64>(counter(sent, slot)))
  }
  store<i64>(state, load<i64>(state, TAKEN) + load<i64>(other, TAKEN), TAKEN)
  return state
}
