import type { StateVersion } from '../../common/state-path.js'
import { STATE_BYTES } from '../kernels/interface/table.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import type { MemoryHolder } from '../memory/memory-arbiter.js'
import type { GrowingSnapshot } from './growing-snapshot.js'
import { stateBytes } from './state-bytes.js'
import type { StateChain } from './state-chain.js'
import type { StateDisk } from './state-disk.js'
import type { OperatorState } from './task.js'

/** State that stays in the thread's memory from batch to batch. */
export interface ResidentState {
  readonly version: StateVersion
  /** The batch that left it. */
  readonly batchId: number
  readonly chain: StateChain
  /** What laid its rows out; other code lays them out otherwise. */
  readonly layout: object
  /** One that batches make bit by bit. */
  readonly snapshot: GrowingSnapshot | undefined
  /** The rows that are not in memory, where rows can leave it. */
  readonly disk: StateDisk | undefined
}

interface Kept extends ResidentState {
  /** As it was in the data area of the task; the rows are spread over the memory. */
  readonly header: Uint8Array
  /** What its rows take of memory, and what is noted of those on disk. */
  readonly bytes: number
}

/** The states that tasks of streams left in the thread's memory, by their ids: the next batch goes on from there if it is of the version that the batch wants. */
export class ResidentStates {
  readonly #kept = new Map<string, Kept>()
  /** Where the header of a state lies while it is freed: taken when there is memory, since states are freed when there is none. */
  #header = 0

  get bytes(): number {
    return [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** What of an operator stays in the thread's memory, of the partitions that a batch is through with. */
  bytesOf({ id, batch }: Pick<OperatorState, 'id' | 'batch'>): number {
    const operator = id.slice(0, id.lastIndexOf('/') + 1)
    return [...this.#kept].reduce(
      (sum, [of, { batchId, bytes }]) => (batchId === batch.batchId && of.startsWith(operator) ? sum + bytes : sum),
      0,
    )
  }

  /** Puts a state into a task's data area, whose it is from now on. One of another version or layout is freed. */
  take(
    memory: LinearMemory,
    id: string,
    version: StateVersion,
    layout: object,
    address: number,
  ): ResidentState | undefined {
    const kept = this.#kept.get(id)
    if (kept?.version.file !== version.file || kept.version.digest !== version.digest || kept.layout !== layout) {
      this.drop(memory, id)
      return undefined
    }
    this.#kept.delete(id)
    memory.bytes.set(kept.header, address)
    return kept
  }

  /** Keeps the state in a task's data area. Rows of states that were used longest ago leave the memory when all take more than the thread can count on. */
  keep(memory: LinearMemory, id: string, address: number, state: ResidentState): void {
    this.drop(memory, id)
    if (this.#header === 0) this.#header = memory.allocate(STATE_BYTES)
    this.#put(memory, id, address, state)
    this.#relieve(memory, memory.share)
  }

  #put(memory: LinearMemory, id: string, address: number, state: ResidentState): void {
    const bytes = stateBytes(memory.view, address) + (state.disk?.bytes ?? 0)
    this.#kept.set(id, { ...state, header: memory.bytes.slice(address, address + STATE_BYTES), bytes })
    memory.bytes.fill(0, address, address + STATE_BYTES)
  }

  /** Frees a state. */
  drop(memory: LinearMemory, id: string): void {
    const kept = this.#kept.get(id)
    if (!kept) return
    this.#kept.delete(id)
    kept.snapshot?.abandon()
    kept.disk?.close()
    memory.bytes.set(kept.header, this.#header)
    memory.kernels.stateRelease(this.#header)
    if (this.#kept.size > 0) return
    memory.release(this.#header)
    this.#header = 0
  }

  /** States leave the memory when it is needed, those that were used longest ago first. */
  holderIn(memory: LinearMemory): MemoryHolder {
    const bytesNow = (): number => this.bytes
    return {
      operator: 'state of streams',
      get bytes() {
        return bytesNow()
      },
      reserve: 0,
      giveBack: () => this.#relieve(memory, this.bytes / 2),
    }
  }

  /** Rows go to disk where they can; then states are dropped: their files have all of them, and a task that wants one reads it again. */
  #relieve(memory: LinearMemory, most: number): void {
    for (const id of [...this.#kept.keys()]) {
      if (this.bytes <= most) return
      this.#leave(memory, id)
    }
    for (const id of [...this.#kept.keys()]) {
      if (this.bytes <= most) return
      this.drop(memory, id)
    }
  }

  /** Puts the rows of a state on disk, if they can go there. */
  #leave(memory: LinearMemory, id: string): void {
    const { disk, snapshot, header, ...kept } = this.#kept.get(id)!
    if (!disk) return
    const isInMemory = snapshot?.isInMemory ?? false
    if (isInMemory) snapshot?.abandon()
    memory.bytes.set(header, this.#header)
    try {
      disk.leave(this.#header)
    } catch {
      // For want of memory or of disk. Rows may have moved by then: what is to be freed is what the header says now.
      this.#put(memory, id, this.#header, { ...kept, disk, snapshot })
      return this.drop(memory, id)
    }
    // It stays in its place among those that were used before and after.
    this.#put(memory, id, this.#header, { ...kept, disk, snapshot: isInMemory ? undefined : snapshot })
  }

  /** Gives back all that the thread can do without: rows that can go to disk, and states that cannot. */
  trim(memory: LinearMemory): void {
    for (const id of [...this.#kept.keys()]) {
      if (this.#kept.get(id)!.disk) this.#leave(memory, id)
      else this.drop(memory, id)
    }
  }

  /** Frees the states of a query. */
  dropQuery(memory: LinearMemory, queryId: string): void {
    for (const id of [...this.#kept.keys()]) if (id.startsWith(`${queryId}/`)) this.drop(memory, id)
  }

  /** Frees all. */
  release(memory: LinearMemory): void {
    for (const id of [...this.#kept.keys()]) this.drop(memory, id)
  }
}
