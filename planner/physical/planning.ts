import type { LogicalPlan } from '../plan/logical/plan.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import type { Observation } from './observations.js'
import type { PhysicalOptions } from './options.js'
import type { Properties, Requirement } from './properties.js'

/** What an operator may ask for while it is planned. */
export interface Planning {
  readonly options: PhysicalOptions
  /** How a relation below is computed. */
  plan(plan: LogicalPlan): PhysicalPlan
  /** The same for a relation that several operators read: it is computed once. */
  shared(plan: LogicalPlan): PhysicalPlan
  /** The operator over inputs that bring what it requires: exchanges, broadcasts and sorts are put between where they do not. */
  place(plan: PhysicalPlan): PhysicalPlan
  /** Whether the rows of an operator lie as required already. */
  brings(plan: PhysicalPlan, required: Requirement): boolean
  /** Which task has which rows of an operator. */
  partitioningOf(plan: PhysicalPlan): Properties['partitioning']
  /** Whether one task has all rows of an operator. */
  isSingle(plan: PhysicalPlan): boolean
  /** Whether the rows of a relation are those of the query, in this order, but for columns that are computed of each. */
  isResult(plan: LogicalPlan): boolean
  nextScanId(): number
  nextOperatorId(): number
  nextWatermarkId(): number
  /** Keeps what is to be made of an observation. @returns its id. @throws DUPLICATED_METRICS_NAME */
  observe(observation: Observation): string
  /** Has a cached relation made before this query reads it, unless it is there already. */
  make(cacheId: string, relation: LogicalPlan): void
}
