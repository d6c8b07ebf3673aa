import type { NamedHolder } from './counted-memory.js'
import type { LinearMemory } from './linear-memory.js'

/** An operator of a task that keeps rows in memory and can move them out of it, between batches. */
export interface MemoryHolder {
  /** What the operator is called in the condition that memory runs out with. */
  readonly operator: string
  /** Bytes that it could free. */
  readonly bytes: number
  /** Of a state of a stream. */
  readonly stateOperatorId?: number | undefined
  /** Bytes that it takes at once beyond these, at the next rows or to finish. */
  readonly reserve: number
  /** Frees as much of it as is worth it, so that it is not asked again at once. */
  giveBack(): void | Promise<void>
}

/** What is left free for what is not reserved, the batches of sources and the rows of one call of generated code: a share, and in bytes at least. */
const FREE_SHARE = 1 / 8
const LEAST_FREE_BYTES = 4 << 20
/** Giving back less is not worth it: whoever needs memory then goes on until there is none. */
const LEAST_SHARE = 1 / 32

/** Told who of a task's operators may be asked to give back, and has them do it. */
export interface HolderWatch {
  held(holder: MemoryHolder): void
  givesBack(holder: MemoryHolder): Promise<void>
}

/** What the arbiter knows of its task. */
export interface ArbitratedTask {
  /** Aborted when the task is cancelled. */
  readonly signal: AbortSignal
  /** Whether all that operators keep can go to disk. If not, the task would be run again in such a way. */
  readonly spills: boolean
  /** Has threads that run no task give back what they keep. */
  trimIdle(): Promise<void>
}

/**
 * Takes memory for a task from the executor's pool before its operators need it, between batches. When there is no more, or others who have less wait for it,
 * it decides who of the operators gives memory back: the one that holds most.
 */
export class MemoryArbiter {
  readonly #memory: LinearMemory
  readonly #task: ArbitratedTask
  readonly #holders = new Set<MemoryHolder>()
  /** Those that cannot give back any more, and are only named. */
  readonly #kept = new Set<NamedHolder>()
  /** Where operators are measured. */
  watch: HolderWatch | undefined
  /** What one call of generated code may take before the next one gets fewer rows. */
  readonly stepBytes: number
  /** Giving back less is not worth it. */
  readonly leastBytes: number
  readonly #free: number
  #hasTrimmed = false
  /** What the next call of generated code is expected to take. */
  #expected = 0

  constructor(memory: LinearMemory, task: ArbitratedTask) {
    this.#memory = memory
    this.#task = task
    this.#free = Math.max(Math.floor(memory.share * FREE_SHARE), LEAST_FREE_BYTES)
    this.stepBytes = this.#free / 2
    this.leastBytes = Math.floor(memory.share * LEAST_SHARE)
  }

  /** Waits, for a time, until there is memory for the first batches; or has what the thread keeps give some back. */
  async begin(): Promise<void> {
    if (this.#memory.secure(this.#needed)) return
    if (!(await this.#memory.secureOwed(this.#needed, this.#task.signal))) await this.relieve()
  }

  /** Tells what the next call of generated code is expected to leave: more than `stepBytes` where a single row is large. */
  expect(bytes: number): void {
    this.#expected = Math.ceil(bytes)
  }

  /** Whether operators must give back before the next batch. Takes what they will need from the pool, if it is there. */
  isShort(): boolean {
    if (this.#memory.excess > 0) {
      this.#memory.yieldUnused(this.#needed)
      if (this.#memory.excess > 0) return true
    }
    return this.#holders.size > 0 && !this.#memory.secure(this.#needed)
  }

  /** Takes so many bytes ahead of their use, or as many as there are; returns how many. */
  secured(bytes: number): number {
    const needed = this.#needed
    if (this.#memory.secure(needed + bytes)) return bytes
    const most = this.#memory.reach
    return this.#memory.secure(most) ? Math.max(0, most - needed) : 0
  }

  /**
   * Takes ahead what the states of the task's streams lack to take so many bytes more, what can leave them first. False where there is not so much: then nothing is taken.
   * True where there are no states.
   */
  secureRoomInStates(bytes: number): boolean {
    const states = [...this.#holders].filter(({ stateOperatorId }) => stateOperatorId !== undefined)
    const missing = states.reduce((left, holder) => left - holder.bytes, bytes)
    return states.length === 0 || missing <= 0 || this.#memory.secure(this.#needed + missing)
  }

  /** What each operator holds and has reserved, for the condition that memory runs out with. */
  reservations(): readonly string[] {
    const held = [...this.#holders].map(
      ({ operator, bytes, reserve }) => `${operator} ${bytes} and ${reserve} reserved`,
    )
    const kept = [...this.#kept].flatMap(({ operator, bytes }) => (bytes > 0 ? `${operator} ${bytes}` : []))
    return [...held, ...kept]
  }

  /** Who holds memory, with what each will need. */
  needs(): readonly NamedHolder[] {
    return [...this.#holders].map(({ operator, bytes, reserve, stateOperatorId }) => {
      return { operator, bytes: bytes + reserve, stateOperatorId }
    })
  }

  /** From now on the operator may be asked to give back. */
  hold(holder: MemoryHolder): void {
    this.#holders.add(holder)
    this.watch?.held(holder)
  }

  release(holder: MemoryHolder): void {
    this.#holders.delete(holder)
  }

  /** The same of one that holds its rows on, while it passes them on. */
  keep(holder: MemoryHolder): void {
    this.#holders.delete(holder)
    this.#kept.add(holder)
  }

  /**
   * Has operators give back until memory is not short any more, or nobody has anything worth it.
   * @throws UNABLE_TO_ACQUIRE_MEMORY when others wait for what cannot be given back unless the task is run again
   */
  async relieve(): Promise<void> {
    while (this.isShort()) {
      if (await this.#isGivenMore()) continue
      const [largest] = [...this.#holders].sort((a, b) => b.bytes - a.bytes)
      if (!largest || largest.bytes < this.leastBytes) break
      await (this.watch?.givesBack(largest) ?? largest.giveBack())
    }
    if (this.#memory.excess > 0 && !this.#task.spills)
      throw this.#memory.refusal(this.#memory.excess, ': other tasks wait for their part')
  }

  /** Others keep what they need less, or hold more than their part: that is waited for, unless this task must give back itself. */
  async #isGivenMore(): Promise<boolean> {
    if (!this.#hasTrimmed) {
      this.#hasTrimmed = true
      await this.#task.trimIdle()
      if (!this.isShort()) return true
    }
    return this.#memory.excess === 0 && (await this.#memory.secureOwed(this.#needed, this.#task.signal))
  }

  /** What is in use, what operators will need at once, and what is left free beside. */
  get #needed(): number {
    // What a call makes on the way is about as much as what it leaves.
    let bytes = this.#memory.taskBytes + Math.max(this.#free, 2 * this.#expected)
    for (const holder of this.#holders) bytes += holder.reserve
    return bytes
  }
}
