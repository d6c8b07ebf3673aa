/** The longest a timer of Node can wait. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/**
 * Calls back at a time of `performance.now()`; one time is waited for, the one set last. It is set with every message of an executor, mostly to a later time: a
 * timer of Node that would fire before that goes on, and only then there is another.
 */
export class WakeTimer {
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined
  #firesAtMs = 0
  #atMs = 0
  #keepsAlive = false

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** @param atMs infinite for never. @param keepsAlive whether the process lives on for it */
  set(atMs: number, keepsAlive: boolean): void {
    if (!Number.isFinite(atMs)) return this.clear()
    this.#atMs = atMs
    this.#keepsAlive = keepsAlive
    if (!this.#timer || atMs < this.#firesAtMs) this.#start()
    else if (keepsAlive) this.#timer.ref()
    else this.#timer.unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    this.clear()
    const nowMs = performance.now()
    const waitMs = Math.min(Math.max(0, this.#atMs - nowMs) + 1, MAX_TIMER_MS)
    this.#firesAtMs = nowMs + waitMs
    this.#timer = setTimeout(() => this.#fired(), waitMs)
    if (!this.#keepsAlive) this.#timer.unref()
  }

  #fired(): void {
    this.#timer = undefined
    if (this.#atMs > performance.now()) this.#start()
    else this.#wake()
  }
}
