import type { Attribute, Call, NamedExpression } from '../expression/expression.js'
import type { PartitionMapping } from '../expression/user-function.js'
import type { PhysicalPlan } from './plan.js'

/** What runs functions of the user. */
export type PhysicalUserCode = PhysicalEvaluate | PhysicalMapPartitions

/** Adds as the last columns what functions of the user give each row (`Routine.by` is `user`). */
export interface PhysicalEvaluate {
  readonly kind: 'evaluate'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly calls: readonly Call[]
}

/** The rows that a function of the user makes of those of the task, which it gets with these columns. */
export interface PhysicalMapPartitions extends PartitionMapping {
  readonly kind: 'mapPartitions'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly given: readonly NamedExpression[]
}
