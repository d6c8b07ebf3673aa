import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { unresolvedText } from '../analyze/unresolved-text.js'
import { readExpression } from './expressions.js'
import type { TokenStream } from './token-stream.js'

/** Reads how many rows. @throws INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE, INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE, UNSUPPORTED_FEATURE */
export function readCount(tokens: TokenStream, name: 'limit' | 'offset'): number {
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
