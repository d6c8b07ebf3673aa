// Strings that functions make live in an arena until the pipeline has finished a batch: a bump region in chunks.
import { allocate, release } from './memory'

const CHUNK_BYTES: usize = 1 << 18

/** More bytes than there are, which are refused; with the head of a chunk they still have an address. */
const MOST_BYTES: usize = 0xfff0_0000

// A chunk begins with the address of the one before it and its size, 16 bytes in all.
let chunk: usize = 0
let next: usize = 0
let end: usize = 0

/** Room for `size` bytes, aligned to 8, valid until `arenaReset`. */
export function arenaAllocate(size: usize): usize {
  const needed = (min(size, MOST_BYTES) + 7) & ~7
  if (needed > end - next) {
    const bytes = max(CHUNK_BYTES, needed + 16)
    const fresh = allocate(bytes)
    store<u32>(fresh, <u32>chunk)
    store<u32>(fresh, <u32>bytes, 4)
    chunk = fresh
    next = fresh + 16
    end = fresh + bytes
  }
  const at = next
  next += needed
  return at
}

/** The same for a size that was computed, which may be more than an address can tell. */
@inline
export function roomFor(bytes: u64): usize {
  return arenaAllocate(<usize>min<u64>(bytes, MOST_BYTES))
}

/** Gives back what lies after `at`: the unused rest of the last allocation. */
export function arenaShrink(at: usize): void {
  next = (at + 7) & ~7
}

/** Forgets everything in the arena. One chunk is kept for the next batch. */
export function arenaReset(): void {
  if (chunk == 0) return
  let previous: usize = load<u32>(chunk)
  while (previous != 0) {
    const before: usize = load<u32>(previous)
    release(previous)
    previous = before
  }
  const size: usize = load<u32>(chunk, 4)
  if (size > CHUNK_BYTES) {
    release(chunk)
    chunk = 0
    next = 0
    end = 0
    return
  }
  store<u32>(chunk, 0)
  next = chunk + 16
  end = chunk + size
}
