// The heap of the thread's linear memory. The host allocates through these exports too, so one allocator owns
// every byte and its budget can be enforced in one place.

/** Returns 16-byte aligned, uninitialised memory. Traps when the linear memory cannot grow. */
export function allocate(size: usize): usize {
  return heap.alloc(size)
}

/** Resizes a block of `allocate`, keeping its content; the address may change. */
export function reallocate(address: usize, size: usize): usize {
  return heap.realloc(address, size)
}

/** Gives a block of `allocate` back. */
export function release(address: usize): void {
  heap.free(address)
}
