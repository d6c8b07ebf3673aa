import type { Field } from '../columnar/types.js'

/**
 * What is kept in the files of a state. The schema of their source has three columns first: the partition, how many files of it are newer, and up to when rows of
 * the file have expired. Keys and values follow.
 */
export interface StateRows {
  readonly keys: readonly Field[]
  readonly values: readonly Field[]
  /** Which of them says when a row expires, or which field of it. */
  readonly expires?: { readonly column: number; readonly field?: number }
}
