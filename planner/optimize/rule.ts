import type { LogicalPlan } from '../plan/logical/plan.js'

/** One step of optimisation. Returns the same object when it changed nothing; what it outputs (ids and types) never changes. */
export interface Rule {
  readonly name: string
  apply(plan: LogicalPlan): LogicalPlan
}

/** Rules that run together, in order, once or until none changes anything. */
export interface Batch {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly repeat: boolean
}
