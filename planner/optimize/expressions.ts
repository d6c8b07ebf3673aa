import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { transformUp } from '../plan/expression/transform.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { mapExpressions, transformPlanUp } from '../plan/logical/transform.js'
import type { Rule } from './rule.js'

/** A rule that rewrites expressions, wherever they stand, from the leaves up. */
export function expressionRule(name: string, rewrite: (e: Expression) => Expression): Rule {
  return {
    name,
    apply: (plan) => transformPlanUp(plan, (node): LogicalPlan => mapExpressions(node, (e) => transformUp(e, rewrite))),
  }
}

/** An expression with columns replaced by what they are computed from. */
export function substitute(e: Expression, definitions: ReadonlyMap<ExprId, Expression>): Expression {
  return transformUp(e, (node) => (node.kind === 'attribute' ? (definitions.get(node.id) ?? node) : node))
}

/** What the columns of a select list are computed from. */
export function definitionsOf(projections: readonly NamedExpression[]): ReadonlyMap<ExprId, Expression> {
  return new Map(projections.map(({ id, expression }) => [id, expression]))
}
