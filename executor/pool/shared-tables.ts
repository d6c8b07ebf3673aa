import type { MemoryPool } from '../memory/memory-pool.js'
import type { TableCopy } from '../pipelines/table-copy.js'
import type { TableClaim } from '../pipelines/task.js'

/** Which table: a stage of a job, and the position of the source that its rows come from. */
export interface TableKey {
  readonly jobId: number
  readonly stageKey: number
  readonly source: number
}

/** How long a task waits for another one to make a table; then it makes its own. */
const PATIENCE_MS = 30_000

interface Waiter {
  readonly slot: number
  tell(claim: TableClaim): void
}

interface Entry {
  readonly jobId: number
  /** The slot whose task makes the table. */
  maker: number | undefined
  copy: TableCopy | undefined
  readonly waiting: Set<Waiter>
  /** The slots whose threads have the table. */
  readonly having: Set<number>
}

/**
 * The tables of broadcast joins that threads of an executor take from each other: the first task that needs one makes it, the others wait, for a bounded time. The
 * copy counts as a block, and is dropped when all threads have the table or the job ends.
 */
export class SharedTables {
  readonly #entries = new Map<string, Entry>()
  readonly #pool: MemoryPool

  constructor(pool: MemoryPool) {
    this.#pool = pool
  }

  claim({ jobId, stageKey, source }: TableKey, slot: number): Promise<TableClaim> {
    const key = [jobId, stageKey, source].join()
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = { jobId, maker: undefined, copy: undefined, waiting: new Set(), having: new Set() }
      this.#entries.set(key, entry)
    }
    if (entry.copy) {
      const { copy } = entry
      this.#has(entry, slot)
      return Promise.resolve({ kind: 'copy', copy })
    }
    if (entry.maker !== undefined) return this.#wait(entry, slot)
    // One that was there and is gone: all threads had it, so this is a new one, which nobody waits for.
    if (entry.having.size === this.#pool.size.slots) return Promise.resolve({ kind: 'make', isShared: false })
    entry.maker = slot
    return Promise.resolve({ kind: 'make', isShared: true })
  }

  /** The slot's task has made a table; without a copy when there was no memory for one. */
  made(key: TableKey, slot: number, copy: TableCopy | undefined): void {
    const entry = this.#entries.get([key.jobId, key.stageKey, key.source].join())
    if (entry?.maker !== slot) return
    entry.maker = undefined
    entry.having.add(slot)
    const waiting = [...entry.waiting]
    entry.waiting.clear()
    if (!copy) {
      for (const waiter of waiting) waiter.tell({ kind: 'make', isShared: false })
      return
    }
    if (entry.having.size < this.#pool.size.slots) {
      entry.copy = copy
      this.#pool.holdStored(copy.bytes.length)
    }
    for (const waiter of waiting) {
      this.#has(entry, waiter.slot)
      waiter.tell({ kind: 'copy', copy })
    }
  }

  /** The slot's task ended: what it was to make, another one makes that waits for it. */
  ended(slot: number): void {
    for (const entry of this.#entries.values()) {
      for (const waiter of entry.waiting) {
        if (waiter.slot !== slot) continue
        entry.waiting.delete(waiter)
        waiter.tell({ kind: 'make', isShared: false })
      }
      if (entry.maker !== slot) continue
      const [next] = entry.waiting
      entry.maker = next?.slot
      if (!next) continue
      entry.waiting.delete(next)
      next.tell({ kind: 'make', isShared: true })
    }
  }

  releaseJob(jobId: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.jobId !== jobId) continue
      this.#entries.delete(key)
      this.#drop(entry)
      for (const waiter of entry.waiting) waiter.tell({ kind: 'make', isShared: false })
    }
  }

  #wait(entry: Entry, slot: number): Promise<TableClaim> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        entry.waiting.delete(waiter)
        resolve({ kind: 'make', isShared: false })
      }, PATIENCE_MS)
      const waiter: Waiter = {
        slot,
        tell: (claim) => {
          clearTimeout(timer)
          resolve(claim)
        },
      }
      entry.waiting.add(waiter)
    })
  }

  #has(entry: Entry, slot: number): void {
    entry.having.add(slot)
    if (entry.having.size >= this.#pool.size.slots) this.#drop(entry)
  }

  #drop(entry: Entry): void {
    if (entry.copy) this.#pool.dropStored(entry.copy.bytes.length)
    entry.copy = undefined
  }
}
