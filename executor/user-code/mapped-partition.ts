import type { LoadedFunction } from './load-function.js'
import { PartitionInput, STARVED } from './partition-input.js'

/** A function of the user gave what cannot be iterated over. */
export class NoIterator extends Error {
  readonly value: unknown

  constructor(value: unknown) {
    super()
    this.value = value
  }
}

/**
 * What a function of the user makes of a partition. An async generator runs while rows come, as far as there are some; another function is called when all of them are
 * there, since it cannot wait.
 */
export class MappedPartition<T> {
  readonly input = new PartitionInput<T>()
  readonly #fn: LoadedFunction
  readonly #more: readonly unknown[]
  #iterator: AsyncIterator<unknown> | Iterator<unknown> | undefined
  #next: Promise<IteratorResult<unknown>> | undefined
  #isDone = false

  /** @param more what the function gets behind the partition */
  constructor(fn: LoadedFunction, more: readonly unknown[] = []) {
    this.#fn = fn
    this.#more = more
  }

  /** Whether there is something to do with the rows that there are. */
  get isReady(): boolean {
    return this.input.hasEnded || isAsyncGenerator(this.#fn)
  }

  /** Whether the function wants no more rows. */
  get isDone(): boolean {
    return this.#isDone
  }

  /** What the function gives until it waits for more rows, or ends. */
  async *results(): AsyncGenerator<unknown> {
    this.#iterator ??= iteratorOf(this.#fn(this.input, ...this.#more))
    while (!this.#isDone) {
      this.#next ??= Promise.resolve(this.#iterator.next())
      const next = await Promise.race([this.#next, this.input.starved()])
      if (next === STARVED) return
      this.#next = undefined
      if (next.done) this.#isDone = true
      else yield next.value
    }
  }

  /** Ends the function, of which nothing more is wanted: what it does at last (`finally`) is done. */
  async close(): Promise<void> {
    if (this.#isDone || !this.#iterator) return
    this.#isDone = true
    this.input.end()
    await this.#next
    await this.#iterator.return?.()
  }
}

const isAsyncGenerator = (fn: LoadedFunction): boolean =>
  Object.prototype.toString.call(fn) === '[object AsyncGeneratorFunction]'

function iteratorOf(given: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) return (given as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (Symbol.iterator in given) return (given as Iterable<unknown>)[Symbol.iterator]()
  }
  throw new NoIterator(given)
}
