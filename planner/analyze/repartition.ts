import type { Expression, ExprId, SortOrder } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { BeyondSelect } from './beyond-select.js'
import { resolveExpression } from './expressions.js'
import { hasAggregate } from './of-group.js'
import { closeSelect, type OpenSelect } from './select.js'
import { sortOrder } from './sort-order.js'
import { someNode } from './unresolved-nodes.js'

type Repartition = Extract<UnresolvedRelation, { kind: 'repartition' }>
type Resolve = (e: UnresolvedExpression) => Expression

/** Rows divided anew, by expressions over their columns; over a select list also by what is below it. */
export function analyzeRepartition(
  node: Repartition,
  open: (node: UnresolvedRelation) => LogicalPlan | OpenSelect,
  nextId: () => ExprId,
): LogicalPlan {
  const opened = open(node.input)
  if (!('kind' in opened) && divisionOverSelect(node)) {
    const beyond = new BeyondSelect(opened, 'DISTRIBUTE BY', nextId)
    return beyond.close(divisionBy(node, (e) => beyond.resolve(e)))
  }
  const input = 'kind' in opened ? opened : closeSelect(opened)
  const scope = { attributes: outputOf(input) }
  return divisionBy(node, (e) => resolveExpression(e, { scope, clause: 'DISTRIBUTE BY' }))(input)
}

/** A division that may name what is below the select list it stands over, if a relation is one: there are no groups, nor are any asked for. */
export function divisionOverSelect(node: UnresolvedRelation): Repartition | undefined {
  const isOne =
    node.kind === 'repartition' &&
    node.input.kind === 'project' &&
    !node.expressions.some((e) => hasAggregate(e) || someNode(e, ({ kind }) => kind === 'window'))
  return isOne ? node : undefined
}

/** What divides rows by expressions that are resolved at once. */
export function divisionBy(
  { by, expressions, partitions }: Repartition,
  resolve: Resolve,
): (input: LogicalPlan) => LogicalPlan {
  const orders = expressions.map((e): SortOrder => {
    if (by === 'range') return sortOrder(e, resolve)
    return Object.freeze({ expression: resolve(e), direction: 'asc', nulls: 'first' })
  })
  const counted = partitions === undefined ? {} : { partitions }
  return (input) => Object.freeze({ kind: 'repartition', input, by, orders, ...counted })
}
