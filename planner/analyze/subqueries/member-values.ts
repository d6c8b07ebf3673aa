import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedCall, UnresolvedExpression } from '../../plan/unresolved/expression.js'
import type { ExpressionContext } from '../expression-context.js'
import { misplacedSubquery } from '../misplaced-subquery.js'
import { chainOf, someNode } from '../unresolved-nodes.js'
import type { Membership } from './membership.js'

type Resolve = (e: UnresolvedExpression, context: ExpressionContext) => Expression

/** IN, or NOT IN, with a subquery as a value. */
export function resolveMembership(
  e: Membership,
  negated: boolean,
  context: ExpressionContext,
  resolve: Resolve,
): Expression {
  if (!context.subqueries) throw misplacedSubquery(e, `in ${context.clause}`)
  const values = e.children.map((child) => resolve(child, context))
  return context.subqueries.isMember(e, values, negated)
}

/** NOT of IN with a subquery, also where other conditions stand between them; undefined for other calls. */
export function resolveNegated(
  e: UnresolvedCall,
  context: ExpressionContext,
  resolve: Resolve,
): Expression | undefined {
  if (e.name !== 'not') return undefined
  const [condition] = e.args
  if (condition?.kind === 'inSubquery') return resolveMembership(condition, true, context, resolve)
  const inside = withNegationInside(e)
  return inside === e ? undefined : resolve(inside, context)
}

const OPPOSITES: Readonly<Record<string, string>> = { and: 'or', or: 'and' }

/**
 * NOT over conditions that have IN with subqueries, within them: `NOT (a IN (…) AND b)` as `a NOT IN (…) OR NOT b`. It is not the same, as
 * subqueries know no NULL, and Spark does so. The same object without any.
 */
function withNegationInside(e: UnresolvedCall): UnresolvedExpression {
  const [condition] = e.args
  if (condition?.kind !== 'function' || !someNode(condition, isMembership)) return e
  if (condition.name === 'not') return condition.args[0]!
  const name = Object.hasOwn(OPPOSITES, condition.name) ? OPPOSITES[condition.name] : undefined
  if (name === undefined) return e
  const parts = chainOf(condition).map((part): UnresolvedExpression => ({ ...e, args: [part] }))
  return parts.reduce((left, right) => ({ ...condition, name, args: [left, right] }))
}

const isMembership = ({ kind }: UnresolvedExpression): boolean => kind === 'inSubquery'
