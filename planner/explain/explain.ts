import { sizeText } from '../../common/size-text.js'
import { withoutUrlCredentials } from '../../common/url-credentials.js'
import { estimateBytes, estimateRows } from '../physical/estimate.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { StageGraph } from '../plan/physical/plan.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { PlannedQuery } from '../plan-query.js'
import { explainFormatted } from './explain-formatted.js'
import { explainLogical } from './explain-logical.js'
import { explainPhysical, explainStages } from './explain-physical.js'
import { explainUnresolved } from './explain-unresolved.js'

/** How a plan is explained without running it. */
type PlanMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'

/** `analyze` runs the query (see `explainAnalyzed`). */
export type ExplainMode = PlanMode | 'analyze'

/**
 * What `explain()` prints: the physical plan, with `extended` all four plans and the stages, with `cost` what is estimated of the optimized one,
 * with `formatted` what each operator takes and gives, with `codegen` what each stage is compiled to.
 * What URLs tell of their user is hidden.
 * @param code of the stages, for `codegen`
 */
export function explainQuery(
  parsed: UnresolvedRelation,
  analyzed: LogicalPlan,
  planned: PlannedQuery,
  mode: PlanMode,
  code: readonly string[] = [],
): string {
  return withoutUrlCredentials(plansText(parsed, analyzed, planned, mode, code))
}

function plansText(
  parsed: UnresolvedRelation,
  analyzed: LogicalPlan,
  { optimized, physical: { root }, stages }: PlannedQuery,
  mode: PlanMode,
  code: readonly string[],
): string {
  const physical = `== Physical Plan ==\n${explainPhysical(root)}\n`
  switch (mode) {
    case 'simple':
      return physical
    case 'formatted':
      return `== Physical Plan ==\n${explainFormatted(root)}\n`
    case 'cost':
      return `== Optimized Logical Plan ==\n${explainLogical(optimized, estimateText)}\n\n${physical}`
    case 'codegen':
      return explainCode(stages, code)
    case 'extended':
      return [
        `== Parsed Logical Plan ==\n${explainUnresolved(parsed)}\n`,
        `== Analyzed Logical Plan ==\n${explainLogical(analyzed)}\n`,
        `== Optimized Logical Plan ==\n${explainLogical(optimized)}\n`,
        physical,
        `== Stages ==\n${explainStages(stages)}\n`,
      ].join('\n')
  }
}

function explainCode({ stages }: StageGraph, code: readonly string[]): string {
  const parts = stages.map(
    ({ root }, i) =>
      `== Stage ${i + 1} / ${stages.length} ==\n${explainPhysical(root)}\n\nGenerated code:\n${code[i]}\n`,
  )
  return [`Found ${stages.length} compiled stages.`, ...parts].join('\n')
}

/** The physical plan alone, as `explain()` prints it. */
export const explainPlanned = ({ physical: { root } }: PlannedQuery): string =>
  withoutUrlCredentials(`== Physical Plan ==\n${explainPhysical(root)}\n`)

/** About how many bytes and rows a plan gives, as Spark writes it. */
function estimateText(plan: LogicalPlan): string {
  return `, Statistics(sizeInBytes=${sizeText(estimateBytes(plan))}, rowCount=${Math.round(estimateRows(plan))})`
}
