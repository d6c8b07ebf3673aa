import type { DetachedMemory } from '../memory/block-batches.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { Kept, KeptLeaf } from './kept-leaf.js'

/** A batch of a cached partition: the leaves that were loaded so far, by their position in the relation. */
export interface CachedBatch {
  readonly rows: number
  readonly leaves: Map<number, KeptLeaf>
}

interface LoadedLeaves {
  readonly leaves: readonly number[]
  readonly memory: DetachedMemory[]
}

/** What of one partition of a cached relation lies in this thread's memory. */
class CachedPartition {
  readonly cacheId: string
  readonly version: string
  /** Empty until it was read to its end once. */
  batches: CachedBatch[] = []
  isRead = false
  isBeingLoaded = false
  readonly loads: LoadedLeaves[] = []

  constructor(cacheId: string, version: string) {
    this.cacheId = cacheId
    this.version = version
  }

  has(leaf: number): boolean {
    return this.isRead && this.loads.some(({ leaves }) => leaves.includes(leaf))
  }

  get bytes(): number {
    return this.loads.reduce((sum, { memory }) => sum + memory.reduce((own, { bytes }) => own + bytes, 0), 0)
  }
}

/**
 * Columns of cached relations as pipelines read them, kept in the thread's memory from query to query, so that a column is copied out of
 * the executor's blocks once and not for every query. What goes beyond the limit is read from the blocks each time.
 */
export class CachedColumns {
  readonly #memory: LinearMemory
  readonly #partitions = new Map<string, CachedPartition>()
  #bytes = 0

  constructor(memory: LinearMemory) {
    this.#memory = memory
  }

  get bytes(): number {
    return this.#bytes
  }

  /** What is known of a partition; blocks that were made anew (another `version`) make it unknown again. */
  partition(cacheId: string, number: number, version: string): CachedPartition {
    const key = `${number} ${cacheId}`
    let partition = this.#partitions.get(key)
    if (partition?.version !== version) {
      if (partition) this.#release(key, partition)
      partition = new CachedPartition(cacheId, version)
      this.#partitions.set(key, partition)
    }
    return partition
  }

  /** Begins to keep leaves of a partition that is about to be read. */
  load(partition: CachedPartition, leaves: readonly number[], limitBytes: number): ColumnLoad {
    return new ColumnLoad(partition, leaves, this.#memory, (bytes) => this.#admit(partition, bytes, limitBytes))
  }

  drop(cacheId: string): void {
    for (const [key, partition] of this.#partitions) if (partition.cacheId === cacheId) this.#release(key, partition)
  }

  clear(): void {
    for (const [key, partition] of this.#partitions) this.#release(key, partition)
  }

  /** Counts bytes that come (or go, when negative). Other relations give way; partitions of one would only chase each other. */
  #admit(partition: CachedPartition, bytes: number, limitBytes: number): boolean {
    for (const [key, other] of this.#partitions) {
      if (this.#bytes + bytes <= limitBytes) break
      if (other.cacheId !== partition.cacheId && !other.isBeingLoaded) this.#release(key, other)
    }
    if (bytes > 0 && this.#bytes + bytes > limitBytes) return false
    this.#bytes += bytes
    return true
  }

  #release(key: string, partition: CachedPartition): void {
    this.#bytes -= partition.bytes
    for (const { memory } of partition.loads) free(this.#memory, memory)
    this.#partitions.delete(key)
  }
}

/** The keeping of some leaves while a partition is read. Nothing is kept unless it is read to its end. */
class ColumnLoad {
  readonly #partition: CachedPartition
  readonly #leaves: readonly number[]
  readonly #memory: LinearMemory
  readonly #admit: (bytes: number) => boolean
  readonly #batches: CachedBatch[] = []
  readonly #held: DetachedMemory[] = []
  #isGivenUp: boolean

  constructor(
    partition: CachedPartition,
    leaves: readonly number[],
    memory: LinearMemory,
    admit: (bytes: number) => boolean,
  ) {
    this.#partition = partition
    this.#leaves = leaves
    this.#memory = memory
    this.#admit = admit
    this.#isGivenUp = partition.isBeingLoaded
    if (!this.#isGivenUp) partition.isBeingLoaded = true
  }

  /** Keeps the next batch where there is room for `bytes`; `keep` takes a leaf of it, by its position among those to be kept. */
  keep(rows: number, bytes: number, keep: (position: number) => Kept): void {
    if (this.#isGivenUp) return
    if (!this.#admit(bytes)) return this.close()
    let unused = bytes
    const leaves = new Map<number, KeptLeaf>()
    try {
      for (const [i, number] of this.#leaves.entries()) {
        const { leaf, memory } = keep(i)
        this.#held.push(memory)
        unused -= memory.bytes
        leaves.set(number, leaf)
      }
    } finally {
      this.#admit(-unused)
    }
    this.#batches.push({ rows, leaves })
  }

  /** The partition was read to its end: what was kept can be found from now on. */
  finish(): void {
    if (this.#isGivenUp) return
    const partition = this.#partition
    if (!partition.isRead) partition.batches = this.#batches
    else {
      this.#batches.forEach(({ leaves }, i) => {
        for (const [leaf, column] of leaves) partition.batches[i]!.leaves.set(leaf, column)
      })
    }
    partition.isRead = true
    partition.loads.push({ leaves: this.#leaves, memory: this.#held.splice(0) })
    this.#isGivenUp = true
    partition.isBeingLoaded = false
  }

  /** Frees what was kept, unless it was finished. */
  close(): void {
    if (this.#isGivenUp) return
    this.#isGivenUp = true
    this.#partition.isBeingLoaded = false
    this.#admit(-this.#held.reduce((sum, { bytes }) => sum + bytes, 0))
    free(this.#memory, this.#held)
  }
}

function free(memory: LinearMemory, held: readonly DetachedMemory[]): void {
  for (const { addresses } of held) for (const address of addresses) memory.release(address)
}
