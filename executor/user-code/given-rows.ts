import type { LoadedFunction } from './load-function.js'

/** A function that gives rows one by one as one that gives all of them. What is no iterable is left for whoever checks results. */
export const givingRows =
  (fn: LoadedFunction): LoadedFunction =>
  (...args) => {
    const given = fn(...args)
    return isIterable(given) ? [...given] : given
  }

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value
