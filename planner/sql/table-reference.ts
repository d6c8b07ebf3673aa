import { MillraceError } from '../../common/errors/millrace-error.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readArgument } from './calls.js'
import { readName, readQualifiedName } from './expressions.js'
import { readValues } from './inline-table.js'
import { endsAt, isBareAlias, isExplicitAlias } from './keywords.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

export function readTableName(tokens: TokenStream): Extract<UnresolvedRelation, { kind: 'table' }> {
  const start = tokens.peek()
  return { kind: 'table', name: readQualifiedName(tokens, 'expected a table'), origin: tokens.originFrom(start) }
}

/** Whether VALUES is the name of a table, as an alias or nothing of its own stands behind it. */
export const isNameOfValues = (tokens: TokenStream): boolean =>
  endsAt(tokens, 1) ||
  isExplicitAlias(tokens, 1) ||
  tokens.at('VALUES', '.') ||
  (tokens.peek(1).kind === 'word' && endsAt(tokens, 2))

/** Whether a word that may begin a relation of its own is the name of a table. */
export function isTableName(tokens: TokenStream): boolean {
  const { kind, match } = tokens.peek(1)
  return endsAt(tokens, 1) || isExplicitAlias(tokens, 1) || (kind === 'symbol' && match === '.')
}

export function readAlias(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  // `as (a, b)` names only the columns: the alias is the word itself.
  if (tokens.at('AS', 'AS', '(')) tokens.next()
  if (tokens.at('AS', '(')) return namedAs(tokens, input)
  if (isExplicitAlias(tokens)) {
    tokens.next()
    // Words that cannot stand without AS cannot stand behind it either.
    if (!isBareAlias(tokens, 'table')) throw tokens.unexpected('expected an alias')
  } else if (!isBareAlias(tokens, 'table')) return input
  return namedAs(tokens, input)
}

function namedAs(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  const alias = readName(tokens, 'expected an alias')
  return { kind: 'subqueryAlias', input, alias, ...(tokens.at('(') ? { columns: readColumnNames(tokens) } : {}) }
}

export function readColumnNames(tokens: TokenStream): string[] {
  tokens.expect('(')
  const names = tokens.list(() => readName(tokens, 'expected the name of a column'))
  tokens.expect(')')
  return names
}

/** Whether a name comes next with a parenthesis behind it. */
export function isTableFunction(tokens: TokenStream): boolean {
  let ahead = tokens.at('IDENTIFIER', '(') ? tokens.closing(1) + 1 : 1
  while (tokens.peek(ahead).match === '.') ahead += 2
  const { kind } = tokens.peek()
  return (
    (kind === 'word' || kind === 'quoted') && tokens.peek(ahead).kind === 'symbol' && tokens.peek(ahead).match === '('
  )
}

/** A call in FROM with the names behind it, which belong to it. */
export function readTableFunction(tokens: TokenStream, name: readonly string[], start: Token): UnresolvedRelation {
  tokens.expect('(')
  const args = tokens.at(')') ? [] : tokens.list(() => readArgument(tokens, () => readTableArgument(tokens)))
  tokens.expect(')')
  const call = { kind: 'tableFunction', name, args, origin: tokens.originFrom(start) } as const
  return namingColumns(readAlias(tokens, call), call)
}

/** @throws UNSUPPORTED_FEATURE for a table as an argument */
function readTableArgument(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const next = tokens.peek(1)
  const isTable = tokens.at('TABLE') && (next.kind === 'word' || next.kind === 'quoted' || next.match === '(')
  if (!isTable) return tokens.expression()
  tokens.next()
  const origin = tokens.originFrom(start)
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a TABLE as an argument of a table function' }, { origin })
}

/** VALUES with the names behind it, which belong to it. */
export function readInlineTable(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  const values = readValues(tokens)
  const aliased = readAlias(tokens, values)
  return namingColumns(aliased, { ...values, origin: tokens.originFrom(start) })
}

/** The names of columns in an alias belong to the relation under it, which knows how many it has. */
function namingColumns(
  aliased: UnresolvedRelation,
  input: Extract<UnresolvedRelation, { kind: 'values' | 'tableFunction' }>,
): UnresolvedRelation {
  if (aliased.kind !== 'subqueryAlias') return input
  const { columns, ...named } = aliased
  return { ...named, input: { ...input, ...(columns ? { columns } : {}) } }
}
