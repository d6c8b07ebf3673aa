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
  /** What takes results, which may wait for more rows. */
  #taking: Promise<void> | undefined
  #taken: unknown[] = []
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

  /**
   * What the function gives next: so many results, and less only when it waits for more rows or has ended. Several at once, as to wait for each costs more than most functions.
   * @throws what the function throws
   */
  async results(most: number): Promise<readonly unknown[]> {
    this.#iterator ??= iteratorOf(this.#fn(this.input, ...this.#more))
    if (this.#isDone) return []
    this.#taking ??= this.#take(this.#iterator, most)
    const isStarved = (await Promise.race([this.#taking, this.input.starved()])) === STARVED
    if (!isStarved) this.#taking = undefined
    const taken = this.#taken
    this.#taken = []
    return taken
  }

  async #take(iterator: AsyncIterator<unknown> | Iterator<unknown>, most: number): Promise<void> {
    while (!this.#isDone && this.#taken.length < most) {
      const given = iterator.next()
      const next = isPromise(given) ? await given : given
      if (next.done) this.#isDone = true
      else this.#taken.push(isPromise(next.value) ? await next.value : next.value)
    }
  }

  /** Ends the function, of which nothing more is wanted: what it does at last (`finally`) is done. */
  async close(): Promise<void> {
    if (this.#isDone || !this.#iterator) return
    this.#isDone = true
    this.input.end()
    await this.#taking
    await this.#iterator.return?.()
  }
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function'

const isAsyncGenerator = (fn: LoadedFunction): boolean =>
  Object.prototype.toString.call(fn) === '[object AsyncGeneratorFunction]'

function iteratorOf(given: unknown): AsyncIterator<unknown> | Iterator<unknown> {
  if (typeof given === 'object' && given !== null) {
    if (Symbol.asyncIterator in given) return (given as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    if (Symbol.iterator in given) return (given as Iterable<unknown>)[Symbol.iterator]()
  }
  throw new NoIterator(given)
}
