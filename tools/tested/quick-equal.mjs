// Tells ava of equal lists and records of simple values without a look into each by its comparison, which describes every value that it meets and so
// takes ten times as long. What is not surely equal is left to it.
import { createRequire } from 'node:module'

/** Deeper than results are, and an end for values that hold themselves. */
const MOST_DEPTH = 12

const isSimple = (value) => value === null || (typeof value !== 'object' && typeof value !== 'function')

/** Lists and records as literals make them, which have nothing but their elements and members. */
const kindOf = (value) => {
  const prototype = Object.getPrototypeOf(value)
  if (Object.getOwnPropertySymbols(value).length > 0) return 'other'
  if (prototype === Array.prototype) return 'list'
  return prototype === Object.prototype ? 'record' : 'other'
}

/** Whether two values are surely equal: `false` says nothing. */
export function surelyEqual(one, other, depth = 0) {
  if (isSimple(one) || isSimple(other)) return Object.is(one, other)
  if (depth > MOST_DEPTH || typeof one === 'function' || typeof other === 'function') return false
  const kind = kindOf(one)
  if (kind === 'other' || kindOf(other) !== kind) return false
  // Of a list the places that are filled, and whatever else was put there.
  const names = Object.keys(one)
  if (names.length !== Object.keys(other).length || one.length !== other.length) return false
  return names.every((name) => Object.hasOwn(other, name) && surelyEqual(one[name], other[name], depth + 1))
}

export function compareQuickly() {
  const concordance = createRequire(new URL('../../node_modules/ava/lib/', import.meta.url))('concordance')
  const { compare } = concordance
  concordance.compare = (one, other, options) =>
    surelyEqual(one, other) ? { pass: true } : compare(one, other, options)
}
