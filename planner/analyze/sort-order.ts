import { isOrderable } from '../../columnar/orderable-types.js'
import { BINARY, BOOLEAN, quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { call, fieldOf } from '../plan/expression/build.js'
import type { Expression, SortOrder } from '../plan/expression/expression.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { collationKey } from './collations/key.js'
import { unresolvedText } from './unresolved-text.js'

/** What a member of an ORDER BY, of a query or of a window, orders by: one value, or one after the other all that a struct consists of. */
export function sortOrders(
  e: UnresolvedExpression,
  resolve: (e: UnresolvedExpression) => Expression,
): readonly SortOrder[] {
  const order = e.kind === 'sortOrder' ? e : ({ kind: 'sortOrder', child: e, direction: 'asc' } as const)
  const expression = resolve(order.child)
  if (!isOrderable(expression.type)) {
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
  const { direction } = order
  // Fields that are NULL are less than others, wherever the NULLs of the whole go.
  const [whole, ...fields] = partsOf(expression)
  const within = fields.map((part): SortOrder => orderOf(part, direction, nullsOf(direction)))
  const nulls = order.nulls ?? nullsOf(direction)
  if (expression.type.kind !== 'struct') return [orderOf(whole!, direction, nulls)]
  return [orderOf(whole!, nulls === 'first' ? 'asc' : 'desc', 'first'), ...within]
}

const nullsOf = (direction: 'asc' | 'desc') => (direction === 'asc' ? 'first' : 'last')

const orderOf = (expression: Expression, direction: SortOrder['direction'], nulls: SortOrder['nulls']): SortOrder =>
  Object.freeze({ expression, direction, nulls })

/** Values that agree where a value does, and that are ordered as it is: of a text that has a collation its key, of a struct whether there is one, then its fields, of an array bytes. */
export function partsOf(e: Expression): readonly Expression[] {
  const { type } = e
  if (type.kind === 'array') return [call('order_key', BINARY, [collationKey(e)])]
  if (type.kind === 'string') return [collationKey(e)]
  if (type.kind !== 'struct') return [e]
  return [call('is_not_null', BOOLEAN, [e]), ...type.fields.flatMap((_, i) => partsOf(fieldOf(e, type.fields, i)))]
}
