import { append } from '../../common/append.js'
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
  /** The last read of the partition that wanted some of them. */
  lastRead: number
}

/** After so many reads of a partition that did not want them, leaves give way to others of their relation. Queries that take turns would drive out each other's otherwise. */
const READS_UNTIL_STALE = 4

/** What of one partition of a cached relation lies in this thread's memory. */
class CachedPartition {
  readonly cacheId: string
  readonly version: string
  /** Empty until it was read to its end once. */
  batches: CachedBatch[] = []
  isRead = false
  isBeingLoaded = false
  /** How many reads have begun, and how many of these have not ended. */
  reads = 0
  reading = 0
  loads: readonly LoadedLeaves[] = []

  constructor(cacheId: string, version: string) {
    this.cacheId = cacheId
    this.version = version
  }

  has(leaf: number): boolean {
    return this.isRead && this.loads.some(({ leaves }) => leaves.includes(leaf))
  }

  get bytes(): number {
    return this.loads.reduce((sum, load) => sum + bytesOf(load), 0)
  }

  /** Whether what there is must stay where it is. */
  get isInUse(): boolean {
    return this.isBeingLoaded || this.reading > 0
  }

  /** Begins to read leaves, which stay until `endRead`. */
  beginRead(leaves: ReadonlySet<number>): void {
    this.reading++
    this.reads++
    for (const load of this.loads) if (load.leaves.some((leaf) => leaves.has(leaf))) load.lastRead = this.reads
  }

  endRead(): void {
    this.reading--
  }

  /** Forgets leaves that were loaded. */
  forget(load: LoadedLeaves): void {
    this.loads = this.loads.filter((other) => other !== load)
    for (const { leaves } of this.batches) for (const leaf of load.leaves) leaves.delete(leaf)
  }
}

const totalOf = (held: readonly DetachedMemory[]): number => held.reduce((sum, { bytes }) => sum + bytes, 0)
const bytesOf = ({ memory }: LoadedLeaves): number => totalOf(memory)

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

  /**
   * Counts bytes that come (or go, when negative). Other relations give way, and then leaves of this one that nobody has read for a while: partitions of one
   * that are read in turn would only chase each other.
   */
  #admit(partition: CachedPartition, bytes: number, limitBytes: number): boolean {
    for (const [key, other] of this.#partitions) {
      if (this.#bytes + bytes <= limitBytes) break
      if (other.cacheId !== partition.cacheId && !other.isInUse) this.#release(key, other)
    }
    if (bytes > 0 && this.#bytes + bytes > limitBytes) this.#releaseStale(partition, bytes, limitBytes)
    if (bytes > 0 && this.#bytes + bytes > limitBytes) return false
    this.#bytes += bytes
    return true
  }

  /** Frees leaves of a relation that were not read lately, those first that were not for the longest time, until there is room. */
  #releaseStale(loading: CachedPartition, bytes: number, limitBytes: number): void {
    const stale = [...this.#partitions.values()]
      .filter((partition) => partition.cacheId === loading.cacheId)
      .filter((partition) => (partition === loading ? partition.reading === 1 : !partition.isInUse))
      .flatMap((partition) =>
        partition.loads.map((load) => ({ partition, load, age: partition.reads - load.lastRead })),
      )
      .filter(({ load, age }) => age >= READS_UNTIL_STALE && bytesOf(load) > 0)
      .sort((a, b) => b.age - a.age)
    for (const { partition, load } of stale) {
      if (this.#bytes + bytes <= limitBytes) break
      partition.forget(load)
      this.#bytes -= bytesOf(load)
      free(this.#memory, load.memory)
    }
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
  /** What was admitted so far. */
  #admittedBytes = 0
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
    if (!this.#isAdmitted(bytes)) return this.close()
    let keptBytes = 0
    const leaves = new Map<number, KeptLeaf>()
    for (const [i, number] of this.#leaves.entries()) {
      const { leaf, memory } = keep(i)
      this.#held.push(memory)
      keptBytes += memory.bytes
      leaves.set(number, leaf)
    }
    // Codes of a few rows take more than the rows do.
    if (!this.#isAdmitted(keptBytes - bytes)) return this.close()
    this.#batches.push({ rows, leaves })
  }

  /** The partition was read to its end: what was kept can be found from now on. Each of `shared` gives memory that leaves of all batches need. */
  finish(shared: readonly (() => readonly DetachedMemory[])[]): void {
    if (this.#isGivenUp) return
    for (const give of shared) {
      // Held before the next one is asked for: `close` frees it when that one finds no memory.
      const more = give()
      append(this.#held, more)
      if (!this.#isAdmitted(totalOf(more))) return this.close()
    }
    const partition = this.#partition
    if (!partition.isRead) partition.batches = this.#batches
    else {
      this.#batches.forEach(({ leaves }, i) => {
        for (const [leaf, column] of leaves) partition.batches[i]!.leaves.set(leaf, column)
      })
    }
    partition.isRead = true
    const load = { leaves: this.#leaves, memory: this.#held.splice(0), lastRead: partition.reads }
    partition.loads = [...partition.loads, load]
    this.#isGivenUp = true
    partition.isBeingLoaded = false
  }

  /** Frees what was kept, unless it was finished. */
  close(): void {
    if (this.#isGivenUp) return
    this.#isGivenUp = true
    this.#partition.isBeingLoaded = false
    this.#admit(-this.#admittedBytes)
    free(this.#memory, this.#held)
  }

  #isAdmitted(bytes: number): boolean {
    if (!this.#admit(bytes)) return false
    this.#admittedBytes += bytes
    return true
  }
}

function free(memory: LinearMemory, held: readonly DetachedMemory[]): void {
  for (const { addresses } of held) for (const address of addresses) memory.release(address)
}
