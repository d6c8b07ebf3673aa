import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Expression, SortOrder } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { unresolvedText } from './unresolved-text.js'

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
