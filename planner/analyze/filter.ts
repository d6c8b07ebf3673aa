import type { Expression, ExprId } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { BeyondSelect } from './beyond-select.js'
import { resolveExpression } from './expressions.js'
import { hasAggregate } from './grouping/of-group.js'
import type { Scope } from './names/scope.js'
import { onlyColumnsOf } from './names/visible.js'
import { booleanCondition, type OpenSelect, type Surroundings } from './select.js'
import { resolveWithSubqueries } from './subqueries/condition.js'
import { hasSubquery } from './unresolved-nodes.js'

type Filter = Extract<UnresolvedRelation, { kind: 'filter' }>

/** Whether a condition may reach below the select that it stands over: that of the DataFrame API may name columns that are not selected, and over groups aggregates. */
export const reachesBeyondSelect = ({ input, condition }: Filter): boolean =>
  (input.kind === 'aggregate' || (input.kind === 'project' && !hasAggregate(condition))) && !hasSubquery(condition)

/** WHERE over a select that is open to it. */
export function filteredSelect({ condition }: Filter, select: OpenSelect, nextId: () => ExprId): LogicalPlan {
  const beyond = new BeyondSelect(select, 'WHERE', nextId)
  const resolved = booleanCondition(beyond.resolve(condition), condition, 'WHERE')
  return beyond.close((input) => Object.freeze({ kind: 'filter', input, condition: resolved }))
}

/** WHERE. */
export function filtered(
  { condition }: Filter,
  input: LogicalPlan,
  { outer, subqueriesOver }: Surroundings,
): LogicalPlan {
  const scope: Scope = { attributes: outputOf(input), outer }
  const subqueries = subqueriesOver(scope, input)
  const context = { scope, clause: 'WHERE', whole: condition, subqueries } as const
  const resolve = (e: UnresolvedExpression): Expression => resolveExpression(e, context)
  const rest = resolveWithSubqueries(condition, subqueries, resolve, (e) => booleanCondition(resolve(e), e, 'WHERE'))
  const joined = subqueries.attach(input)
  return onlyColumnsOf(input, rest ? Object.freeze({ kind: 'filter', input: joined, condition: rest }) : joined)
}
