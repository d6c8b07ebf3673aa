/** The longest a timer of Node can wait. */
export const MAX_TIMER_MS = 2 ** 31 - 1

/** Calls back at a time of `performance.now()`, or before when that is too far away; one time is waited for, the one set last. */
export class WakeTimer {
  readonly #wake: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** @param atMs infinite for never. @param keepsAlive whether the process lives on for it */
  set(atMs: number, keepsAlive: boolean): void {
    this.clear()
    if (!Number.isFinite(atMs)) return
    this.#timer = setTimeout(this.#wake, Math.min(Math.max(0, atMs - performance.now()) + 1, MAX_TIMER_MS))
    if (!keepsAlive) this.#timer.unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}
