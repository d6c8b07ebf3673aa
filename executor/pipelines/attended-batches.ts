import type { Batch } from '../../connectors/api.js'
import type { Batches } from './step.js'

/** How often something is done meanwhile. */
const EVERY_MS = 500

/** Batches of a source. While one is waited for, as over a network, something is done every now and then. */
export function attended(batches: Batches, meanwhile: () => Promise<void>): Batches {
  return Symbol.asyncIterator in batches ? attendedAsync(batches, meanwhile) : batches
}

async function* attendedAsync(batches: AsyncIterable<Batch>, meanwhile: () => Promise<void>): AsyncGenerator<Batch> {
  const iterator = batches[Symbol.asyncIterator]()
  const attention = new Attention(meanwhile)
  try {
    for (;;) {
      const { done, value } = await attention.during(iterator.next())
      if (done) return
      yield value
    }
  } finally {
    attention.end()
    await iterator.return?.()
  }
}

/** One timer for all that is waited for: batches of files come too fast for one each. */
class Attention {
  readonly #meanwhile: () => Promise<void>
  readonly #timer: NodeJS.Timeout
  #isWaiting = false
  /** What is being done, or has failed. */
  #attempt: Promise<void> | undefined

  constructor(meanwhile: () => Promise<void>) {
    this.#meanwhile = meanwhile
    this.#timer = setInterval(() => this.#attend(), EVERY_MS)
  }

  /** Waits for an event. What failed meanwhile is told behind it: until then a source may write into the memory of the task. */
  async during<T>(event: Promise<T>): Promise<T> {
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
