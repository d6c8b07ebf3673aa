import type { Attribute, Expression, SortOrder, WindowCall } from '../expression/expression.js'
import type { PhysicalPlan } from './plan.js'

/** Functions over the rows with equal partition keys, which come one behind the other, ordered: columns behind those of the input. */
export interface PhysicalWindow {
  readonly attributes: readonly Attribute[]
  readonly inputs: readonly [PhysicalPlan]
  readonly kind: 'window'
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
  readonly calls: readonly WindowCall[]
}
