import type { Json } from '../api.js'

/** What holds for rows, in SQL: `values` stand between the parts, as parameters. */
export interface Condition {
  readonly parts: readonly string[]
  readonly values: readonly string[]
}

/** One task's share: the rows for which all of the conditions hold. */
export interface PostgresSplit {
  /** What is selected of each column, in SQL. */
  readonly selected: readonly string[]
  readonly conditions: readonly Condition[]
}

export const splitToJson = (split: PostgresSplit): Json => split as unknown as Json
export const splitFromJson = (data: Json): PostgresSplit => data as unknown as PostgresSplit
