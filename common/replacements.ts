import { longestPauseMs } from './growing-pause.js'

/** Executors that end soon after their start are replaced only so often each in a row: what ends them would end others, too. */
const PER_EXECUTOR = 4
/** An executor that lived so long, and a while as long in which none ended sooner, begin the row anew. */
const STABLE_AFTER_MS = 60_000
/** Before one of a row is replaced. Nothing is drawn, as one process alone replaces them, and the master is pure. */
const PAUSE = { firstMs: 100, mostMs: 5_000 }

/** Whether executors that ended are replaced, and when. */
export class Replacements {
  readonly #most: number
  #left: number
  #replaced = 0
  #lastEarlyMs = Number.NEGATIVE_INFINITY

  constructor(executors: number) {
    this.#most = PER_EXECUTOR * executors
    this.#left = this.#most
  }

  /** An executor has ended. @returns after which pause another takes its place; undefined when none does any more */
  pauseAfterEnd(startedMs: number, nowMs: number): number | undefined {
    const isEarly = nowMs - startedMs < STABLE_AFTER_MS
    if (!isEarly) this.#replaced = 0
    else {
      if (nowMs - this.#lastEarlyMs >= STABLE_AFTER_MS) {
        this.#left = this.#most
        this.#replaced = 0
      }
      this.#lastEarlyMs = nowMs
      if (this.#left-- <= 0) return undefined
    }
    return longestPauseMs(PAUSE, this.#replaced++)
  }
}
