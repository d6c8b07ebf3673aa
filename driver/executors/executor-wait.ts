/** How long jobs have waited without any executor. */
export class ExecutorWait {
  readonly #mostMs: number
  #sinceMs: number | undefined

  constructor(mostMs: number) {
    this.#mostMs = mostMs
  }

  /** When it may be over. */
  get wakeAtMs(): number {
    return (this.#sinceMs ?? Number.POSITIVE_INFINITY) + this.#mostMs
  }

  /** Whether they have waited for too long; the next wait begins then. */
  isOver(isWaiting: boolean, nowMs: number): boolean {
    this.#sinceMs = isWaiting ? (this.#sinceMs ?? nowMs) : undefined
    if (nowMs < this.wakeAtMs) return false
    this.#sinceMs = undefined
    return true
  }
}
