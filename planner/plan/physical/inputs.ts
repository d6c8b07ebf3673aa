import type { PhysicalPlan } from './plan.js'

/** The operators an operator reads, the probe side of a join first. */
export function physicalInputs(plan: PhysicalPlan): readonly PhysicalPlan[] {
  if (plan.kind === 'hashJoin') return [plan.left, plan.right]
  return 'input' in plan ? [plan.input] : []
}

/** The operator over other inputs. */
export function withPhysicalInputs(plan: PhysicalPlan, map: (input: PhysicalPlan) => PhysicalPlan): PhysicalPlan {
  if (plan.kind === 'hashJoin') return Object.freeze({ ...plan, left: map(plan.left), right: map(plan.right) })
  return 'input' in plan ? Object.freeze({ ...plan, input: map(plan.input) }) : plan
}
