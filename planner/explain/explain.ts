import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { PlannedQuery } from '../plan-query.js'
import { explainLogical } from './explain-logical.js'
import { explainPhysical, explainStages } from './explain-physical.js'
import { explainUnresolved } from './explain-unresolved.js'

export type ExplainMode = 'simple' | 'extended'

/** What `explain()` prints: the physical plan, or (`extended`) all four plans and the stages. */
export function explainQuery(
  parsed: UnresolvedRelation,
  analyzed: LogicalPlan,
  planned: PlannedQuery,
  mode: ExplainMode,
): string {
  const physical = `== Physical Plan ==\n${explainPhysical(planned.physical.root)}\n`
  if (mode === 'simple') return physical
  return [
    `== Parsed Logical Plan ==\n${explainUnresolved(parsed)}\n`,
    `== Analyzed Logical Plan ==\n${explainLogical(analyzed)}\n`,
    `== Optimized Logical Plan ==\n${explainLogical(planned.optimized)}\n`,
    physical,
    `== Stages ==\n${explainStages(planned.stages)}\n`,
  ].join('\n')
}
