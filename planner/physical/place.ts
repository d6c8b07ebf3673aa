import { onceEach } from '../../common/once-each.js'
import { physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import { exchanged } from './operators/exchange.js'
import { operatorOf } from './operators/index.js'
import { sorted } from './operators/ordered.js'
import { isDistributed, isOrdered, type Properties, type Requirement } from './properties.js'

/** How the rows of an operator lie. */
export const propertiesOf: (plan: PhysicalPlan) => Properties = onceEach((plan) =>
  operatorOf(plan).provides(plan, physicalInputs(plan).map(propertiesOf)),
)

/** Whether the rows of an operator lie as required. */
export function brings(plan: PhysicalPlan, required: Requirement, partitions: number): boolean {
  const { partitioning, ordering } = propertiesOf(plan)
  return isDistributed(partitioning, required.distribution, partitions) && isOrdered(ordering, required.ordering)
}

/** The one place where exchanges, broadcasts and sorts come from: between an operator and the inputs that do not bring what it requires. */
export function withRequirements(plan: PhysicalPlan, partitions: number): PhysicalPlan {
  const required = operatorOf(plan).requires(plan)
  const place = (operator: PhysicalPlan): PhysicalPlan => withRequirements(operator, partitions)
  return withPhysicalInputs(Object.freeze(plan), (input, i) => {
    const { distribution, ordering } = required[i]!
    // Most operators take rows as they lie, so that nobody need know how.
    const isPlaced =
      distribution.kind === 'any' || isDistributed(propertiesOf(input).partitioning, distribution, partitions)
    const placed = isPlaced ? input : exchanged(input, distribution, { partitions, place })
    const isInOrder = ordering.length === 0 || isOrdered(propertiesOf(placed).ordering, ordering)
    return isInOrder ? placed : sorted(placed, ordering, 'task')
  })
}
