import { INT, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, SortOrder } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { BeyondSelect } from './beyond-select.js'
import { resolveExpression } from './expressions.js'
import { isNameOf, lookUp } from './scope.js'
import type { OpenSelect } from './select.js'
import { findNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

type Sort = Extract<UnresolvedRelation, { kind: 'sort' }>

/** ORDER BY. Over a select, an order may name a column of the list, its position, or anything below it. */
export function analyzeSort(node: Sort, input: LogicalPlan | OpenSelect, nextId: () => ExprId): LogicalPlan {
  node.orders.forEach(checkSubqueries)
  const isGlobal = !node.inTasks
  if ('kind' in input) {
    const output = outputOf(input)
    const scope = { attributes: output, ambiguousIsUnknown: true }
    const orders = ordersOver(output, node).map((order) =>
      sortOrder(order, (e) => byPosition(e, output) ?? resolveExpression(e, { scope, clause: 'ORDER BY' })),
    )
    return Object.freeze({ kind: 'sort', isGlobal, input, orders })
  }
  const beyond = new BeyondSelect(input, 'ORDER BY', nextId)
  const orders = ordersOver(beyond.shown, node).map((order) =>
    sortOrder(order, (e) => byPosition(e, beyond.shown) ?? beyond.resolve(e)),
  )
  return beyond.close((projected) => Object.freeze({ kind: 'sort', isGlobal, input: projected, orders }))
}

/** As in Spark only values of subqueries order rows. @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY */
function checkSubqueries(order: UnresolvedExpression): void {
  const refused = findNode(order, ({ kind }) => kind === 'exists' || kind === 'inSubquery')
  if (!refused) return
  const condition = 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY'
  throw new MillraceError(condition, { treeNode: `ORDER BY ${unresolvedText(order)}` }, { origin: refused.origin })
}

/** The orders as written; ALL, unless a column is called so, stands for every column. */
function ordersOver(output: readonly Attribute[], { orders }: Sort): readonly UnresolvedExpression[] {
  const [only, ...others] = orders
  if (!only || others.length > 0) return orders
  const order = only.kind === 'sortOrder' ? only : ({ kind: 'sortOrder', child: only, direction: 'asc' } as const)
  if (!isNameOf(order.child, 'all') || lookUp({ attributes: output }, ['all'], undefined)) return orders
  return output.map((_, i) => ({ ...order, child: { kind: 'literal', type: INT, value: i + 1 } }))
}

/** A member of an ORDER BY, of a query or of a window. */
export function sortOrder(e: UnresolvedExpression, resolve: (e: UnresolvedExpression) => Expression): SortOrder {
  const order = e.kind === 'sortOrder' ? e : ({ kind: 'sortOrder', child: e, direction: 'asc' } as const)
  const expression = resolve(order.child)
  const { kind } = expression.type
  if (kind === 'map') {
    throw new MillraceError(
      'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
      {
        sqlExpr: `"${unresolvedText(order)}"`,
        functionName: '`sortorder`',
        dataType: quotedTypeName(expression.type),
      },
      { origin: e.origin },
    )
  }
  if (kind === 'array' || kind === 'struct') {
    throw new MillraceError(
      'UNSUPPORTED_FEATURE',
      { feature: `ORDER BY of values of type ${quotedTypeName(expression.type)}` },
      { origin: e.origin },
    )
  }
  const nulls = order.nulls ?? (order.direction === 'asc' ? 'first' : 'last')
  return Object.freeze({ expression, direction: order.direction, nulls })
}

function byPosition(e: UnresolvedExpression, output: readonly Attribute[]): Expression | undefined {
  if (e.kind !== 'literal' || e.type.kind !== 'int' || typeof e.value !== 'number') return undefined
  const column = output[e.value - 1]
  if (!column)
    throw new MillraceError('ORDER_BY_POS_OUT_OF_RANGE', { index: e.value, size: output.length }, { origin: e.origin })
  return reference(column, e.origin)
}
