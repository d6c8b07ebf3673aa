/** Its owner is called at least this often within the time-out; a longer pause means that its process was busy or stopped. */
const STEPS_PER_TIMEOUT = 4

/**
 * Counts the time in which a process was awake, and so could hear others. What they said while it was busy or stopped waits in
 * its sockets; until that is read, none of them is silent by its own fault.
 */
export class AwakeClock {
  /** Its owner must be called this often for its time to count as awake. */
  readonly stepMs: number
  readonly #timeoutMs: number
  #lastMs: number | undefined
  #awakeMs = 0
  #listensUntilMs = 0
  #grantedAwakeMs = Number.NEGATIVE_INFINITY

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
    this.stepMs = Math.max(1, timeoutMs / STEPS_PER_TIMEOUT)
  }

  /** Time so far in which the process was awake. */
  get awakeMs(): number {
    return this.#awakeMs
  }

  /** Takes the time of a call of the owner. */
  advance(nowMs: number): void {
    const pauseMs = nowMs - (this.#lastMs ?? nowMs)
    this.#lastMs = nowMs
    this.#awakeMs += Math.min(Math.max(0, pauseMs), this.stepMs)
    // One that is busy again and again gets the time to listen once per time-out, or silence would never be found.
    if (pauseMs < 2 * this.stepMs || this.#awakeMs - this.#grantedAwakeMs < this.#timeoutMs) return
    this.#grantedAwakeMs = this.#awakeMs
    this.#listensUntilMs = nowMs + this.stepMs
  }

  /** Whether the process has just woken and has yet to read what came meanwhile. */
  isCatchingUp(nowMs: number): boolean {
    return nowMs < this.#listensUntilMs
  }

  /** When the next call is due, if a silence may end at `awakeMs`. */
  wakeAtMs(awakeMs: number): number {
    const lastMs = this.#lastMs ?? 0
    const dueMs = lastMs + Math.min(Math.max(0, awakeMs - this.#awakeMs), this.stepMs)
    return Math.max(dueMs, this.#listensUntilMs)
  }
}
