import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { reference } from '../plan/expression/build.js'
import type { Attribute, Expression, ExprId, NamedExpression, SortOrder } from '../plan/expression/expression.js'
import { canonicalText } from '../plan/expression/same.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { resolveExpression } from './expressions.js'
import { isAggregateCall } from './grouping.js'
import { lookUp } from './scope.js'
import type { OpenSelect } from './select.js'
import { someNode } from './unresolved-nodes.js'
import { unresolvedText } from './unresolved-text.js'

type Sort = Extract<UnresolvedRelation, { kind: 'sort' }>

/**
 * ORDER BY. Over a select, an order may name a column of the list, its position, or anything below it; what is not in the list is computed
 * beside it and dropped after the sort.
 */
export function analyzeSort(node: Sort, input: LogicalPlan | OpenSelect, nextId: () => ExprId): LogicalPlan {
  if ('kind' in input) {
    const output = outputOf(input)
    const orders = node.orders.map((order) =>
      sortOrder(order, output, (e) => resolveExpression(e, { scope: { attributes: output }, clause: 'ORDER BY' })),
    )
    return Object.freeze({ kind: 'sort', input, orders })
  }
  const shown = input.projections.map(attributeOf)
  const hidden: NamedExpression[] = []
  const resolve = (e: UnresolvedExpression): Expression => {
    if (isOfOutput(e, shown)) return resolveExpression(e, { scope: { attributes: shown }, clause: 'ORDER BY' })
    const below = input.resolveBelow(e)
    const existing = [...input.projections, ...hidden].find(
      ({ expression }) => canonicalText(expression) === canonicalText(below),
    )
    if (existing) return reference(attributeOf(existing), e.origin)
    const added: NamedExpression = Object.freeze({
      id: below.kind === 'attribute' ? below.id : nextId(),
      name: '_order',
      expression: below,
    })
    hidden.push(added)
    return reference(attributeOf(added), e.origin)
  }
  const orders = node.orders.map((order) => sortOrder(order, shown, resolve))
  const projected: LogicalPlan = Object.freeze({
    kind: 'project',
    input: input.base(),
    projections: [...input.projections, ...hidden],
  })
  const sorted: LogicalPlan = Object.freeze({ kind: 'sort', input: projected, orders })
  if (hidden.length === 0) return sorted
  const projections = input.projections.map((named) =>
    Object.freeze({ ...named, expression: reference(attributeOf(named)) }),
  )
  return Object.freeze({ kind: 'project', input: sorted, projections })
}

/** Whether every name of the expression is a column of the select list (and no aggregate has to be computed below). */
function isOfOutput(e: UnresolvedExpression, shown: readonly Attribute[]): boolean {
  const isForeign = (node: UnresolvedExpression): boolean =>
    isAggregateCall(node) ||
    (node.kind === 'attribute' && lookUp({ attributes: shown }, node.parts, node.origin) === undefined)
  return !someNode(e, isForeign)
}

function sortOrder(
  e: UnresolvedExpression,
  output: readonly Attribute[],
  resolve: (e: UnresolvedExpression) => Expression,
): SortOrder {
  const order = e.kind === 'sortOrder' ? e : ({ kind: 'sortOrder', child: e, direction: 'asc' } as const)
  const expression = byPosition(order.child, output) ?? resolve(order.child)
  const { kind } = expression.type
  if (kind === 'map') {
    throw new MillraceError(
      'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
      {
        sqlExpr: unresolvedText(order),
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
