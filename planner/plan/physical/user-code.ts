import type { Attribute, Call } from '../expression/expression.js'
import type { PhysicalPlan } from './plan.js'

/** Adds as the last columns what functions of the user give each row (`Routine.by` is `user`). */
export interface PhysicalEvaluate {
  readonly kind: 'evaluate'
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly calls: readonly Call[]
}
