import { isOrderable } from '../../../columnar/orderable-types.js'
import { BOOLEAN, quotedTypeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { call } from '../../plan/expression/build.js'
import type { ExprId } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { Nearest } from '../../plan/unresolved/relation.js'
import { resolveExpression } from '../expressions.js'
import { sortOrders } from '../sort-order.js'
import { unresolvedText } from '../unresolved-text.js'
import { lateralJoin } from './lateral-join.js'

/**
 * Each left row with the right rows that rank first for it: a lateral join with the first rows of the right side. Rows whose ranking is NULL are
 * no candidates. @throws NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION
 */
export function analyzeNearestJoin(
  { count, ranking, first, origin }: Nearest,
  type: 'left' | 'inner',
  left: LogicalPlan,
  right: LogicalPlan,
  nextId: () => ExprId,
): LogicalPlan {
  const attributes = [...outputOf(left), ...outputOf(right)]
  const value = resolveExpression(ranking, { scope: { attributes }, clause: 'JOIN' })
  if (!isOrderable(value.type)) {
    const parameters = { expression: `"${unresolvedText(ranking)}"`, type: quotedTypeName(value.type) }
    throw new MillraceError('NEAREST_BY_JOIN.NON_ORDERABLE_RANKING_EXPRESSION', parameters, { origin })
  }
  const condition = call('is_not_null', BOOLEAN, [value])
  const candidates: LogicalPlan = Object.freeze({ kind: 'filter', input: right, condition })
  const direction = first === 'greatest' ? 'desc' : 'asc'
  const orders = sortOrders({ kind: 'sortOrder', child: ranking, direction }, () => value)
  const sorted: LogicalPlan = Object.freeze({ kind: 'sort', isGlobal: true, input: candidates, orders })
  const nearest: LogicalPlan = Object.freeze({ kind: 'limit', input: sorted, limit: count, offset: 0 })
  return lateralJoin(left, nearest, nextId, origin, type)
}
