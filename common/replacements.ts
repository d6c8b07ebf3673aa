/** Executors that end soon after their start are replaced only so often each in a row: what ends them would end others, too. */
const PER_EXECUTOR = 4
/** An executor that lived so long, and a while as long in which none ended sooner, begin the row anew. */
const STABLE_AFTER_MS = 60_000
/** The pause before the first of a row is replaced, doubled each time. */
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 5_000

/** Whether executors that ended are replaced, and when. */
export class Replacements {
  readonly #most: number
  #left: number
  #pauseMs = FIRST_PAUSE_MS
  #lastEarlyMs = Number.NEGATIVE_INFINITY

  constructor(executors: number) {
    this.#most = PER_EXECUTOR * executors
    this.#left = this.#most
  }

  /** An executor has ended. @returns after which pause another takes its place; undefined when none does any more */
  pauseAfterEnd(startedMs: number, nowMs: number): number | undefined {
    const isEarly = nowMs - startedMs < STABLE_AFTER_MS
    if (!isEarly) this.#pauseMs = FIRST_PAUSE_MS
    else {
      if (nowMs - this.#lastEarlyMs >= STABLE_AFTER_MS) {
        this.#left = this.#most
        this.#pauseMs = FIRST_PAUSE_MS
      }
      this.#lastEarlyMs = nowMs
      if (this.#left-- <= 0) return undefined
    }
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)
    return pauseMs
  }
}
