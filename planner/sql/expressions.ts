import { BOOLEAN, STRING } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { readCall } from './calls.js'
import { RESERVED } from './keywords.js'
import { readLiteral } from './literals.js'
import type { Token } from './token.js'
import { TokenStream } from './token-stream.js'
import { readDataType } from './types.js'

/** Reads an expression of its own, as `selectExpr` and `expr` take it; `a as b` gives an alias. @throws PARSE_SYNTAX_ERROR */
export function parseExpression(text: string): UnresolvedExpression {
  const tokens = new TokenStream(text)
  const expression = readNamedExpression(tokens)
  tokens.expectEnd()
  return expression
}

/** An expression with an optional alias. */
export function readNamedExpression(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const child = readExpression(tokens)
  const explicit = tokens.accept('AS')
  if (explicit && tokens.at('(')) throw tokens.unsupported('several aliases for one expression')
  if (!explicit && !isName(tokens.peek())) return child
  const name = readName(tokens, 'expected an alias')
  return { kind: 'alias', child, name, origin: tokens.originFrom(start) }
}

/** A word that may be a name here, or a quoted one. */
export const isName = (token: Token): boolean =>
  token.kind === 'quoted' || (token.kind === 'word' && !RESERVED.has(token.match))

export function readName(tokens: TokenStream, hint: string): string {
  if (!isName(tokens.peek())) throw tokens.unexpected(hint)
  return tokens.next().text
}

/** Spark's precedence, loosest first: OR, AND, NOT, predicates, comparison, `|`…, `+ - ||`, `* / % div`, unary, `::` and `.`. */
export function readExpression(tokens: TokenStream): UnresolvedExpression {
  return tokens.nested(() => readOr(tokens))
}

const fn = (name: string, args: readonly UnresolvedExpression[], origin: Origin): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
  origin,
})

function readOr(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readAnd(tokens)
  while (tokens.accept('OR')) left = fn('or', [left, readAnd(tokens)], tokens.originFrom(start))
  return left
}

function readAnd(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readNot(tokens)
  while (tokens.accept('AND')) left = fn('and', [left, readNot(tokens)], tokens.originFrom(start))
  return left
}

