import { conjunction } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { resolveExpression } from '../expressions.js'
import type { Scope } from '../names/scope.js'
import { onlyColumnsOf } from '../names/visible.js'
import { booleanCondition, type Surroundings } from '../select.js'
import { resolveWithSubqueries } from '../subqueries/condition.js'
import { chainOf, hasSubquery } from '../unresolved-nodes.js'

/** The condition of a join, and what its subqueries need joined before and after. */
export interface JoinCondition {
  readonly condition: Expression | undefined
  readonly left: LogicalPlan
  readonly right: LogicalPlan
  /** Keeps the rows of the join that the rest of the condition holds for. */
  readonly keep?: (join: LogicalPlan) => LogicalPlan
}

/** @param isInner whether rows without a match are dropped, so that the condition may as well be asked of the rows of the join */
export function joinCondition(
  written: UnresolvedExpression,
  left: LogicalPlan,
  right: LogicalPlan,
  isInner: boolean,
  { outer, subqueriesOver }: Surroundings,
): JoinCondition {
  const scope: Scope = { attributes: [...outputOf(left), ...outputOf(right)], outer }
  const resolved = (e: UnresolvedExpression, more: Partial<ExpressionContext> = {}): Expression =>
    booleanCondition(resolveExpression(e, { scope, clause: 'JOIN', ...more }), e, 'JOIN')
  if (!hasSubquery(written)) return { condition: resolved(written), left, right }
  if (!isInner) {
    const around: LogicalPlan = Object.freeze({ kind: 'join', type: 'inner', left, right })
    const subqueries = subqueriesOver(scope, around)
    const condition = resolved(written, { subqueries })
    const [withLeft, withRight] = subqueries.attachToSides(left, right, written.origin)
    return { condition, left: withLeft, right: withRight }
  }
  const parts = written.kind === 'function' && written.name === 'and' ? chainOf(written) : [written]
  const [later, now] = [parts.filter(hasSubquery), parts.filter((e) => !hasSubquery(e))]
  const keep = (join: LogicalPlan): LogicalPlan => {
    const subqueries = subqueriesOver(scope, join)
    const rest = conjunction(
      later.flatMap((part) => {
        const asked = resolveWithSubqueries(
          part,
          subqueries,
          (e) => resolveExpression(e, { scope, clause: 'JOIN', subqueries }),
          (e) => resolved(e, { subqueries }),
        )
        return asked ? [asked] : []
      }),
    )
    const attached = subqueries.attach(join)
    return onlyColumnsOf(join, rest ? Object.freeze({ kind: 'filter', input: attached, condition: rest }) : attached)
  }
  return { condition: conjunction(now.map((e) => resolved(e))), left, right, keep }
}
