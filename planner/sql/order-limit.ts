import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import { readLimit } from './limit.js'
import type { TokenStream } from './token-stream.js'

/** What stands behind a query: its order, and how many rows are given from where. */
export function readOrderAndLimit(tokens: TokenStream, query: UnresolvedRelation): UnresolvedRelation {
  let relation = query
  if (tokens.accept('ORDER', 'BY'))
    relation = { kind: 'sort', input: relation, orders: tokens.list(() => readSortOrder(tokens)) }
  return readLimit(tokens, relation)
}

function readSortOrder(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const child = readExpression(tokens)
  const direction = tokens.accept('DESC') ? 'desc' : 'asc'
  if (direction === 'asc') tokens.accept('ASC')
  const nulls = tokens.accept('NULLS', 'FIRST') ? 'first' : tokens.accept('NULLS', 'LAST') ? 'last' : undefined
  return { kind: 'sortOrder', child, direction, ...(nulls ? { nulls } : {}), origin: tokens.originFrom(start) }
}
