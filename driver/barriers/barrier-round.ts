import type { BarrierCall, BarrierMethod } from '../../common/barrier.js'

/** The calls of tasks that run together: the n-th calls of all are one barrier, which none passes before all are there. */
export class BarrierRound {
  readonly #tasks: number
  #sequence = 0
  #method: BarrierMethod | undefined
  #sinceMs: number | undefined
  readonly #messages = new Map<number, string>()

  constructor(tasks: number) {
    this.#tasks = tasks
  }

  /** Since when the first of those that wait does. */
  get sinceMs(): number | undefined {
    return this.#sinceMs
  }

  /** Tasks that others wait for. */
  get missing(): readonly number[] {
    if (this.#sinceMs === undefined) return []
    return Array.from({ length: this.#tasks }, (_, partition) => partition).filter((one) => !this.#messages.has(one))
  }

  /**
   * A call came, perhaps once more.
   * @returns what all handed to each other, by partition, when it was the last one; `mixed` when others called something else
   */
  called(partition: number, call: BarrierCall, nowMs: number): readonly string[] | 'mixed' | undefined {
    if (call.sequence !== this.#sequence || this.#messages.has(partition)) return undefined
    this.#method ??= call.method
    if (call.method !== this.#method) return 'mixed'
    this.#sinceMs ??= nowMs
    this.#messages.set(partition, call.message)
    if (this.#messages.size < this.#tasks) return undefined
    const messages = Array.from({ length: this.#tasks }, (_, one) => this.#messages.get(one)!)
    const isGathered = this.#method === 'allGather'
    this.#sequence++
    this.#method = undefined
    this.#sinceMs = undefined
    this.#messages.clear()
    return isGathered ? messages : []
  }
}
