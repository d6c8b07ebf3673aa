import { AwakeClock } from '../../common/awake-clock.js'

interface ExecutorState {
  readonly executorId: string
  readonly slots: number
  readonly heartbeats: boolean
  /** Attempts that occupy a slot: from launch until the executor says that they ended. */
  readonly running: Set<number>
  lastSeenMs: number
  /** When it was last heard of, in time in which the driver was awake. */
  lastSeenAwakeMs: number
}

/** Ids of lost executors are remembered until this many were lost after them. */
const MAX_GONE = 1_000

/** An executor as others may see it. */
export interface ExecutorSummary {
  readonly executorId: string
  readonly slots: number
  readonly running: number
  readonly lastSeenMs: number
}

/** The executors that live, their slots and when each was last heard of. */
export class ExecutorTable {
  readonly #executors = new Map<string, ExecutorState>()
  /** Ids never come back: an executor that returns registers anew. So a late message cannot revive one. */
  readonly #gone = new Set<string>()
  readonly #timeoutMs: number
  readonly #clock: AwakeClock

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#clock = new AwakeClock(timeoutMs)
  }

  /** The driver is called at this time; to be told before anything else. */
  advance(nowMs: number): void {
    this.#clock.advance(nowMs)
  }

  get size(): number {
    return this.#executors.size
  }

  has(executorId: string): boolean {
    return this.#executors.has(executorId)
  }

  register(executorId: string, slots: number, heartbeats: boolean, nowMs: number): void {
    if (this.#gone.has(executorId)) return
    if (this.#executors.has(executorId)) return this.seen(executorId, nowMs)
    const seen = { lastSeenMs: nowMs, lastSeenAwakeMs: this.#clock.awakeMs }
    this.#executors.set(executorId, { executorId, slots, heartbeats, running: new Set(), ...seen })
  }

  seen(executorId: string, nowMs: number): void {
    const executor = this.#executors.get(executorId)
    if (!executor) return
    executor.lastSeenMs = Math.max(executor.lastSeenMs, nowMs)
    executor.lastSeenAwakeMs = this.#clock.awakeMs
  }

  /** Removes it and returns the attempts that ran there. */
  remove(executorId: string): readonly number[] {
    const executor = this.#executors.get(executorId)
    this.#executors.delete(executorId)
    this.#gone.add(executorId)
    if (this.#gone.size > MAX_GONE) this.#gone.delete(this.#gone.values().next().value!)
    return executor ? [...executor.running] : []
  }

  occupy(executorId: string, attemptId: number): void {
    this.#executors.get(executorId)?.running.add(attemptId)
  }

  vacate(executorId: string, attemptId: number): void {
    this.#executors.get(executorId)?.running.delete(attemptId)
  }

  free(executorId: string): number {
    const executor = this.#executors.get(executorId)
    return executor ? executor.slots - executor.running.size : 0
  }

  hasFree(): boolean {
    for (const executor of this.#executors.values()) if (executor.running.size < executor.slots) return true
    return false
  }

  /**
   * The executor with the largest share of free slots, so that tasks spread evenly; `avoided` only when no other has any, since a task
   * that failed there may do better elsewhere.
   */
  mostFree(avoided: string | undefined): string | undefined {
    let best: string | undefined
    let bestScore = 0
    for (const { executorId, slots, running } of this.#executors.values()) {
      const free = slots - running.size
      const score = executorId === avoided ? Math.min(free, 1) * Number.MIN_VALUE : free / slots
      if (score > bestScore) {
        best = executorId
        bestScore = score
      }
    }
    return best
  }

  /** Those that have been silent for too long while the driver could hear them. */
  silent(nowMs: number): readonly string[] {
    if (this.#clock.isCatchingUp(nowMs)) return []
    const silentSinceMs = this.#clock.awakeMs - this.#timeoutMs
    return [...this.#executors.values()]
      .filter(({ heartbeats, lastSeenAwakeMs }) => heartbeats && lastSeenAwakeMs <= silentSinceMs)
      .map(({ executorId }) => executorId)
  }

  /** When the driver must be called for the next of them that may count as silent; infinity when none can. */
  nextWakeMs(): number {
    let next = Number.POSITIVE_INFINITY
    for (const { heartbeats, lastSeenAwakeMs } of this.#executors.values()) {
      if (heartbeats) next = Math.min(next, lastSeenAwakeMs + this.#timeoutMs)
    }
    return Number.isFinite(next) ? this.#clock.wakeAtMs(next) : next
  }

  summaries(): readonly ExecutorSummary[] {
    return [...this.#executors.values()].map(({ executorId, slots, running, lastSeenMs }) => ({
      executorId,
      slots,
      running: running.size,
      lastSeenMs,
    }))
  }
}
