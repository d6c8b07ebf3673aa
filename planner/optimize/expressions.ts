import { conjunction } from '../plan/expression/build.js'
import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { childrenOf, fromLeavesUp, nodeCount, transformUp } from '../plan/expression/transform.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../plan/logical/transform.js'
import type { Rule } from './rule.js'

/** A rule that rewrites expressions, wherever they stand, from the leaves up. */
export function expressionRule(name: string, rewrite: (e: Expression) => Expression): Rule {
  const rewriteAll = fromLeavesUp(rewrite)
  const rewriteOf = (node: LogicalPlan): LogicalPlan => mapExpressions(node, rewriteAll)
  return { name, apply: (plan, settled) => transformPlanUp(plan, rewriteOf, settled) }
}

/** An expression with columns replaced by what they are computed from. */
export function substitute(e: Expression, definitions: ReadonlyMap<ExprId, Expression>): Expression {
  return transformUp(e, (node) => (node.kind === 'attribute' ? (definitions.get(node.id) ?? node) : node))
}

/** Expressions may grow to so many nodes when columns are replaced: a column used twice doubles what it is computed from at every level. */
const LARGEST_SUBSTITUTED = 2_000

/** Whether expressions stay of a bounded size, or at least grow no further, when columns are replaced by what they are computed from. */
export function canSubstitute(
  expressions: readonly Expression[],
  definitions: ReadonlyMap<ExprId, Expression>,
): boolean {
  const sizeOf = (e: Expression): number => {
    if (e.kind !== 'attribute') return childrenOf(e).reduce((sum, child) => sum + sizeOf(child), 1)
    const definition = definitions.get(e.id)
    return definition ? nodeCount(definition) : 1
  }
  const after = expressions.reduce((sum, e) => sum + sizeOf(e), 0)
  if (after <= LARGEST_SUBSTITUTED) return true
  const before = [...expressions, ...definitions.values()].reduce((sum, e) => sum + nodeCount(e), 0)
  return after <= before
}

/** A relation of which all of the conditions are asked. */
export function filtered(input: LogicalPlan, conditions: readonly Expression[]): LogicalPlan {
  const condition = conjunction(conditions)
  return condition ? Object.freeze({ kind: 'filter', input, condition }) : input
}

/** What the columns of a select list are computed from. */
export function definitionsOf(projections: readonly NamedExpression[]): ReadonlyMap<ExprId, Expression> {
  return new Map(projections.map(({ id, expression }) => [id, expression]))
}
