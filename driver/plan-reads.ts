import { physicalInputs } from '../planner/plan/physical/inputs.js'
import type { PhysicalPlan, PhysicalScan } from '../planner/plan/physical/plan.js'

/** What the leaves of a stage's plan read. */
export interface PlanReads {
  readonly scans: readonly PhysicalScan[]
  readonly localIds: readonly string[]
  readonly cacheIds: readonly string[]
}

/** Collects what a stage reads from outside, in the order of the plan. */
export function planReads(root: PhysicalPlan): PlanReads {
  const scans: PhysicalScan[] = []
  const localIds: string[] = []
  const cacheIds: string[] = []
  const visit = (plan: PhysicalPlan): void => {
    if (plan.kind === 'scan') scans.push(plan)
    if (plan.kind === 'local') localIds.push(plan.id)
    if (plan.kind === 'cachedScan') cacheIds.push(plan.cacheId)
    for (const input of physicalInputs(plan)) visit(input)
  }
  visit(root)
  return { scans, localIds, cacheIds: [...new Set(cacheIds)] }
}
