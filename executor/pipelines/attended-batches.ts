import type { Batch, BatchReader } from '../../connectors/api.js'
import type { Batches } from './step.js'

/** How often something is done meanwhile. */
const EVERY_MS = 500

/**
 * Batches of a source, one by one. While one is waited for, as over a network, something is done every now and then. What is at hand is not waited
 * for: a promise takes longer than a small batch.
 */
export function attended(batches: Batches, meanwhile: () => Promise<void>): BatchReader {
  const reader = readerOf(batches)
  const attention = new Attention(meanwhile)
  return {
    next: () => {
      const next = reader.next()
      return next instanceof Promise ? attention.during(next) : next
    },
    close: () => {
      attention.end()
      return reader.close()
    },
  }
}

/** What gives the batches of a source one by one. */
export function readerOf(batches: Batches): BatchReader {
  if (Symbol.asyncIterator in batches) {
    const iterator = batches[Symbol.asyncIterator]()
    return { next: async () => given(await iterator.next()), close: async () => void (await iterator.return?.()) }
  }
  if (!(Symbol.iterator in batches)) return batches
  const iterator = batches[Symbol.iterator]()
  return { next: () => given(iterator.next()), close: () => void iterator.return?.() }
}

const given = ({ done, value }: IteratorResult<Batch, unknown>): Batch | undefined => (done ? undefined : value)

/** One timer for all that is waited for: batches of files come too fast for one each. */
class Attention {
  readonly #meanwhile: () => Promise<void>
  #timer: NodeJS.Timeout | undefined
  #isWaiting = false
  /** What is being done, or has failed. */
  #attempt: Promise<void> | undefined

  constructor(meanwhile: () => Promise<void>) {
    this.#meanwhile = meanwhile
  }

  /** Waits for an event. What failed meanwhile is told behind it: until then a source may write into the memory of the task. */
  async during<T>(event: Promise<T>): Promise<T> {
    this.#timer ??= setInterval(() => this.#attend(), EVERY_MS)
    this.#isWaiting = true
    try {
      return await event
    } finally {
      this.#isWaiting = false
      if (this.#attempt) await this.#attempt
    }
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #attend(): void {
    if (!this.#isWaiting || this.#attempt) return
    this.#attempt = this.#meanwhile()
    this.#attempt.then(
      () => {
        this.#attempt = undefined
      },
      () => undefined,
    )
  }
}
