import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { PivotValue, UnpivotGroup, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readName } from './expressions.js'
import { isBareAlias, isExplicitAlias } from './keywords.js'
import type { TokenStream } from './token-stream.js'

/** Reads `PIVOT (aggregates FOR columns IN (values))` if it comes next. */
export function readPivot(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation | undefined {
  const start = tokens.peek()
  if (!tokens.accept('PIVOT', '(')) return undefined
  const aggregates = tokens.list(() => tokens.namedExpression())
  tokens.expect('FOR')
  const columns = tokens.at('(') ? inParentheses(tokens, () => readColumn(tokens)) : [readColumn(tokens)]
  tokens.expect('IN')
  const values = inParentheses(tokens, () => readPivotValue(tokens, columns.length > 1))
  tokens.expect(')')
  return { kind: 'pivot', input, aggregates, columns, values, origin: tokens.originFrom(start) }
}

/** A value, or where several columns are compared a value of each in parentheses; with or without a name. */
function readPivotValue(tokens: TokenStream, isOfSeveral: boolean): PivotValue {
  if (!isOfSeveral || !tokens.at('(')) {
    const value = tokens.namedExpression()
    return value.kind === 'alias' ? { cells: [value.child], name: value.name } : { cells: [value] }
  }
  const cells = inParentheses(tokens, () => tokens.expression())
  const name = readAlias(tokens)
  return { cells, ...(name === undefined ? {} : { name }) }
}

/** Reads `UNPIVOT [INCLUDE | EXCLUDE NULLS] (values FOR name IN (columns))` if it comes next. */
export function readUnpivot(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation | undefined {
  const start = tokens.peek()
  const isNext = ['(', 'INCLUDE', 'EXCLUDE'].some((next) => tokens.at('UNPIVOT', next))
  if (!isNext) return undefined
  tokens.next()
  const includeNulls = tokens.accept('INCLUDE', 'NULLS')
  if (!includeNulls) tokens.accept('EXCLUDE', 'NULLS')
  tokens.expect('(')
  const isOfSeveral = tokens.at('(')
  const readNewName = () => readName(tokens, 'expected the name of a column')
  const valueColumns = isOfSeveral ? inParentheses(tokens, readNewName) : [readNewName()]
  tokens.expect('FOR')
  const nameColumn = readNewName()
  tokens.expect('IN')
  const groups = inParentheses(tokens, () => readUnpivotGroup(tokens, isOfSeveral))
  tokens.expect(')')
  const origin = tokens.originFrom(start)
  return { kind: 'unpivot', input, groups, nameColumn, valueColumns, includeNulls, origin }
}

function readUnpivotGroup(tokens: TokenStream, isOfSeveral: boolean): UnpivotGroup {
  const columns = isOfSeveral ? inParentheses(tokens, () => readColumn(tokens)) : [readColumn(tokens)]
  const name = readAlias(tokens)
  return { columns, ...(name === undefined ? {} : { name }) }
}

function readColumn(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const parts = [readName(tokens, 'expected a column')]
  while (tokens.accept('.')) parts.push(readName(tokens, 'expected a name after the point'))
  return { kind: 'attribute', parts, origin: tokens.originFrom(start) }
}

function readAlias(tokens: TokenStream): string | undefined {
  if (isExplicitAlias(tokens)) tokens.next()
  else if (!isBareAlias(tokens, 'column')) return undefined
  return readName(tokens, 'expected an alias')
}

function inParentheses<T>(tokens: TokenStream, read: () => T): T[] {
  tokens.expect('(')
  const items = tokens.list(read)
  tokens.expect(')')
  return items
}
