import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readLimit } from './limit.js'
import { readSortOrder } from './sort-order.js'
import type { TokenStream } from './token-stream.js'
import { readWindowClause, withWindows } from './windows.js'

/** What stands behind a query: its order, and how many rows are given from where. */
export function readOrderAndLimit(tokens: TokenStream, query: UnresolvedRelation): UnresolvedRelation {
  let relation = query
  if (tokens.accept('ORDER', 'BY'))
    relation = { kind: 'sort', input: relation, orders: tokens.list(() => readSortOrder(tokens)) }
  const windows = readWindowClause(tokens)
  return readLimit(tokens, windows ? withWindows(relation, windows) : relation)
}
