import type { LogicalPlan } from '../plan/logical/plan.js'

/** Relations that a rule leaves as they are, with all below them. */
export type Settled = Set<LogicalPlan>

/** One step of optimisation. Returns the same object when it changed nothing; what it outputs (ids and types) never changes. */
export interface Rule {
  readonly name: string
  /** @param settled what the rule found to be so before: a rule that decides by a relation and what is below it passes over these, and adds others */
  apply(plan: LogicalPlan, settled?: Settled): LogicalPlan
}

/** Rules that run together, in order, once or until none changes anything. */
export interface Batch {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly repeat: boolean
}
