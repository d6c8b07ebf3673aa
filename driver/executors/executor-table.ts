import { AwakeClock } from '../../common/awake-clock.js'

interface ExecutorState {
  readonly executorId: string
  readonly slots: number
  /** Empty of one in the driver's process. */
  readonly host: string
  readonly heartbeats: boolean
  /** Attempts that occupy a slot: from launch until the executor says that they ended. */
  readonly running: Set<number>
  /** It is to go: it gets no more tasks. */
  isLeaving: boolean
  /** Since when it runs nothing. */
  idleSinceMs: number
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
  /** Since when it runs no task, when it runs none. */
  readonly idleSinceMs: number | undefined
  /** It is decommissioned. */
  readonly isLeaving: boolean
}

/** The executors that live, their slots and when each was last heard of. */
export class ExecutorTable {
  readonly #executors = new Map<string, ExecutorState>()
  /** Ids never come back: an executor that returns registers anew. So a late message cannot revive one. With the host of each. */
  readonly #gone = new Map<string, string>()
  readonly #timeoutMs: number
  readonly #clock: AwakeClock
  #nowMs = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.#clock = new AwakeClock(timeoutMs)
  }

  /** The driver is called at this time; to be told before anything else. */
  advance(nowMs: number): void {
    this.#clock.advance(nowMs)
    this.#nowMs = nowMs
  }

  get size(): number {
    return this.#executors.size
  }

  has(executorId: string): boolean {
    return this.#executors.has(executorId)
  }

  register(executorId: string, slots: number, host: string, heartbeats: boolean, nowMs: number): void {
    if (this.#gone.has(executorId)) return
    if (this.#executors.has(executorId)) return this.seen(executorId, nowMs)
    const seen = { lastSeenMs: nowMs, lastSeenAwakeMs: this.#clock.awakeMs }
    const work = { running: new Set<number>(), isLeaving: false, idleSinceMs: nowMs }
    this.#executors.set(executorId, { executorId, slots, host, heartbeats, ...work, ...seen })
  }

  /** It is to go, and gets no more tasks. */
  drain(executorId: string): void {
    const executor = this.#executors.get(executorId)
    if (executor) executor.isLeaving = true
  }

  /** Whether it is there and may get tasks. */
  takes(executorId: string): boolean {
    return this.#executors.get(executorId)?.isLeaving === false
  }

  /** Those that may get tasks. */
  taking(): readonly string[] {
    return this.ids().filter((executorId) => this.takes(executorId))
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
    this.#gone.set(executorId, executor?.host ?? '')
    if (this.#gone.size > MAX_GONE) this.#gone.delete(this.#gone.keys().next().value!)
    return executor ? [...executor.running] : []
  }

  occupy(executorId: string, attemptId: number): void {
    this.#executors.get(executorId)?.running.add(attemptId)
  }

  vacate(executorId: string, attemptId: number): void {
    const executor = this.#executors.get(executorId)
    if (executor?.running.delete(attemptId) && executor.running.size === 0) executor.idleSinceMs = this.#nowMs
  }

  ids(): readonly string[] {
    return [...this.#executors.keys()]
  }

  /** Also of one that was lost lately. */
  hostOf(executorId: string): string {
    return this.#executors.get(executorId)?.host ?? this.#gone.get(executorId) ?? ''
  }

  /** Slots of the executor that has most. */
  get mostSlots(): number {
    let most = 0
    for (const { slots } of this.#executors.values()) most = Math.max(most, slots)
    return most
  }

  /** Those that tasks may get, of one that is there. */
  slots(executorId: string): number {
    return this.takes(executorId) ? this.#executors.get(executorId)!.slots : 0
  }

  running(executorId: string): number {
    return this.#executors.get(executorId)?.running.size ?? 0
  }

  free(executorId: string): number {
    const executor = this.#executors.get(executorId)
    return executor ? freeOf(executor) : 0
  }

  hasFree(): boolean {
    for (const executor of this.#executors.values()) if (freeOf(executor) > 0) return true
    return false
  }

  /**
   * Of those that will do, the executor with the largest share of free slots, so that tasks spread evenly; `avoided` only when no other has any, since a
   * task that failed there may do better elsewhere.
   */
  mostFree(willDo: (executorId: string) => boolean, avoided: string | undefined): string | undefined {
    let best: string | undefined
    let bestScore = 0
    for (const executor of this.#executors.values()) {
      const { executorId, slots } = executor
      const free = freeOf(executor)
      if (free === 0 || !willDo(executorId)) continue
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
    return [...this.#executors.values()].map(({ executorId, slots, running, lastSeenMs, idleSinceMs, isLeaving }) => ({
      executorId,
      slots,
      running: running.size,
      lastSeenMs,
      idleSinceMs: running.size === 0 ? idleSinceMs : undefined,
      isLeaving,
    }))
  }
}

const freeOf = ({ slots, running, isLeaving }: ExecutorState): number => (isLeaving ? 0 : slots - running.size)
