import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { unresolvedText } from '../analyze/unresolved-text.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
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

/** @throws INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE, INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE, UNSUPPORTED_FEATURE */
function readCount(tokens: TokenStream, name: 'limit' | 'offset'): number {
  const start = tokens.peek()
  const count = readExpression(tokens)
  if (count.kind !== 'literal') throw tokens.unsupported(`an expression as ${name.toUpperCase()}`, start)
  const origin = tokens.originFrom(start)
  const expr = `"${unresolvedText(count)}"`
  if (count.type.kind !== 'int') {
    const parameters = { name, expr, dataType: quotedTypeName(count.type) }
    throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE', parameters, { origin })
  }
  const value = Number(count.value)
  if (value < 0)
    throw new MillraceError('INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE', { name, expr, v: value }, { origin })
  return value
}
