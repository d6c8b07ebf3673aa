import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { lookUp, qualifiedName, type Scope, type UnresolvedCall } from '../names/scope.js'
import { someNode } from '../unresolved-nodes.js'
import { unresolvedText } from '../unresolved-text.js'

/**
 * An aggregate in the WHERE of a subquery in HAVING that is one of the groups there, as it uses columns below these.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES
 */
export function outerAggregate(call: UnresolvedCall, scope: Scope): Expression | undefined {
  const groups = scope.outer?.groups
  if (!groups?.aggregate || !isOverGroupsAround(call, scope)) return undefined
  return groups.aggregate(call)
}

/**
 * An aggregate of a subquery in its select list is one of its own rows, also where it uses only columns below the groups around.
 * @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE, UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES
 */
export function refuseOuterArguments(call: UnresolvedCall, scope: Scope): void {
  if (!isOverGroupsAround(call, scope)) return
  const sqlExprs = `"${unresolvedText(call)} AS \`${textIn(scope, call)}\`"`
  const condition = 'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE'
  throw new MillraceError(condition, { sqlExprs }, { origin: call.origin })
}

/** Whether a call uses columns below the groups around. @throws UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES */
function isOverGroupsAround(call: UnresolvedCall, scope: Scope): boolean {
  const { attributes, outer } = scope
  const groups = outer?.groups
  if (!groups) return false
  const isOf = (one: Scope, e: UnresolvedExpression): boolean => e.kind === 'attribute' && lookUp(one, e) !== undefined
  const isLocal = (e: UnresolvedExpression): boolean => isOf({ attributes }, e)
  if (!someNode(call, (e) => !isLocal(e) && isOf(groups.input, e))) return false
  if (!someNode(call, isLocal)) return true
  throw new MillraceError(
    'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES',
    { function: textIn(scope, call) },
    { origin: call.origin },
  )
}

const textIn = (scope: Scope, call: UnresolvedCall): string =>
  unresolvedText(call, { name: (name) => qualifiedName(scope, name) })
