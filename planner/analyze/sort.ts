import { INT } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { BeyondSelect } from './beyond-select.js'
import { resolveExpression } from './expressions.js'
import { isNameOf, lookUp } from './names/scope.js'
import { analyzeRepartition, dividedBy, divisionsOver } from './repartition.js'
import type { OpenSelect } from './select.js'
import { analysisSession } from './session.js'
import { sortOrders } from './sort-order.js'
import { refuseSqlFunctions } from './sql-functions/inline.js'
import { findNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

type Sort = Extract<UnresolvedRelation, { kind: 'sort' }>
/** Analyzes a relation; a select stays open to what stands over it. */
export type Open = (node: UnresolvedRelation) => LogicalPlan | OpenSelect

/**
 * ORDER BY and SORT BY, over rows that may be divided anew. Over a select, an order may name a column of the list, its position, or anything
 * below it.
 */
export function analyzeSort(node: Sort, open: Open, nextId: () => ExprId): LogicalPlan {
  node.orders.forEach(checkSubqueries)
  for (const order of node.orders) refuseSqlFunctions(order, 'Sort')
  const isGlobal = !node.inTasks
  const { divisions, below, reachBelow } = divisionsOver(node.input)
  const [outermost] = divisions
  const input = outermost && !reachBelow ? analyzeRepartition(outermost, open, nextId) : open(below)
  if ('kind' in input) {
    const output = outputOf(input)
    const scope = { attributes: output, ambiguousIsUnknown: true }
    const shown = output.filter(({ isHidden }) => !isHidden)
    const orders = ordersOver(shown, node).flatMap((order) =>
      sortOrders(order, (e) => byPosition(e, shown) ?? resolveExpression(e, { scope, clause: 'ORDER BY' })),
    )
    return Object.freeze({ kind: 'sort', isGlobal, input, orders })
  }
  const beyond = new BeyondSelect(input, 'ORDER BY', nextId)
  const divided = dividedBy(divisions, (e) => beyond.resolve(e))
  const orders = ordersOver(beyond.shown, node).flatMap((order) =>
    sortOrders(order, (e) => byPosition(e, beyond.shown) ?? beyond.resolve(e)),
  )
  return beyond.close((projected) => Object.freeze({ kind: 'sort', isGlobal, input: divided(projected), orders }))
}

/** As in Spark only values of subqueries order rows. @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY */
function checkSubqueries(order: UnresolvedExpression): void {
  const refused = findNode(order, ({ kind }) => kind === 'exists' || kind === 'inSubquery')
  if (!refused) return
  const condition = 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY'
  throw new MillraceError(condition, { treeNode: `ORDER BY ${unresolvedText(order)}` }, { origin: refused.origin })
}

/** The orders as written; ALL of ORDER BY, unless a column is called so, stands for every column. */
function ordersOver(output: readonly Attribute[], { orders, inTasks }: Sort): readonly UnresolvedExpression[] {
  const [only, ...others] = orders
  if (inTasks || !only || others.length > 0) return withoutPositions(orders)
  const order = only.kind === 'sortOrder' ? only : ({ kind: 'sortOrder', child: only, direction: 'asc' } as const)
  if (!isNameOf(order.child, 'all') || lookUp({ attributes: output }, { parts: ['all'] }))
    return withoutPositions(orders)
  return output.map((_, i) => ({ ...order, child: { kind: 'literal', type: INT, value: i + 1 } }))
}

/** Where numbers are no positions, they order nothing. */
function withoutPositions(orders: readonly UnresolvedExpression[]): readonly UnresolvedExpression[] {
  if (analysisSession().ordersByPosition) return orders
  return orders.filter((order) => wholeNumberOf(order.kind === 'sortOrder' ? order.child : order) === undefined)
}

const wholeNumberOf = (e: UnresolvedExpression): number | undefined =>
  e.kind === 'literal' && e.type.kind === 'int' && typeof e.value === 'number' ? e.value : undefined

function byPosition(e: UnresolvedExpression, output: readonly Attribute[]): Expression | undefined {
  const index = wholeNumberOf(e)
  if (index === undefined) return undefined
  const column = output[index - 1]
  if (!column)
    throw new MillraceError('ORDER_BY_POS_OUT_OF_RANGE', { index, size: output.length }, { origin: e.origin })
  return reference(column, e.origin)
}
