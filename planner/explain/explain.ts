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

export type ExplainMode = 'simple' | 'extended' | 'codegen' | 'cost' | 'formatted'

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
  mode: ExplainMode,
  code: readonly string[] = [],
): string {
  return withoutUrlCredentials(plansText(parsed, analyzed, planned, mode, code))
}

function plansText(
  parsed: UnresolvedRelation,
  analyzed: LogicalPlan,
  { optimized, physical: { root }, stages }: PlannedQuery,
  mode: ExplainMode,
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

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']

/** About how many bytes and rows a plan gives, as Spark writes it. */
function estimateText(plan: LogicalPlan): string {
  let [size, unit] = [estimateBytes(plan), 0]
  for (; size >= 2048 && unit < UNITS.length - 1; unit++) size /= 1024
  return `, Statistics(sizeInBytes=${size.toFixed(1)} ${UNITS[unit]}, rowCount=${Math.round(estimateRows(plan))})`
}
