import { MAX_TIMER_MS } from '../wake-timer.js'

/** Time as the query sees it, so that tests can hold it. */
export interface StreamClock {
  nowMs(): number
  /** Resolves after so long, or at once when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The time of the machine. */
export const systemClock: StreamClock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const endMs = performance.now() + ms
      const wait = (): NodeJS.Timeout => {
        const leftMs = endMs - performance.now()
        if (leftMs <= MAX_TIMER_MS) return setTimeout(done, leftMs)
        return setTimeout(() => {
          timer = wait()
        }, MAX_TIMER_MS)
      }
      let timer = wait()
      signal.addEventListener('abort', done)
    }),
}
