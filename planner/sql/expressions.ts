import { STRING } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readCall } from './calls.js'
import { readCollationName } from './collation-name.js'
import { refuseHyphen } from './hyphens.js'
import { acceptIdentifier, acceptIdentifierPart } from './identifier-clause.js'
import { acceptNot, readIs } from './is.js'
import { acceptCollate, beginsQuery, isBareAlias, isExplicitAlias, isNameOfNot } from './keywords.js'
import { readLike } from './like.js'
import { readLiteral, readSignedNumber } from './literals.js'
import { readParameter, readRowInQuery, readStar, withTextsBehind } from './operands.js'
import { acceptOperator, fn, readBinary } from './operators.js'
import { readQuantified } from './quantified.js'
import type { Token } from './token.js'
import { type Grammar, TokenStream } from './token-stream.js'
import { readDataType } from './types.js'
import { readVariantPath } from './variant-path.js'

/** Reads an expression of its own, as `selectExpr` and `expr` take it; `a as b` gives an alias. @throws PARSE_SYNTAX_ERROR */
export function parseExpression(text: string): UnresolvedExpression {
  const tokens = new TokenStream(text, GRAMMAR)
  const expression = readNamedExpression(tokens)
  tokens.expectEnd()
  return expression
}

/** An expression with an optional alias. */
export function readNamedExpression(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  return withAlias(tokens, readExpression(tokens), start)
}

function withAlias(tokens: TokenStream, child: UnresolvedExpression, start: Token): UnresolvedExpression {
  if (child.kind === 'star') return child
  if (isExplicitAlias(tokens)) {
    tokens.next()
    if (tokens.accept('(')) {
      const names = tokens.list(() => readName(tokens, 'expected an alias'))
      tokens.expect(')')
      return { kind: 'aliases', child, names, origin: tokens.originFrom(start) }
    }
  } else if (!isBareAlias(tokens, 'column')) return child
  const name = readWholeName(tokens, 'expected an alias')
  return { kind: 'alias', child, name, origin: tokens.originFrom(start) }
}

/** A name where nothing else may stand: any word, or a quoted name. */
export function readName(tokens: TokenStream, expected: string): string {
  const identifier = acceptIdentifierPart(tokens)
  if (identifier !== undefined) return identifier
  const { kind } = tokens.peek()
  if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected(expected)
  return tokens.next().text
}

/** A name of several parts: `db.t`, or `IDENTIFIER('db.t')`. @throws INVALID_IDENTIFIER */
export function readQualifiedName(tokens: TokenStream, expected: string): string[] {
  const identifier = acceptIdentifier(tokens)
  const name = identifier ? [...identifier] : [readWholeName(tokens, expected)]
  while (tokens.accept('.')) name.push(readWholeName(tokens, 'expected a name after the point'))
  return name
}

/** A name that no minus can follow. @throws INVALID_IDENTIFIER */
export function readWholeName(tokens: TokenStream, expected: string): string {
  const start = tokens.peek()
  const name = readName(tokens, expected)
  refuseHyphen(tokens, start)
  return name
}

/** Spark's precedence, loosest first: OR, AND, NOT, predicates, comparison, those of `OPERATORS`, unary, `::` and `.`. */
export function readExpression(tokens: TokenStream): UnresolvedExpression {
  return tokens.nested(() => readOr(tokens))
}

function readOr(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readAnd(tokens)
  while (acceptOperator(tokens, 'OR')) left = fn('or', [left, readAnd(tokens)], tokens.originFrom(start))
  return left
}

function readAnd(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readNot(tokens)
  while (acceptOperator(tokens, 'AND')) left = fn('and', [left, readNot(tokens)], tokens.originFrom(start))
  return left
}

function readNot(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const isNegated = (tokens.at('NOT') && !isNameOfNot(tokens)) || tokens.at('!')
  if (!isNegated) return readPredicate(tokens)
  tokens.next()
  return tokens.nested(() => fn('not', [readNot(tokens)], tokens.originFrom(start)))
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': '=',
  '==': '=',
  '<=>': '<=>',
  '<>': '!=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
}

