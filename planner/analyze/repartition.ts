import type { Expression, SortOrder } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { resolveExpression } from './expressions.js'
import { sortOrder } from './sort.js'

/** Rows divided anew, by expressions over their columns. */
export function analyzeRepartition(
  { by, expressions, partitions }: Extract<UnresolvedRelation, { kind: 'repartition' }>,
  input: LogicalPlan,
): LogicalPlan {
  const attributes = outputOf(input)
  const resolve = (e: UnresolvedExpression): Expression =>
    resolveExpression(e, { scope: { attributes }, clause: 'ORDER BY' })
  const orders = expressions.map((e): SortOrder => {
    if (by === 'range') return sortOrder(e, resolve)
    return Object.freeze({ expression: resolve(e), direction: 'asc', nulls: 'first' })
  })
  return Object.freeze({ kind: 'repartition', input, by, orders, ...(partitions === undefined ? {} : { partitions }) })
}
