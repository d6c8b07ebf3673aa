import type { LinearMemory } from './linear-memory.js'

/** An operator of a task that keeps rows in memory and can move them out of it, between batches. */
export interface MemoryHolder {
  /** What the operator is called in the condition that memory runs out with. */
  readonly operator: string
  /** Bytes that `giveBack` would free. */
  readonly bytes: number
  /** Bytes that it takes at once beyond these, at the next rows or to finish. */
  readonly reserve: number
  giveBack(): void | Promise<void>
}

/** What is left free for what is not reserved, the batches of sources and the rows of one call of generated code: a share, and in bytes at least. */
const FREE_SHARE = 1 / 8
const LEAST_FREE_BYTES = 4 << 20
/** Giving back less is not worth it: whoever needs memory then goes on until there is none. */
const LEAST_SHARE = 1 / 32

/** Decides who of a task's operators gives memory back when it becomes short: the one that holds most. */
export class MemoryArbiter {
  readonly #memory: LinearMemory
  readonly #holders = new Set<MemoryHolder>()
  /** What one call of generated code may take before the next one gets fewer rows. */
  readonly stepBytes: number
  readonly #most: number
  readonly #least: number

  /** @param budget bytes that the task may hold beyond those that are held now */
  constructor(memory: LinearMemory, budget: number) {
    this.#memory = memory
    const free = Math.max(budget * FREE_SHARE, LEAST_FREE_BYTES)
    this.stepBytes = free / 2
    this.#most = memory.bytesInUse + budget - free
    this.#least = budget * LEAST_SHARE
  }

  /** Bytes that can be taken without anybody giving back; below 0 when memory is short. */
  get free(): number {
    let used = this.#memory.bytesInUse
    for (const holder of this.#holders) used += holder.reserve
    return this.#most - used
  }

  get isShort(): boolean {
    return this.#holders.size > 0 && this.free < 0
  }

  /** Who holds what, for the condition that memory runs out with: `, of which …`, or nothing when nobody does. */
  describe(): string {
    const each = [...this.#holders].map(
      ({ operator, bytes, reserve }) => `${operator} ${bytes} and ${reserve} reserved`,
    )
    return each.length === 0 ? '' : `, of which ${each.join(', ')}`
  }

  /** From now on the operator may be asked to give back. */
  hold(holder: MemoryHolder): void {
    this.#holders.add(holder)
  }

  release(holder: MemoryHolder): void {
    this.#holders.delete(holder)
  }

  /** Has operators give back until memory is not short any more, or nobody has anything worth it. */
  async relieve(): Promise<void> {
    while (this.isShort) {
      const [largest] = [...this.#holders].sort((a, b) => b.bytes - a.bytes)
      if (!largest || largest.bytes < this.#least) return
      await largest.giveBack()
    }
  }
}
