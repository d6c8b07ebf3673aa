import { HASH_ENTRY_BYTES } from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/**
 * Makes a list of rows, sorted by their hashes, for as long as it is worked on.
 * @param fill puts entries at an address, no more than `most`, and returns how many
 */
export function sortedList<T>(
  memory: LinearMemory,
  most: number,
  fill: (list: number) => number,
  work: (list: number, count: number) => T,
): T {
  const list = memory.allocate(most * HASH_ENTRY_BYTES)
  const release = (): void => memory.release(list)
  let isAsync = false
  try {
    const count = fill(list)
    const scratch = memory.allocate(most * HASH_ENTRY_BYTES)
    try {
      memory.kernels.hashesSort(list, scratch, count)
    } finally {
      memory.release(scratch)
    }
    const done = work(list, count)
    if (!(done instanceof Promise)) return done
    isAsync = true
    return done.finally(release) as T
  } finally {
    if (!isAsync) release()
  }
}
