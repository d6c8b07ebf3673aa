import type { Attribute, SortOrder } from '../expression/expression.js'
import type { PhysicalPlan } from './plan.js'

export type PhysicalOrdered = PhysicalSort | PhysicalTopK | PhysicalLimit

/** Orders rows. */
export interface PhysicalSort {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'sort'
  /** Those of each task; all, in one task; or all in ranges, one a task, which come one after the other as the tasks do. */
  readonly extent: 'task' | 'all' | 'ranges'
  readonly orders: readonly SortOrder[]
}

/** The first `limit + offset` rows by the orders, kept in a bounded heap; the last stage drops `offset`. */
export interface PhysicalTopK {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'topK'
  /** Of all rows, or of those of each task. */
  readonly isGlobal: boolean
  readonly orders: readonly SortOrder[]
  readonly limit: number
  readonly offset: number
}

export interface PhysicalLimit {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'limit'
  /** Of all rows, or of those of each task. */
  readonly isGlobal: boolean
  readonly limit: number
  readonly offset: number
}