function readPredicate(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readOperand(tokens)
  for (;;) {
    const comparison = tokens.peek().kind === 'symbol' ? COMPARISONS[tokens.peek().match] : undefined
    if (comparison !== undefined) {
      tokens.next()
      left =
        readQuantified(tokens, left, comparison, start) ??
        fn(comparison, [left, readOperand(tokens)], tokens.originFrom(start))
    } else {
      const predicate = readPredicateAfter(tokens, left, start)
      if (predicate === undefined) return left
      left = predicate
    }
  }
}

/** `[not] in`, `between`, `like`, `is …` after an expression. */
function readPredicateAfter(
  tokens: TokenStream,
  left: UnresolvedExpression,
  start: Token,
): UnresolvedExpression | undefined {
  if (acceptOperator(tokens, 'IS')) return readIs(tokens, left, start)
  const negated =
    (tokens.at('NOT') || tokens.at('!')) &&
    ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(tokens.peek(1).match) &&
    acceptNot(tokens)
  const finish = (positive: UnresolvedExpression): UnresolvedExpression =>
    negated ? fn('not', [positive], tokens.originFrom(start)) : positive
  if (acceptOperator(tokens, 'BETWEEN')) {
    const low = readOperand(tokens)
    tokens.expect('AND')
    return finish(fn('between', [left, low, readOperand(tokens)], tokens.originFrom(start)))
  }
  if (acceptOperator(tokens, 'IN')) {
    if (beginsQuery(tokens, 1)) {
      const query = tokens.subquery()
      return finish({ kind: 'inSubquery', children: [left], query, origin: tokens.originFrom(start) })
    }
    tokens.expect('(')
    if (tokens.at(')'))
      throw new MillraceError('INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE', {}, { origin: tokens.originFrom(start) })
    const list = tokens.list(() => readExpression(tokens))
    tokens.expect(')')
    return finish({ kind: 'in', child: left, list, origin: tokens.originFrom(start) })
  }
  const pattern = ['LIKE', 'ILIKE'].find((word) => acceptOperator(tokens, word))
  if (pattern) return readLike(tokens, left, start, pattern === 'ILIKE', negated)
  const isRegexp = ['RLIKE', 'REGEXP'].some((word) => acceptOperator(tokens, word))
  return isRegexp ? finish(fn('rlike', [left, readOperand(tokens)], tokens.originFrom(start))) : undefined
}

/** What comparisons are made between. */
const readOperand = (tokens: TokenStream): UnresolvedExpression => readBinary(tokens, readUnary)

export function readUnary(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const sign = ['+', '-', '~'].find((symbol) => tokens.at(symbol))
  // A number carries its minus with it, so that the least integers can be written.
  if (sign === undefined || (sign === '-' && tokens.peek(1).kind === 'number')) return readPostfix(tokens)
  tokens.next()
  return tokens.nested(() => fn(sign, [readUnary(tokens)], tokens.originFrom(start)))
}

/** A field; of a column it is one name with it. */
const fieldOf = (child: UnresolvedExpression, field: string, origin: Origin): UnresolvedExpression =>
  child.kind === 'attribute'
    ? { kind: 'attribute', parts: [...child.parts, field], origin }
    : { kind: 'extractValue', child, field, origin }

function readPostfix(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const isNamed = tokens.at('IDENTIFIER', '(')
  let left = readPrimary(tokens)
  for (;;) {
    if (tokens.accept('::')) {
      left = {
        kind: 'cast',
        child: left,
        type: readDataType(tokens),
        mode: 'session',
        origin: tokens.originFrom(start),
      }
    } else if (acceptCollate(tokens)) {
      const value = readCollationName(tokens).join('.')
      left = fn('collate', [left, { kind: 'literal', type: STRING, value }], tokens.originFrom(start))
    } else if (tokens.accept('[')) {
      const index = readExpression(tokens)
      tokens.expect(']')
      left = fn('[]', [left, index], tokens.originFrom(start))
    } else if (tokens.accept(':')) left = readVariantPath(tokens, left, start)
    else if (left.kind !== 'star' && tokens.accept('.')) {
      const origin = tokens.originFrom(start)
      const field = readName(tokens, 'expected a name after the point')
      left = isNamed ? { kind: 'extractValue', child: left, field, origin } : fieldOf(left, field, origin)
    } else return left
  }
}

