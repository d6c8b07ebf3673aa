import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { lookUp, qualifiedName, type Scope, type UnresolvedCall } from '../scope.js'
import { someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'

/**
 * An aggregate in the WHERE of a subquery in HAVING that is one of the groups there, as it uses columns below these.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES
 */
export function outerAggregate(call: UnresolvedCall, scope: Scope): Expression | undefined {
  const { attributes, outer } = scope
  const groups = outer?.groups
  if (!groups) return undefined
  const isOf = (one: Scope, e: UnresolvedExpression): boolean =>
    e.kind === 'attribute' && lookUp(one, e.parts, e.origin) !== undefined
  const isLocal = (e: UnresolvedExpression): boolean => isOf({ attributes }, e)
  if (!someNode(call, (e) => !isLocal(e) && isOf(groups.input, e))) return undefined
  if (!someNode(call, isLocal)) return groups.aggregate(call)
  const text = unresolvedText(call, { name: (parts, origin) => qualifiedName(scope, parts, origin) })
  throw new MillraceError(
    'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
    { function: text },
    { origin: call.origin },
  )
}
