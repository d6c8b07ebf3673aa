// Rows and strings that outlive a batch: bump allocation in chunks whose addresses stay. A store is zero at first.
import {
  CHUNK_HEADER_BYTES,
  CHUNK_NEXT,
  CHUNK_USED,
  STORE_BYTES,
  STORE_END,
  STORE_FIRST,
  STORE_LAST,
  STORE_NEXT,
  STORE_SIZE,
} from '../../interface/rows'
import { allocate, release } from '../memory'

const SMALLEST_CHUNK: usize = 1 << 12
const LARGEST_CHUNK: usize = 1 << 20
/** A chunk takes such a part of what the store has before it: of many stores in little memory, little is empty. */
const GROWTH_SHIFT: usize = 4

function addChunk(at: usize, size: usize): void {
  const wanted: usize = min(max(storeSize(at) >> GROWTH_SHIFT, SMALLEST_CHUNK), LARGEST_CHUNK)
  const bytes = max(wanted, size + CHUNK_HEADER_BYTES)
  const chunk = allocate(bytes)
  store<u32>(at, load<u32>(at, STORE_SIZE) + <u32>bytes, STORE_SIZE)
  store<u32>(chunk, 0, CHUNK_NEXT)
  store<u32>(chunk, 0, CHUNK_USED)
  linkChunk(at, chunk)
  store<u32>(at, <u32>(chunk + CHUNK_HEADER_BYTES), STORE_NEXT)
  store<u32>(at, <u32>(chunk + bytes), STORE_END)
}

function linkChunk(at: usize, chunk: usize): void {
  const last: usize = load<u32>(at, STORE_LAST)
  if (last == 0) store<u32>(at, <u32>chunk, STORE_FIRST)
  else {
    store<u32>(last, <u32>chunk, CHUNK_NEXT)
    store<u32>(last, load<u32>(at, STORE_NEXT) - <u32>(last + CHUNK_HEADER_BYTES), CHUNK_USED)
  }
  store<u32>(at, <u32>chunk, STORE_LAST)
}

/** Room for so many bytes, uninitialised. Aligned to 8 when all sizes asked of the store are multiples of 8. */
export function storeAllocate(at: usize, size: usize): usize {
  if (<usize>load<u32>(at, STORE_NEXT) + size > <usize>load<u32>(at, STORE_END)) addChunk(at, size)
  const address: usize = load<u32>(at, STORE_NEXT)
  store<u32>(at, <u32>(address + size), STORE_NEXT)
  return address
}

/** Copies bytes into the store. */
export function storeBytes(at: usize, address: usize, length: usize): usize {
  if (length == 0) return 0
  const copy = storeAllocate(at, length)
  copyBytes(copy, address, length)
  return copy
}

/** The capacity of bytes that `storeReplaced` keeps lies in the word before them. */
const CAPACITY: usize = 4

/**
 * Copies bytes into the store in place of those it kept before at `old` (0 for none), where they fit. Room grows by half at least, so that
 * a value that is replaced many times takes no more than three times its greatest length.
 */
export function storeReplaced(at: usize, old: usize, address: usize, length: usize): usize {
  if (length == 0 || address == old) return old
  let copy = old
  if (old == 0 || <usize>load<u32>(old - CAPACITY) < length) {
    const before: usize = old == 0 ? 0 : load<u32>(old - CAPACITY)
    const capacity = max(length, before + (before >> 1))
    copy = storeAllocate(at, capacity + CAPACITY) + CAPACITY
    store<u32>(copy - CAPACITY, <u32>capacity)
  }
  copyBytes(copy, address, length)
  return copy
}

/**
 * Room for `size` bytes behind the `length` that lie at `old` (0 for none): where all begin from now on. What lies last in the store grows in place;
 * the rest moves, with room for half as many again.
 */
export function storeGrown(at: usize, old: usize, length: usize, size: usize): usize {
  const wanted = length + size
  const capacity: usize = old == 0 ? 0 : load<u32>(old - CAPACITY)
  if (old != 0 && wanted <= capacity) return old
  const room = max(wanted, capacity + (capacity >> 1))
  if (old != 0 && old + capacity == <usize>load<u32>(at, STORE_NEXT) && old + room <= <usize>load<u32>(at, STORE_END)) {
    store<u32>(at, <u32>(old + room), STORE_NEXT)
    store<u32>(old - CAPACITY, <u32>room)
    return old
  }
  const copy = storeAllocate(at, room + CAPACITY) + CAPACITY
  store<u32>(copy - CAPACITY, <u32>room)
  copyBytes(copy, old, length)
  return copy
}

/** The bytes of memory a store takes. */
export function storeSize(at: usize): usize {
  return load<u32>(at, STORE_SIZE)
}

/** Like memory.copy, but faster for the few bytes most strings have. What it copies to may not overlap them. */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (length > 32) {
    memory.copy(to, from, length)
    return
  }
  if (length < 8) {
    for (; length > 0; length--) store<u8>(to++, load<u8>(from++))
    return
  }
  // The last eight bytes may be some of those before.
  const last = length - 8
  for (let i: usize = 0; i < last; i += 8) store<u64>(to + i, load<u64>(from + i))
  store<u64>(to + last, load<u64>(from + last))
}

/** Copies a row: a multiple of eight bytes, and as a rule too few for the call that memory.copy is. */
@inline
export function copyRow(to: usize, from: usize, width: usize): void {
  for (let i: usize = 0; i < width; i += 8) store<u64>(to + i, load<u64>(from + i))
}

/** Adds a chunk of `allocate` that has its rows already: so many bytes of them, behind a header. The store frees it. */
export function storeAdopt(at: usize, chunk: usize, rows: usize, bytes: usize): void {
  store<u32>(chunk, 0, CHUNK_NEXT)
  store<u32>(chunk, 0, CHUNK_USED)
  store<u32>(at, load<u32>(at, STORE_SIZE) + <u32>bytes, STORE_SIZE)
  linkChunk(at, chunk)
  // Nothing else fits into it.
  store<u32>(at, <u32>(chunk + CHUNK_HEADER_BYTES + rows), STORE_NEXT)
  store<u32>(at, <u32>(chunk + CHUNK_HEADER_BYTES + rows), STORE_END)
}

/** Moves all chunks of a store to one that is empty. */
export function storeMove(to: usize, from: usize): void {
  memory.copy(to, from, STORE_BYTES)
  memory.fill(from, 0, STORE_BYTES)
}

/** The first chunk, or 0. */
export function storeFirst(at: usize): usize {
  return load<u32>(at, STORE_FIRST)
}

export function storeNext(chunk: usize): usize {
  return load<u32>(chunk, CHUNK_NEXT)
}

/** The bytes of a chunk in use; they begin behind its header. */
export function storeChunkBytes(at: usize, chunk: usize): usize {
  if (chunk != <usize>load<u32>(at, STORE_LAST)) return load<u32>(chunk, CHUNK_USED)
  return <usize>load<u32>(at, STORE_NEXT) - chunk - CHUNK_HEADER_BYTES
}

/** Frees everything and leaves the store empty. */
export function storeRelease(at: usize): void {
  let chunk: usize = load<u32>(at, STORE_FIRST)
  while (chunk != 0) {
    const next: usize = load<u32>(chunk, CHUNK_NEXT)
    release(chunk)
    chunk = next
  }
  memory.fill(at, 0, STORE_BYTES)
}
