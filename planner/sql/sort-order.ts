import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { TokenStream } from './token-stream.js'

/** A member of ORDER BY. */
export function readSortOrder(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const child = tokens.expression()
  const direction = tokens.accept('DESC') ? 'desc' : 'asc'
  if (direction === 'asc') tokens.accept('ASC')
  const nulls = tokens.accept('NULLS', 'FIRST') ? 'first' : tokens.accept('NULLS', 'LAST') ? 'last' : undefined
  return { kind: 'sortOrder', child, direction, ...(nulls ? { nulls } : {}), origin: tokens.originFrom(start) }
}
