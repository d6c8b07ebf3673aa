import { median as medianOf } from './numbers.js'

/** The middle of all numbers, which a module of another module finds. */
export const median = {
  zero: (): number[] => [],
  reduce: (state: number[], x: number | null): number[] => (x === null ? state : [...state, x]),
  merge: (a: number[], b: number[]): number[] => [...a, ...b],
  finish: (state: number[]): number | null => medianOf(state),
}

/** Throws in a line of its own. */
export const failing = {
  zero: () => 0,
  reduce(state: number, _x: unknown): number {
    if (state >= 0) throw new RangeError('no sum')
    return state
  },
  merge: (a: number, b: number) => a + b,
  finish: (state: number) => state,
}

export const partial = { zero: () => 0 }
