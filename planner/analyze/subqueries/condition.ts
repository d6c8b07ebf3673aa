import { BOOLEAN } from '../../../columnar/types.js'
import { call, conjunction } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import type { UnresolvedExpression } from '../../plan/unresolved/expression.js'
import { chainOf, hasSubquery } from '../unresolved-nodes.js'
import type { Subqueries } from './subqueries.js'

type Matching = Extract<UnresolvedExpression, { kind: 'exists' | 'inSubquery' }>

/**
 * A condition that rows must satisfy, its subqueries joined: those that stand alone as EXISTS or IN, also negated, keep or drop rows by
 * themselves; the rest is returned, undefined if nothing is left to ask.
 */
export function resolveWithSubqueries(
  condition: UnresolvedExpression,
  subqueries: Subqueries,
  resolve: (e: UnresolvedExpression) => Expression,
  resolveCondition: (e: UnresolvedExpression) => Expression,
): Expression | undefined {
  if (!hasSubquery(condition)) return resolveCondition(condition)
  const isChain = condition.kind === 'function' && condition.name === 'and'
  const rest = (isChain ? chainOf(condition) : [condition]).flatMap((part) => {
    const match = matchOf(part, false)
    if (!match) return [resolveCondition(part)]
    const { e, negated } = match
    const left =
      e.kind === 'exists' ? subqueries.exists(e, negated) : subqueries.membership(e, e.children.map(resolve), negated)
    return left ? [left] : []
  })
  return rest.length > 1 ? call('and', BOOLEAN, rest) : conjunction(rest)
}

function matchOf(
  e: UnresolvedExpression,
  negated: boolean,
): { readonly e: Matching; readonly negated: boolean } | undefined {
  if (e.kind === 'exists' || e.kind === 'inSubquery') return { e, negated }
  return e.kind === 'function' && e.name === 'not' ? matchOf(e.args[0]!, !negated) : undefined
}
