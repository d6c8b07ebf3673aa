import { typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import { unresolvedText } from '../analyze/unresolved-text.js'
import { variableValue, withVariablesIn } from '../analyze/variables.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { Token } from './token.js'
import { TokenStream } from './token-stream.js'

/** Stands for a name that variables of a script tell: names at several places are not the same one. */
const notKnownYet = ({ start }: Token): readonly string[] => [`identifier${start}`]

/** The name that `IDENTIFIER('a.b')` stands for, if that comes next; a constant text has its parts. @throws NOT_A_CONSTANT_STRING.* */
export function acceptIdentifier(tokens: TokenStream): readonly string[] | undefined {
  if (!tokens.at('IDENTIFIER', '(')) return undefined
  const start = tokens.peek()
  tokens.expect('IDENTIFIER', '(')
  const written = tokens.expression()
  tokens.expect(')')
  const value = variableValue(withVariablesIn(written, tokens.variable))
  const text = constantText(value)
  const origin = tokens.originFrom(start)
  if (text !== undefined) return partsOf(text)
  if (tokens.isOutline) return notKnownYet(start)
  const parameters = { name: 'IDENTIFIER', expr: unresolvedText(written) }
  const cast = value.kind === 'cast' && value.type.kind === 'string' ? value.child : value
  if (cast.kind === 'literal' && cast.value === null && (cast !== value || cast.type.kind === 'string'))
    throw new MillraceError('NOT_A_CONSTANT_STRING.NULL', parameters, { origin })
  if (value.kind !== 'literal') throw new MillraceError('NOT_A_CONSTANT_STRING.NOT_CONSTANT', parameters, { origin })
  const dataType = typeName(value.type)
  throw new MillraceError('NOT_A_CONSTANT_STRING.WRONG_TYPE', { ...parameters, dataType }, { origin })
}

/** The one name that `IDENTIFIER('a')` stands for, if that comes next. @throws IDENTIFIER_TOO_MANY_NAME_PARTS */
export function acceptIdentifierPart(tokens: TokenStream): string | undefined {
  const start = tokens.peek()
  const parts = acceptIdentifier(tokens)
  if (parts === undefined || parts.length === 1) return parts?.[0]
  const parameters = { identifier: quotedPath(parts), limit: 1 }
  throw new MillraceError('IDENTIFIER_TOO_MANY_NAME_PARTS', parameters, { origin: tokens.originFrom(start) })
}

/** The text that constants give: literals, variables, and what puts them together. */
export function constantText(e: UnresolvedExpression): string | undefined {
  if (e.kind === 'attribute' && e.variable) return constantText(variableValue(e))
  if (e.kind === 'literal') return typeof e.value === 'string' ? e.value : undefined
  if (e.kind !== 'function' || e.name !== 'concat') return undefined
  const parts = e.args.map(constantText)
  return parts.every((part) => part !== undefined) ? parts.join('') : undefined
}

/** @throws PARSE_EMPTY_STATEMENT, PARSE_SYNTAX_ERROR */
function partsOf(text: string): readonly string[] {
  const tokens = new TokenStream(text)
  if (tokens.peek().kind === 'end') throw new MillraceError('PARSE_EMPTY_STATEMENT')
  const parts: string[] = []
  do {
    const { kind, text: part } = tokens.peek()
    if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected('expected a name')
    tokens.next()
    parts.push(part)
  } while (tokens.accept('.'))
  tokens.expectEnd()
  return parts
}
