import { BOOLEAN } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { fn } from './operators.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** NOT before a predicate, for which `!` is no other word. @throws SYNTAX_DISCONTINUED.BANG_EQUALS_NOT */
export function acceptNot(tokens: TokenStream): boolean {
  if (!tokens.at('!')) return tokens.accept('NOT')
  const start = tokens.next()
  throw new MillraceError('SYNTAX_DISCONTINUED.BANG_EQUALS_NOT', { clause: '!' }, { origin: tokens.originFrom(start) })
}

/** What stands behind IS. @throws SYNTAX_DISCONTINUED.BANG_EQUALS_NOT */
export function readIs(tokens: TokenStream, left: UnresolvedExpression, start: Token): UnresolvedExpression {
  const negated = acceptNot(tokens)
  const origin = () => tokens.originFrom(start)
  if (tokens.accept('NULL')) return fn(negated ? 'isnotnull' : 'isnull', [left], origin())
  if (tokens.accept('UNKNOWN')) return fn(negated ? 'is not unknown' : 'is unknown', [left], origin())
  if (tokens.accept('DISTINCT', 'FROM')) {
    const same = fn('<=>', [left, tokens.operand()], origin())
    return negated ? same : fn('not', [same], origin())
  }
  const truth = tokens.accept('TRUE') ? true : tokens.accept('FALSE') ? false : undefined
  if (truth === undefined) throw tokens.unexpected('expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM')
  const same = fn('<=>', [left, { kind: 'literal', type: BOOLEAN, value: truth }], origin())
  return negated ? fn('not', [same], origin()) : same
}
