import { MillraceError } from '../../../common/errors/millrace-error.js'

/** Bounds several steps by one time and a signal. */
export class Deadline {
  readonly #ends: Promise<never>
  readonly #release: () => void
  #isOver = false

  /** @param late makes the error when the time is up */
  constructor(timeoutMs: number, signal: AbortSignal | undefined, late: () => MillraceError) {
    let fail: (error: MillraceError) => void = () => undefined
    this.#ends = new Promise<never>((_, reject) => {
      fail = reject
    })
    this.#ends.catch(() => undefined) // It may come when nobody waits.
    const timer = setTimeout(() => {
      this.#isOver = true
      fail(late())
    }, timeoutMs)
    const abort = (): void => {
      this.#isOver = true
      fail(new MillraceError('OPERATION_CANCELED'))
    }
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    this.#release = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** What a step gives, unless the end comes first. The step itself goes on then, but nobody waits for it. */
  async within<T>(step: Promise<T>): Promise<T> {
    step.catch(() => undefined)
    return await Promise.race([step, this.#ends])
  }

  /** Waits. @throws what ends it */
  async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await this.within(passed).finally(() => clearTimeout(timer))
  }

  release(): void {
    this.#release()
  }
}
