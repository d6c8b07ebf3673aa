import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { childrenOf, referencesOf } from '../../plan/expression/transform.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { inputsOf, mapExpressions } from '../../plan/logical/transform.js'

/** The columns of the query around a subquery, by id. */
export type OuterIds = ReadonlySet<ExprId>

export const usesOuter = (e: Expression, outer: OuterIds): boolean => [...referencesOf(e)].some((id) => outer.has(id))

/** The expressions that stand in a node itself. */
function expressionsOf(plan: LogicalPlan): readonly Expression[] {
  const found: Expression[] = []
  mapExpressions(plan, (e) => {
    found.push(e)
    return e
  })
  return found
}

export const nodeUsesOuter = (plan: LogicalPlan, outer: OuterIds): boolean =>
  expressionsOf(plan).some((e) => usesOuter(e, outer))

/** Whether a relation, or one below it, uses columns of the query around it. */
export const isCorrelated = (plan: LogicalPlan, outer: OuterIds): boolean =>
  nodeUsesOuter(plan, outer) || inputsOf(plan).some((input) => isCorrelated(input, outer))

/** The columns of the query around a subquery that it uses, in the order in which it does and as often. */
export function outerReferences(plan: LogicalPlan, outer: OuterIds): readonly ExprId[] {
  const used = (e: Expression): readonly ExprId[] =>
    e.kind === 'attribute' ? (outer.has(e.id) ? [e.id] : []) : childrenOf(e).flatMap(used)
  return [...expressionsOf(plan).flatMap(used), ...inputsOf(plan).flatMap((input) => outerReferences(input, outer))]
}

export const readsStream = (plan: LogicalPlan): boolean =>
  plan.kind === 'scan' ? plan.streaming : inputsOf(plan).some(readsStream)
