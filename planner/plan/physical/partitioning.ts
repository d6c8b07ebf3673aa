import type { Expression, SortOrder } from '../expression/expression.js'

/**
 * Which partition a row goes to: by the hash of keys; all to one; or to the one whose number is in a column that the root of the stage has
 * behind those of its output.
 */
export type Partitioning =
  | { readonly kind: 'hash'; readonly keys: readonly Expression[]; readonly partitions: number }
  /** By Spark's hash of keys, which says in which bucket of a table of files a row is. */
  | { readonly kind: 'bucket'; readonly keys: readonly Expression[]; readonly partitions: number }
  | { readonly kind: 'single' }
  /** By bounds in the orders: partition i has what comes before all of partition i + 1, and equal keys are in one partition. */
  | { readonly kind: 'range'; readonly orders: readonly SortOrder[]; readonly partitions: number }
  /** One row after the other to each. */
  | { readonly kind: 'inTurn'; readonly partitions: number }
  /** All rows of a task to the same one. */
  | { readonly kind: 'byTask'; readonly partitions: number }

export type RowNumbering =
  | { readonly kind: 'drawn' }
  /** One number after the other, each task beginning with another. */
  | { readonly kind: 'inTurn'; readonly count: number }
  /** The same for all rows of a task. */
  | { readonly kind: 'byTask'; readonly count: number }

/** Into how many partitions rows are divided. */
export const partitionCount = (partitioning: Partitioning): number =>
  partitioning.kind === 'single' ? 1 : partitioning.partitions