function readPrimary(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const literal = readSignedNumber(tokens) ?? readLiteral(tokens) ?? readParameter(tokens)
  if (literal) return withTextsBehind(tokens, literal, start)
  if (tokens.accept('*')) return readStar(tokens, [], start)
  if (tokens.at('(') && beginsQuery(tokens, 1)) {
    const query = readRows(tokens)
    return { kind: 'scalarSubquery', query, origin: tokens.originFrom(start) }
  }
  if (tokens.accept('(')) {
    const first = tokens.peek()
    const inner = readExpression(tokens)
    const isNamed = isExplicitAlias(tokens) || (tokens.peek(1).match === ',' && isBareAlias(tokens, 'column'))
    const member = isNamed ? withAlias(tokens, inner, first) : inner
    if (tokens.at(',')) return readRowInQuery(tokens, [member, ...readRest(tokens)], start)
    if (isNamed) throw tokens.unexpected('expected the next value of the row')
    tokens.expect(')')
    return inner
  }
  if (tokens.at('EXISTS', '(') && beginsQuery(tokens, 2)) {
    tokens.next()
    return { kind: 'exists', query: tokens.subquery(), origin: tokens.originFrom(start) }
  }
  const call = readCall(tokens)
  if (call) return call
  if (start.kind === 'word' && tokens.peek(1).kind === 'string') throw unknownLiteral(tokens)
  if (start.kind !== 'word' && start.kind !== 'quoted') throw tokens.unexpected()
  return readReference(tokens)
}

function readRest(tokens: TokenStream): readonly UnresolvedExpression[] {
  tokens.expect(',')
  return tokens.list(() => readNamedExpression(tokens))
}

/** A query in parentheses. What could be a row of values, too, is one in Spark, where SELECT is no type. @throws UNSUPPORTED_TYPED_LITERAL */
function readRows(tokens: TokenStream): UnresolvedRelation {
  const [select, text] = [tokens.peek(1), tokens.peek(2)]
  const query = tokens.subquery()
  const isRow = query.kind === 'project' && query.input.kind === 'oneRow' && query.expressions.length > 1
  if (isRow && text.kind === 'string') throw unsupportedLiteral(select, tokens.originBetween(select, text))
  return query
}

const LITERAL_TYPES = '"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X", "TIME"'

/** A word before a text is the type of a literal. */
function unknownLiteral(tokens: TokenStream): MillraceError {
  const start = tokens.next()
  tokens.next()
  return unsupportedLiteral(start, tokens.originFrom(start))
}

function unsupportedLiteral({ match }: Token, origin: Origin): MillraceError {
  const parameters = { unsupportedType: `"${match}"`, supportedTypes: LITERAL_TYPES }
  return new MillraceError('UNSUPPORTED_TYPED_LITERAL', parameters, { origin })
}

/** `a`, `t.a`, `t.*`. */
function readReference(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const parts = [tokens.next().text]
  while (tokens.accept('.')) {
    if (tokens.accept('*')) return readStar(tokens, parts, start)
    const part = tokens.peek()
    if (part.kind !== 'word' && part.kind !== 'quoted') throw tokens.unexpected('expected a name after the point')
    parts.push(tokens.next().text)
  }
  return { kind: 'attribute', parts, origin: tokens.originFrom(start) }
}

/** What expressions are made of, for the streams of tokens that they are read from. */
export const GRAMMAR: Grammar = {
  expression: readExpression,
  operand: readOperand,
  namedExpression: readNamedExpression,
  query: (tokens) => {
    throw tokens.unsupported('subqueries in expressions of the DataFrame API')
  },
}
