import type { DriverOptions } from './driver-options.js'

/** Whose write begins, is committed or is taken back. */
interface Abandoned {
  /** Its end is not waited for any longer. */
  abandon(): void
}

type ClosingOptions = Pick<DriverOptions, 'logger' | 'closePatienceMs'>

/** How long closing waits: a commit may move many files, and a database that does not answer may never. */
const PATIENCE_MS = 60_000

/** Beginnings, commits and aborts of writes, which must have ended before the driver is closed, unless that takes too long. */
export class UnderWay {
  readonly #work = new Map<Promise<unknown>, Abandoned>()

  /** Passes on what work comes to. */
  async during<T>(owner: Abandoned, work: Promise<T>): Promise<T> {
    this.#work.set(work, owner)
    try {
      return await work
    } finally {
      this.#work.delete(work)
    }
  }

  /** However it ended: who began it hears of that. What has not ended within the time goes on alone, and is told in the log. */
  async ended({ logger, closePatienceMs = PATIENCE_MS }: ClosingOptions): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closePatienceMs)
    })
    await Promise.race([Promise.allSettled(this.#work.keys()), late]).finally(() => clearTimeout(timer))
    const writes = this.#work.size
    if (writes === 0) return
    logger.error({ writes, waitedMs: closePatienceMs }, 'writes have not ended: what became of them is not known')
    for (const owner of this.#work.values()) owner.abandon()
  }
}
