// The heap of the thread's linear memory. The host allocates through these exports too, so one allocator owns
// every byte and its budget can be enforced in one place.

/** Bytes held, headers of the allocator not counted. */
let used: usize = 0
/** The most bytes that may be held before the host is asked. */
let budget: usize = 0xffff_ffff
/** How much was asked for when an allocation was refused, or 0. */
let refused: usize = 0

/** The allocator keeps the size of a block in the word before it; the two lowest bits are flags. */
@inline
function sizeOf(address: usize): usize {
  return load<u32>(address - 4) & ~3
}

/** Asks the host for so many bytes in all, which then raises the budget; false when there are not so many. */
@external("env", "moreMemory")
declare function moreMemory(bytes: usize): bool

/** Readable bytes behind every block: the last few bytes of one may be loaded as a word. */
const SLACK: usize = 16

/** More than this no block of the allocator holds. */
const MOST_BLOCK: usize = 0x3fff_0000

/** Returns 16-byte aligned, uninitialised memory. Aborts when the host refuses more, traps when the linear memory cannot grow. */
export function allocate(size: usize): usize {
  if (size > MOST_BLOCK) refuse(size)
  if (used + size > budget || used + size < used) ensure(used, size)
  const address = heap.alloc(size + SLACK)
  used += sizeOf(address)
  return address
}

/** Resizes a block of `allocate`, keeping its content; the address may change. */
export function reallocate(address: usize, size: usize): usize {
  if (size > MOST_BLOCK) refuse(size)
  const before = sizeOf(address)
  if (size > before && used + (size - before) > budget) ensure(used - before, size)
  used -= before
  const moved = heap.realloc(address, size + SLACK)
  used += sizeOf(moved)
  return moved
}

/** Gives a block of `allocate` back. */
export function release(address: usize): void {
  used -= sizeOf(address)
  heap.free(address)
}

function ensure(others: usize, size: usize): void {
  if (others + size >= others && moreMemory(others + size)) return
  refuse(size)
}

function refuse(size: usize): void {
  refused = size
  abort()
}

export function bytesInUse(): usize {
  return used
}

export function setMemoryBudget(bytes: usize): void {
  budget = bytes
}

/** The size of the allocation that was refused last, once; 0 when none was. */
export function takeRefused(): usize {
  const size = refused
  refused = 0
  return size
}
