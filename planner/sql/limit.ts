import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readCount } from './count.js'
import type { TokenStream } from './token-stream.js'

const MAX_INT = 2 ** 31 - 1

/** The query with the `[LIMIT …] [OFFSET …]` behind it. @throws SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT, INVALID_LIMIT_LIKE_EXPRESSION.* */
export function readLimit(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const start = tokens.peek()
  const limit = tokens.accept('LIMIT') && !tokens.accept('ALL') ? readCount(tokens, 'limit') : undefined
  const offset = tokens.accept('OFFSET') ? readCount(tokens, 'offset') : 0
  if (limit === undefined && offset === 0) return input
  if (limit !== undefined && limit + offset > MAX_INT) {
    const origin = tokens.originFrom(start)
    throw new MillraceError('SUM_OF_LIMIT_AND_OFFSET_EXCEEDS_MAX_INT', { limit, offset }, { origin })
  }
  return { kind: 'limit', input, limit: limit ?? Number.MAX_SAFE_INTEGER, offset }
}
