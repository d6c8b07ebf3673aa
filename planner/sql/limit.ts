import type { RowCount, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import type { TokenStream } from './token-stream.js'

/** The query with the `[LIMIT …] [OFFSET …]` behind it. */
export function readLimit(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const start = tokens.peek()
  const limit = tokens.accept('LIMIT') && !tokens.accept('ALL') ? readCount(tokens) : undefined
  const offset = tokens.accept('OFFSET') ? readCount(tokens) : undefined
  if (limit === undefined && offset === undefined) return input
  const counts = { limit: limit ?? Number.MAX_SAFE_INTEGER, offset: offset ?? 0 }
  return { kind: 'limit', input, ...counts, origin: tokens.originFrom(start) }
}

/** How many rows: a number, or a constant that is computed when the query is analyzed. */
export function readCount(tokens: TokenStream): RowCount {
  const start = tokens.peek()
  const count = readExpression(tokens)
  if (count.kind === 'literal' && count.type.kind === 'int' && Number(count.value) >= 0) return Number(count.value)
  return count.origin ? count : { ...count, origin: tokens.originFrom(start) }
}
