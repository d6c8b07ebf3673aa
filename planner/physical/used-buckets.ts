import { onceEach } from '../../common/once-each.js'
import { frozen, physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import { operatorOf } from './operators/index.js'

/** The plan, in which tables are read bucket by bucket only where that spares an exchange: otherwise as many tasks read them as suit the cluster. */
export const withUsedBuckets = (plan: PhysicalPlan): PhysicalPlan => unused(plan)

const movesRows = ({ kind }: PhysicalPlan): boolean => kind === 'exchange' || kind === 'broadcast'

/** Operators whose rows lie as those of the scans below may, by what is asked of them above. An exchange that several read stays one, whatever they ask. */
const used: (plan: PhysicalPlan) => PhysicalPlan = onceEach((plan) =>
  movesRows(plan) ? unused(plan) : inputsOf(plan, true),
)
const unused: (plan: PhysicalPlan) => PhysicalPlan = onceEach((plan) => inputsOf(plan, false))

function inputsOf(plan: PhysicalPlan, isUsed: boolean): PhysicalPlan {
  if (plan.kind === 'scan') {
    if (isUsed || !plan.isByBucket) return plan
    const { isByBucket: _, ...own } = plan
    return frozen(own)
  }
  if (physicalInputs(plan).length === 0) return plan
  const required = operatorOf(plan).requires(plan)
  return withPhysicalInputs(plan, (input, i) => {
    const { kind } = required[i]!.distribution
    return kind === 'clustered' || (kind === 'any' && isUsed) ? used(input) : unused(input)
  })
}
