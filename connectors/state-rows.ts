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
  /** Whether files have words of rows that were removed, by a first value that is NULL: a file may have that of a row and the row that took its place. */
  readonly tellsRemoved?: true
  /** Of rows that are cells (planner/plan/state-cells.ts), which of them are shown, by what they are of. */
  readonly cells?: ShownCells
}

/** A state variable, or the timers of groups. */
export interface ShownCells {
  readonly kind: 'value' | 'list' | 'map' | 'timers'
  /** The number of the variable. */
  readonly number: number
  /** The columns of the groups, of a map's keys, and of values. */
  readonly groups: readonly Field[]
  readonly key: readonly Field[]
  readonly value: readonly Field[]
  /** Whether each value is shown with when it expires. */
  readonly expires: boolean
}
