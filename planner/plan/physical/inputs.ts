import type { Leaf, PhysicalPlan } from './plan.js'

/** An operator that reads from outside its stage. */
export type SourcePlan = Extract<PhysicalPlan, Leaf>

export const isSource = (plan: PhysicalPlan): plan is SourcePlan => plan.inputs === undefined

/** The operators an operator reads, the probe side of a join first. */
export const physicalInputs = (plan: PhysicalPlan): readonly PhysicalPlan[] => plan.inputs ?? []

/** A node as all are: data that never changes. */
export const frozen = (plan: PhysicalPlan): PhysicalPlan => Object.freeze(plan)

/** The operator over as many other inputs; the same object when none changed. */
export function withPhysicalInputs(
  plan: PhysicalPlan,
  map: (input: PhysicalPlan, index: number) => PhysicalPlan,
): PhysicalPlan {
  const before = physicalInputs(plan)
  const inputs = before.map(map)
  if (inputs.every((input, i) => input === before[i])) return plan
  // Operators differ in nothing but how many inputs they have, and that stays.
  return Object.freeze({ ...plan, inputs }) as unknown as PhysicalPlan
}

/** Whether functions of the user run in it, of which nobody knows what a row costs. */
export const runsUserCode = (plan: PhysicalPlan): boolean =>
  plan.kind === 'evaluate' || plan.kind === 'mapPartitions' || physicalInputs(plan).some(runsUserCode)

/** Whether it is a function of the user whose tasks wait for one another. */
export const isBarrier = (plan: PhysicalPlan): boolean => plan.kind === 'mapPartitions' && plan.barrier === true

/** Whether a function of the user runs in it whose tasks wait for one another. */
export const hasBarrier = (plan: PhysicalPlan): boolean => isBarrier(plan) || physicalInputs(plan).some(hasBarrier)
