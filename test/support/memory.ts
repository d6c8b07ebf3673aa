import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'

/** The memory of the only task of an executor that has so much, for so many tasks. */
export function memoryOf(bytes: number, slots = 1): SlotMemory {
  const { pool, handle } = MemoryPool.shared({ bytes, slots, storeBytes: 0 })
  pool.begin(0)
  return SlotMemory.of(handle, 0)
}

/** A pool for blocks alone. */
export const poolForBlocks = (bytes: number): MemoryPool =>
  MemoryPool.shared({ bytes, slots: 1, storeBytes: bytes }).pool
