import type { LoadedFunction } from './load-function.js'

/** A function of partitions that gives nothing, and is at its end when another one is, which is called with the same rows. */
export const calling = (fn: LoadedFunction): LoadedFunction =>
  isAsync(fn)
    ? // As an async generator it gets rows as they come.
      (async function* (...args: readonly unknown[]): AsyncGenerator<never> {
        yield* nothingAfter(fn(...args))
      } as LoadedFunction)
    : (...args) => nothingAfter(fn(...args))

const nothingAfter = (end: unknown): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({
    async next() {
      await end
      return { done: true, value: undefined }
    },
  }),
})

const isAsync = (fn: LoadedFunction): boolean => Object.prototype.toString.call(fn) === '[object AsyncFunction]'