function readNot(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  if (!tokens.accept('NOT') && !tokens.accept('!')) return readPredicate(tokens)
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
  let left = readSum(tokens)
  for (;;) {
    const comparison = tokens.peek().kind === 'symbol' ? COMPARISONS[tokens.peek().match] : undefined
    if (comparison !== undefined) {
      tokens.next()
      left = fn(comparison, [left, readSum(tokens)], tokens.originFrom(start))
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
  if (tokens.accept('IS')) return readIs(tokens, left, start)
  const negated =
    tokens.at('NOT') &&
    ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(tokens.peek(1).match) &&
    tokens.accept('NOT')
  const finish = (positive: UnresolvedExpression): UnresolvedExpression =>
    negated ? fn('not', [positive], tokens.originFrom(start)) : positive
  if (tokens.accept('BETWEEN')) {
    const low = readSum(tokens)
    tokens.expect('AND')
    const high = readSum(tokens)
    const origin = tokens.originFrom(start)
    return finish(fn('and', [fn('>=', [left, low], origin), fn('<=', [left, high], origin)], origin))
  }
  if (tokens.accept('IN')) {
    tokens.expect('(')
    if (tokens.at('SELECT') || tokens.at('WITH')) throw tokens.unsupported('IN with a subquery', start)
    const list = tokens.list(() => readExpression(tokens))
    tokens.expect(')')
    return finish({ kind: 'in', child: left, list, origin: tokens.originFrom(start) })
  }
  if (tokens.accept('LIKE')) return finish(readLike(tokens, left, start))
  if (tokens.at('ILIKE') || tokens.at('RLIKE') || tokens.at('REGEXP')) throw tokens.unsupported(tokens.peek().match)
  return undefined
}

function readLike(tokens: TokenStream, left: UnresolvedExpression, start: Token): UnresolvedExpression {
  if (tokens.at('ANY') || tokens.at('ALL') || tokens.at('SOME')) throw tokens.unsupported(`LIKE ${tokens.peek().match}`)
  const pattern = readSum(tokens)
  const escapeChar: UnresolvedExpression[] = []
  if (tokens.accept('ESCAPE')) {
    const token = tokens.next()
    if (token.kind !== 'string' || token.text.length !== 1) throw tokens.unexpected('ESCAPE takes one character')
    escapeChar.push({ kind: 'literal', type: STRING, value: token.text, origin: tokens.originFrom(token) })
  }
  return fn('like', [left, pattern, ...escapeChar], tokens.originFrom(start))
}

function readIs(tokens: TokenStream, left: UnresolvedExpression, start: Token): UnresolvedExpression {
  const negated = tokens.accept('NOT')
  const origin = () => tokens.originFrom(start)
  if (tokens.accept('NULL')) return fn(negated ? 'isnotnull' : 'isnull', [left], origin())
  if (tokens.accept('DISTINCT', 'FROM')) {
    const same = fn('<=>', [left, readSum(tokens)], origin())
    return negated ? same : fn('not', [same], origin())
  }
  const truth = tokens.accept('TRUE') ? true : tokens.accept('FALSE') ? false : undefined
  if (truth === undefined) throw tokens.unexpected('expected NULL, TRUE, FALSE or DISTINCT FROM')
  const same = fn('<=>', [left, { kind: 'literal', type: BOOLEAN, value: truth }], origin())
  return negated ? fn('not', [same], origin()) : same
}

const UNSUPPORTED_OPERATORS = new Set(['|', '&', '^', '->'])

function readSum(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readProduct(tokens)
  for (;;) {
    if (tokens.atAny(UNSUPPORTED_OPERATORS)) throw tokens.unsupported(`the operator ${tokens.peek().match}`)
    const name = tokens.accept('+') ? '+' : tokens.accept('-') ? '-' : tokens.accept('||') ? 'concat' : undefined
    if (name === undefined) return left
    left = fn(name, [left, readProduct(tokens)], tokens.originFrom(start))
  }
}

function readProduct(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readUnary(tokens)
  for (;;) {
    const name = ['*', '/', '%', 'DIV'].find((operator) => tokens.accept(operator))?.toLowerCase()
    if (name === undefined) return left
    left = fn(name, [left, readUnary(tokens)], tokens.originFrom(start))
  }
}

function readUnary(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  if (tokens.accept('+')) return tokens.nested(() => readUnary(tokens))
  if (tokens.at('~')) throw tokens.unsupported('the operator ~')
  if (!tokens.accept('-')) return readPostfix(tokens)
  return tokens.nested(() => {
    const child = readUnary(tokens)
    const origin = tokens.originFrom(start)
    return negatedLiteral(child, origin) ?? fn('negative', [child], origin)
  })
}

/** `-5` is the literal -5, so that the least integers can be written. */
function negatedLiteral(child: UnresolvedExpression, origin: Origin): UnresolvedExpression | undefined {
  if (child.kind !== 'literal') return undefined
  if (typeof child.value === 'number') return { ...child, value: -child.value, origin }
  if (typeof child.value !== 'bigint') return undefined
  if (child.type.kind === 'bigint' && child.value === 2n ** 31n)
    return { ...child, type: { kind: 'int' }, value: -(2 ** 31), origin }
  if (child.type.kind === 'decimal' && child.type.scale === 0 && child.value === 2n ** 63n) {
    return { ...child, type: { kind: 'bigint' }, value: -(2n ** 63n), origin }
  }
  return { ...child, value: -child.value, origin }
}

function readPostfix(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  let left = readPrimary(tokens)
  for (;;) {
    if (tokens.accept('::')) {
      left = { kind: 'cast', child: left, type: readDataType(tokens), mode: 'ansi', origin: tokens.originFrom(start) }
    } else if (tokens.at('[')) throw tokens.unsupported('element access with brackets')
    else if (left.kind !== 'star' && tokens.accept('.')) {
      const name = tokens.peek()
      if (name.kind !== 'word' && name.kind !== 'quoted') throw tokens.unexpected('expected a name after the point')
      left = { kind: 'extractValue', child: left, field: tokens.next().text, origin: tokens.originFrom(start) }
    } else return left
  }
}

function readPrimary(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const literal = readLiteral(tokens)
  if (literal) return literal
  if (tokens.accept('*')) return { kind: 'star', target: [], origin: tokens.originFrom(start) }
  if (tokens.accept('(')) {
    if (tokens.at('SELECT') || tokens.at('WITH')) throw tokens.unsupported('scalar subqueries', start)
    const inner = readExpression(tokens)
    if (tokens.at(',')) throw tokens.unsupported('row constructors')
    tokens.expect(')')
    return inner
  }
  if (tokens.at('EXISTS', '(')) throw tokens.unsupported('EXISTS subqueries', start)
  const call = readCall(tokens)
  if (call) return call
  if (!isName(start)) throw tokens.unexpected()
  return readReference(tokens)
}

/** `a`, `t.a`, `t.*`. */
function readReference(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const parts = [tokens.next().text]
  while (tokens.accept('.')) {
    if (tokens.accept('*')) return { kind: 'star', target: parts, origin: tokens.originFrom(start) }
    const part = tokens.peek()
    if (part.kind !== 'word' && part.kind !== 'quoted') throw tokens.unexpected('expected a name after the point')
    parts.push(tokens.next().text)
  }
  return { kind: 'attribute', parts, origin: tokens.originFrom(start) }
}
