import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import { readLimit } from './limit.js'
import { readSortOrder } from './sort-order.js'
import type { TokenStream } from './token-stream.js'
import { readWindowClause, withWindows } from './windows.js'

/** What stands behind a query: the order of its rows and how they are divided, and how many are given from where. */
export function readOrderAndLimit(tokens: TokenStream, query: UnresolvedRelation): UnresolvedRelation {
  const relation = readOrganization(tokens, query)
  const windows = readWindowClause(tokens)
  return readLimit(tokens, windows ? withWindows(relation, windows, true) : relation)
}

/** @throws UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES */
function readOrganization(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const start = tokens.peek()
  const list = (word: string, read: () => UnresolvedExpression): readonly UnresolvedExpression[] | undefined =>
    tokens.accept(word, 'BY') ? tokens.list(read) : undefined
  const sorted = (): UnresolvedExpression => readSortOrder(tokens)
  const expression = (): UnresolvedExpression => readExpression(tokens)
  const ordered = list('ORDER', sorted)
  const clustered = list('CLUSTER', expression)
  const distributed = list('DISTRIBUTE', expression)
  const sortedInTasks = list('SORT', sorted)
  const others = [clustered, distributed ?? sortedInTasks].filter((clause) => clause !== undefined)
  if (others.length > 1 || (ordered && others.length > 0)) {
    const condition = 'UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES'
    throw new MillraceError(condition, {}, { origin: tokens.originFrom(start) })
  }
  if (ordered) return { kind: 'sort', input, orders: ordered }
  const division = clustered ?? distributed
  const divided: UnresolvedRelation = division
    ? { kind: 'repartition', input, by: 'hash', expressions: division }
    : input
  // A number is no position here, and constants order nothing.
  const orders = clustered?.filter(({ kind }) => kind !== 'literal') ?? sortedInTasks ?? []
  return orders.length > 0 ? { kind: 'sort', input: divided, orders, inTasks: true } : divided
}
