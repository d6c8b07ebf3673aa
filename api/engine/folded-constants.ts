import type { DataType } from '../../columnar/types.js'
import { foldExpression } from '../../planner/optimize/rules/fold-constants.js'
import type { Expression } from '../../planner/plan/expression/expression.js'
import { isFoldable } from '../../planner/plan/expression/foldable.js'
import { canonicalText } from '../../planner/plan/expression/same.js'
import { childrenOf, transformDown } from '../../planner/plan/expression/transform.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import { inputsOf, mapExpressions, transformPlanUp } from '../../planner/plan/logical/transform.js'
import { evaluate, type RunRow } from './constants.js'

/** A job for the constants costs as much as some thousand rows for which they are computed again, about two milliseconds. */
const FEWEST_ROWS = 10_000

/**
 * The plan with what it computes of constants computed once, by the engine, where it would be for many rows. Sources compare the ranges of their
 * columns with literals only, too. What raises stays: it raises if a row needs it.
 */
export async function withFoldedConstants(plan: LogicalPlan, run: RunRow): Promise<LogicalPlan> {
  const constants = mostRows(plan) < FEWEST_ROWS ? [] : constantsIn(plan)
  if (constants.length === 0) return plan
  const known = await evaluate(constants, run)
  const computed = (e: Expression): Expression => {
    const result = isWorthwhile(e) ? known.get(canonicalText(e)) : undefined
    return result && 'value' in result ? result.value : e
  }
  return mapPlan(plan, (e) => transformDown(e, computed))
}

function constantsIn(plan: LogicalPlan): readonly Expression[] {
  const found: Expression[] = []
  const visit = (e: Expression): Expression => {
    if (!isWorthwhile(e)) childrenOf(e).forEach(visit)
    // Numbers, their sums and products the optimizer computes itself.
    else if (foldExpression(e).kind !== 'literal') found.push(e)
    return e
  }
  mapPlan(plan, visit)
  return found
}

const mapPlan = (plan: LogicalPlan, map: (e: Expression) => Expression): LogicalPlan =>
  transformPlanUp(plan, (node) => mapExpressions(node, map))

const NOT_LITERAL: ReadonlySet<DataType['kind']> = new Set(['void', 'struct', 'array', 'map'])

const isWorthwhile = (e: Expression): boolean => e.kind !== 'literal' && !NOT_LITERAL.has(e.type.kind) && isFoldable(e)

/** How many rows the largest input has. */
function mostRows(plan: LogicalPlan): number {
  switch (plan.kind) {
    case 'scan':
      return plan.source.statistics?.rows ?? Number.POSITIVE_INFINITY
    case 'local':
      return plan.rows
    case 'range':
      return Number((plan.end - plan.start) / plan.step)
    case 'values':
      return plan.rows.length
    case 'oneRow':
      return 1
    case 'project':
    case 'filter':
    case 'aggregate':
    case 'window':
    case 'join':
    case 'union':
    case 'replicate':
    case 'draw':
    case 'evaluate':
    case 'mapPartitions':
    case 'expand':
    case 'sample':
    case 'sort':
    case 'repartition':
    case 'limit':
    case 'observe':
    case 'watermark':
    case 'deduplicate':
    case 'cached':
      return inputsOf(plan)
        .map(mostRows)
        .reduce((a, b) => Math.max(a, b))
  }
}
