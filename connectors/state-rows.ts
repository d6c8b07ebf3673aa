import type { DataType, Field } from '../columnar/types.js'

/**
 * What is kept in the files of a state. The schema of their source has three columns first: the partition, how many files of it are newer, and up to when rows of
 * the file have expired. Keys and values follow.
 */
export interface StateRows {
  readonly keys: readonly Field[]
  readonly values: readonly Field[]
  /** Which value says when a row expires, where rows do. */
  readonly expires?: ValueInRow
  /** Whether files have words of rows that were removed, by a first value that is NULL: a file may have that of a row and the row that took its place. */
  readonly tellsRemoved?: true
  /** Where several rows may have the same keys: which of those in files count. */
  readonly severalRows?: SeveralRows
  /** Of rows that are cells (planner/plan/state-cells.ts), which of them are shown, by what they are of. */
  readonly cells?: ShownCells
}

/** A column of a row, or a field of it, so many microseconds later where that is said; or what is computed of a row, in the words of a version of plans. */
export type ValueInRow =
  | { readonly column: number; readonly field?: number; readonly micros?: bigint }
  | { readonly computed: string; readonly type: DataType }

/**
 * - `sessions`: the first two values are when a session begins and ends. Files of the same keys have it with all that it has become one with.
 * - `joined`: rows of one side of a join of streams, which are found by values of theirs. Where rows know whether they have had a match, the last two
 *   columns are a number of the row, unlike those of others of its partition, and that: files have a row again when it has changed.
 */
export type SeveralRows =
  | { readonly kind: 'sessions' }
  | {
      readonly kind: 'joined'
      readonly side: 'left' | 'right'
      readonly keys: readonly ValueInRow[]
      readonly isNumbered: boolean
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
