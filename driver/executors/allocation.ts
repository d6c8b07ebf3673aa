import type { Workload } from '../jobs/workload.js'
import type { ExecutorSummary } from './executor-table.js'

/** How many executors there are, as `dynamicAllocation.*` says. */
export interface AllocationOptions {
  readonly minExecutors: number
  readonly maxExecutors: number
  readonly initialExecutors: number
  /** Which part of the executors is wanted that could run all tasks at once. */
  readonly ratio: number
  /** Of each executor, until one is there. */
  readonly slots: number
  /** How long tasks wait until more executors are wanted, the first time and then again. */
  readonly backlogMs: number
  readonly sustainedBacklogMs: number
  /** How long an executor runs nothing until it goes: one that holds nothing, what is cached, or what tasks wrote for later stages. */
  readonly idleMs: number
  readonly cachedIdleMs: number
  readonly shuffleIdleMs: number
}

export interface AllocationDecision {
  /** How many executors there are to be. Fewer than there are end none: that is what `leave` says. */
  readonly target: number
  readonly leave: readonly { readonly executorId: string; readonly reason: string }[]
}

/**
 * Decides how many executors an application has: more while tasks wait, twice as many more each time, and fewer when some run nothing for a while. It has no clock and
 * performs nothing.
 */
export class Allocation {
  readonly #options: AllocationOptions
  #target: number
  /** How many more are wanted when tasks still wait. */
  #step = 1
  /** When more are wanted; infinity while no task waits. */
  #growAtMs = Number.POSITIVE_INFINITY
  /** No task was there yet, and no executor had to go: the first ones stay. */
  #isInitial = true
  #wakeAtMs = Number.POSITIVE_INFINITY

  constructor(options: AllocationOptions) {
    this.#options = options
    this.#target = options.initialExecutors
  }

  /** When to be asked again although nothing happens. */
  get wakeAtMs(): number {
    return Math.min(this.#wakeAtMs, this.#growAtMs)
  }

  decide(load: Workload, nowMs: number): AllocationDecision {
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    const staying = load.executors.filter(({ isLeaving }) => !isLeaving)
    const overdue = this.#overdue(load, staying, nowMs)
    if (load.waiting + load.running > 0 || overdue.length > 0) this.#isInitial = false
    if (!this.#isInitial) this.#aim(load, staying, nowMs)
    const mayGo = Math.max(0, staying.length - Math.max(this.#options.minExecutors, this.#target))
    return { target: this.#target, leave: overdue.slice(0, mayGo) }
  }

  /** As many executors as there is work for; more of them only step by step. */
  #aim({ waiting, running }: Workload, staying: readonly ExecutorSummary[], nowMs: number): void {
    const { ratio, backlogMs, sustainedBacklogMs } = this.#options
    const slots = staying.reduce((most, executor) => Math.max(most, executor.slots), 0) || this.#options.slots
    const needed = this.#clamped(Math.ceil(((waiting + running) * ratio) / Math.max(1, slots)))
    if (needed < this.#target) {
      this.#target = needed
      this.#step = 1
    }
    if (waiting === 0) {
      this.#growAtMs = Number.POSITIVE_INFINITY
      this.#step = 1
      return
    }
    if (this.#growAtMs === Number.POSITIVE_INFINITY) this.#growAtMs = nowMs + backlogMs
    if (nowMs < this.#growAtMs) return
    // Executors that are there beyond the target work again.
    const before = Math.max(this.#target, Math.min(staying.length, needed))
    this.#target = Math.min(before + this.#step, needed)
    this.#step = this.#target - before === this.#step ? this.#step * 2 : 1
    this.#growAtMs = nowMs + sustainedBacklogMs
  }

  #clamped(executors: number): number {
    return Math.min(Math.max(executors, this.#options.minExecutors), this.#options.maxExecutors)
  }

  /** Those that have run nothing for too long: first those that hold nothing, and among these who waits longest. */
  #overdue(load: Workload, staying: readonly ExecutorSummary[], nowMs: number) {
    const found: { readonly executorId: string; readonly holds: number; readonly idleMs: number }[] = []
    for (const { executorId, idleSinceMs } of staying) {
      if (idleSinceMs === undefined) continue
      const idleMs = nowMs - idleSinceMs
      // What it holds is looked for only when it may matter.
      const held = idleMs < this.#options.idleMs ? undefined : load.heldBy(executorId)
      const mostMs = this.#mostIdleMs(held)
      if (idleMs < mostMs) this.#wakeAtMs = Math.min(this.#wakeAtMs, idleSinceMs + mostMs)
      else found.push({ executorId, holds: held?.size ?? 0, idleMs })
    }
    return found
      .toSorted((a, b) => a.holds - b.holds || b.idleMs - a.idleMs)
      .map(({ executorId, idleMs }) => ({ executorId, reason: `it ran nothing for ${Math.floor(idleMs / 1000)} s` }))
  }

  #mostIdleMs(held: ReturnType<Workload['heldBy']> | undefined): number {
    const { idleMs, cachedIdleMs, shuffleIdleMs } = this.#options
    // A result that the driver is taking is as good as a task.
    if (held?.has('result')) return Number.POSITIVE_INFINITY
    const base = held?.has('cache') ? cachedIdleMs : idleMs
    return held?.has('shuffle') ? Math.max(base, shuffleIdleMs) : base
  }
}
