import { frozen, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'

/** The plan of the batches of a stream behind the first one, which has read what state begins with. */
export function withoutInitialStates(plan: PhysicalPlan): PhysicalPlan {
  const over = withPhysicalInputs(plan, withoutInitialStates)
  if (over.kind !== 'union' || !over.withInitial) return over
  return withPhysicalInputs(over, (input, i) =>
    i === 0 ? input : frozen({ kind: 'values', rows: [], attributes: input.attributes }),
  )
}
