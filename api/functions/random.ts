import { type Column, functionOf } from '../column/column.js'

/* What is drawn by chance, or by the place of a row. Without a seed it is something else each time a query is made. */

type Seed = number | bigint

const drawn =
  (name: string) =>
  (seed?: Seed): Column<number, string, never> =>
    functionOf(name, ...(seed === undefined ? [] : [seed]))

/** Numbers drawn evenly from 0 up to 1. */
export const rand = drawn('rand')
/** Numbers drawn by the standard normal distribution. */
export const randn = drawn('randn')

/** Numbers drawn evenly between two bounds. */
export const uniform = (low: number, high: number, seed?: Seed): Column<number, string, never> =>
  functionOf('uniform', low, high, ...(seed === undefined ? [] : [seed]))

/** Texts of so many digits and letters. */
export const randstr = (length: number, seed?: Seed): Column<string, string, never> =>
  functionOf('randstr', length, ...(seed === undefined ? [] : [seed]))

export const uuid = (): Column<string, string, never> => functionOf('uuid')
/** Numbers that grow from row to row and differ in all tasks. */
export const monotonicallyIncreasingId = (): Column<bigint, string, never> => functionOf('monotonically_increasing_id')
export const sparkPartitionId = (): Column<number, string, never> => functionOf('spark_partition_id')
