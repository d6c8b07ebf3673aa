import { STRING } from '../../columnar/types.js'
import type { Origin } from '../../common/errors/condition.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { beginsQuery } from './keywords.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** What stands behind a star: `EXCEPT (a, t.b)`, unless that begins a set operation. */
export function readStar(tokens: TokenStream, target: readonly string[], start: Token): UnresolvedExpression {
  const except = tokens.at('EXCEPT', '(') && !beginsQuery(tokens, 2) ? readExcepted(tokens) : undefined
  return { kind: 'star', target, ...(except ? { except } : {}), origin: tokens.originFrom(start) }
}

function readExcepted(tokens: TokenStream): readonly (readonly string[])[] {
  tokens.expect('EXCEPT', '(')
  const names = tokens.list(() => {
    const parts = [readPart(tokens)]
    while (tokens.accept('.')) parts.push(readPart(tokens))
    return parts
  })
  tokens.expect(')')
  return names
}

function readPart(tokens: TokenStream): string {
  const { kind } = tokens.peek()
  if (kind !== 'word' && kind !== 'quoted') throw tokens.unexpected('expected the name of a column')
  return tokens.next().text
}

/** A row of values: a struct with fields that are called as their aliases or columns, or `col1`, `col2`, … */
function rowOf(children: readonly UnresolvedExpression[], origin: Origin): UnresolvedExpression {
  const args = children.flatMap((child, i): readonly UnresolvedExpression[] => {
    const value = ownName(child) ?? `col${i + 1}`
    return [{ kind: 'literal', type: STRING, value }, child]
  })
  return { kind: 'function', name: 'named_struct', args, origin }
}

function ownName(member: UnresolvedExpression): string | undefined {
  if (member.kind === 'alias') return member.name
  return member.kind === 'attribute' ? member.parts.at(-1) : undefined
}

const withoutAlias = (member: UnresolvedExpression): UnresolvedExpression =>
  member.kind === 'alias' ? member.child : member

/** `(a, b as c) [not] in (select …)`, of which the members are read, or such a row as a struct. */
export function readRowInQuery(
  tokens: TokenStream,
  members: readonly UnresolvedExpression[],
  start: Token,
): UnresolvedExpression {
  tokens.expect(')')
  const negated = tokens.at('NOT', 'IN')
  if ((!tokens.at('IN') && !negated) || !beginsQuery(tokens, negated ? 3 : 2)) {
    return rowOf(members, tokens.originFrom(start))
  }
  if (negated) tokens.next()
  tokens.next()
  const query = tokens.subquery()
  const children = members.map(withoutAlias)
  const membership = { kind: 'inSubquery', children, query, origin: tokens.originFrom(start) } as const
  return negated ? { kind: 'function', name: 'not', args: [membership], origin: tokens.originFrom(start) } : membership
}

/** A text with those behind it: neighbouring strings are one, and so are strings and parameters that are texts. */
export function withTextsBehind(tokens: TokenStream, first: UnresolvedExpression, start: Token): UnresolvedExpression {
  let text = first
  while (isText(text) && (tokens.peek().kind === 'string' || tokens.at('?') || tokens.at(':'))) {
    const next = tokens.peek().kind === 'string' ? tokens.next().text : readParameter(tokens)
    const value = typeof next === 'string' ? next : next && isText(next) ? next.value : undefined
    if (value === undefined) throw tokens.unexpected()
    text = { kind: 'literal', type: STRING, value: `${text.value}${value}`, origin: tokens.originFrom(start) }
  }
  return text
}

const isText = (e: UnresolvedExpression): e is Extract<UnresolvedExpression, { kind: 'literal' }> =>
  e.kind === 'literal' && e.type.kind === 'string' && typeof e.value === 'string'

/** The value of `:name` or `?` if one of them comes next. */
export function readParameter(tokens: TokenStream): UnresolvedExpression | undefined {
  const start = tokens.peek()
  if (tokens.accept('?')) return { ...tokens.markers.next(start), origin: tokens.originFrom(start) }
  if (!tokens.accept(':')) return undefined
  const name = readPart(tokens)
  if (tokens.at('(')) throw tokens.unexpected()
  return { ...tokens.markers.named(name), origin: tokens.originFrom(start) }
}
