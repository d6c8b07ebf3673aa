import { MillraceError } from '../../common/errors/millrace-error.js'

/** That a function waits for rows that are not there yet. */
export const STARVED = Symbol('starved')

const NOTHING = { done: true, value: undefined } as const

/**
 * What a function of the user gets of a partition: by `for await` as it comes, and by `for` when all of it is there. What was given is handed out
 * once, whoever asks.
 */
export class PartitionInput<T> implements AsyncIterable<T>, Iterable<T> {
  /** What is given is made into items as these are asked for. */
  readonly #given: Iterator<T>[] = []
  readonly #asking: ((result: IteratorResult<T>) => void)[] = []
  #hasEnded = false
  #tell: ((of: typeof STARVED) => void) | undefined

  give(items: Iterable<T>): void {
    this.#given.push(items[Symbol.iterator]())
    this.#answer()
  }

  /** Nothing more will be given. */
  end(): void {
    this.#hasEnded = true
    this.#answer()
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Resolves when somebody asks for what is not there yet. */
  starved(): Promise<typeof STARVED> {
    return new Promise((resolve) => {
      if (this.#asking.length > 0) resolve(STARVED)
      else this.#tell = resolve
    })
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => {
        const next = this.#asking.length === 0 ? this.#next() : NOTHING
        if (!next.done || (this.#hasEnded && this.#asking.length === 0)) return Promise.resolve(next)
        return new Promise((resolve) => {
          this.#asking.push(resolve)
          this.#answer()
          if (this.#asking.length > 0) this.#tell?.(STARVED)
        })
      },
    }
  }

  *[Symbol.iterator](): Generator<T> {
    for (let next = this.#next(); !next.done; next = this.#next()) yield next.value
    if (!this.#hasEnded) throw new MillraceError('INVALID_API_USE', { reason: 'an async generator reads by for await' })
  }

  /** The next item that is there; done when there is none. */
  #next(): IteratorResult<T> {
    for (;;) {
      const [first] = this.#given
      if (!first) return NOTHING
      const next = first.next()
      if (!next.done) return next
      this.#given.shift()
    }
  }

  #answer(): void {
    while (this.#asking.length > 0) {
      const next = this.#next()
      if (next.done && !this.#hasEnded) return
      this.#asking.shift()!(next)
    }
  }
}
