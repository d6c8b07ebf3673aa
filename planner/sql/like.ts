import { STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedText } from '../../common/errors/quoting.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** What stands behind `[NOT] LIKE` or `[NOT] ILIKE`: a pattern, or ANY, SOME or ALL of several. */
export function readLike(
  tokens: TokenStream,
  left: UnresolvedExpression,
  start: Token,
  ignoresCase: boolean,
  negated: boolean,
): UnresolvedExpression {
  const call = (name: string, args: readonly UnresolvedExpression[]): UnresolvedExpression => ({
    kind: 'function',
    name,
    args,
    origin: tokens.originFrom(start),
  })
  const matches = (pattern: UnresolvedExpression, ...escapeChar: readonly UnresolvedExpression[]) => {
    const match = call(ignoresCase ? 'ilike' : 'like', [left, pattern, ...escapeChar])
    return negated ? call('not', [match]) : match
  }
  const quantifier = ['ANY', 'SOME', 'ALL'].find((word) => tokens.at(word, '('))
  if (quantifier === undefined) return matches(tokens.operand(), ...readEscape(tokens))
  tokens.next()
  const patterns = readPatterns(tokens, start)
  const connective = quantifier === 'ALL' ? 'and' : 'or'
  const texts = patterns.map((pattern) => textOf(pattern, ignoresCase))
  if (!texts.every((text) => text !== undefined))
    return patterns.map((pattern) => matches(pattern)).reduce((all, match) => call(connective, [all, match]))
  const child = ignoresCase ? call('lower', [left]) : left
  return call(`${negated ? 'not ' : ''}like ${quantifier === 'ALL' ? 'all' : 'any'}`, [child, ...texts])
}

/** @throws _LEGACY_ERROR_TEMP_0064 */
function readPatterns(tokens: TokenStream, start: Token): readonly UnresolvedExpression[] {
  tokens.expect('(')
  if (tokens.accept(')')) {
    const msg = "Expected something between '(' and ')'."
    throw new MillraceError('_LEGACY_ERROR_TEMP_0064', { msg }, { origin: tokens.originFrom(start) })
  }
  const patterns = tokens.list(() => tokens.expression())
  tokens.expect(')')
  return patterns
}

/** A pattern that is a text already. */
function textOf(pattern: UnresolvedExpression, ignoresCase: boolean): UnresolvedExpression | undefined {
  if (pattern.kind !== 'literal' || typeof pattern.value !== 'string' || pattern.type.kind !== 'string')
    return undefined
  return ignoresCase ? { ...pattern, value: pattern.value.toLowerCase() } : pattern
}

function readEscape(tokens: TokenStream): readonly UnresolvedExpression[] {
  if (!tokens.accept('ESCAPE')) return []
  if (tokens.peek().kind !== 'string') throw tokens.unexpected('ESCAPE takes a text of one character')
  const token = tokens.next()
  if (token.text.length !== 1) {
    const invalidEscape = quotedText(token.text)
    throw new MillraceError('INVALID_ESC', { invalidEscape }, { origin: tokens.originFrom(token) })
  }
  return [{ kind: 'literal', type: STRING, value: token.text, origin: tokens.originFrom(token) }]
}
