import type { Attribute, Expression, SortOrder, WindowCall } from '../expression/expression.js'
import type { PhysicalPlan } from './plan.js'

export type PhysicalWindows = PhysicalWindow | PhysicalGroupLimit

/** Functions over the rows with equal partition keys, which come one behind the other, ordered: columns behind those of the input. */
export interface PhysicalWindow {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'window'
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
  readonly calls: readonly WindowCall[]
}

/** The functions that number rows by where they stand in their partition. */
export const RANKINGS = ['row_number', 'rank', 'dense_rank'] as const
export type GroupRanking = (typeof RANKINGS)[number]

/**
 * Leaves out rows that would get a number beyond `limit` from a ranking of a window above. Not all of them: what it knows of a partition is the first
 * places among the rows that came until then, and it forgets that when memory is short.
 */
export interface PhysicalGroupLimit {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'groupLimit'
  /** `partial` where the rows are, `final` where those of a partition are together. */
  readonly mode: 'partial' | 'final'
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
  readonly ranking: GroupRanking
  readonly limit: number
}
