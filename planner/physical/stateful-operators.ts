import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import type { PhysicalStateful, PhysicalWatermark } from '../plan/physical/stateful.js'

/** The operators of a query that keep state, the last one first. */
export function statefulOperators(plan: PhysicalPlan): readonly PhysicalStateful[] {
  const below = physicalInputs(plan).flatMap(statefulOperators)
  return 'state' in plan ? [plan, ...below] : below
}

/** The watermarks of a query. */
export function watermarksOf(plan: PhysicalPlan): readonly PhysicalWatermark[] {
  const below = physicalInputs(plan).flatMap(watermarksOf)
  return plan.kind === 'watermark' ? [plan, ...below] : below
}

/** The ids of the watermarks of a plan. */
export const watermarksBelow = (plan: PhysicalPlan): readonly number[] =>
  watermarksOf(plan).map(({ watermarkId }) => watermarkId)
