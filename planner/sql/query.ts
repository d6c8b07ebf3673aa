import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import {
  type JoinType,
  type SetOperation,
  UNNAMED_QUERY,
  type UnresolvedRelation,
} from '../plan/unresolved/relation.js'
import { acceptQuantifier } from './calls.js'
import { GRAMMAR, readExpression, readName, readNamedExpression } from './expressions.js'
import { readValues } from './inline-table.js'
import { beginsQuery, endsAt, isBareAlias, isExplicitAlias, startsClause } from './keywords.js'
import { readLimit } from './limit.js'
import { type Grammar, TokenStream } from './token-stream.js'

const AFTER_SELECT_UNSUPPORTED = new Set(['LATERAL', 'WINDOW', 'QUALIFY', 'CLUSTER', 'DISTRIBUTE', 'SORT'])

/** Of text that may hold queries. */
export const QUERY_GRAMMAR: Grammar = { ...GRAMMAR, query: (tokens) => readQuery(tokens) }

/** Reads a query. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE */
export function parseQuery(text: string): UnresolvedRelation {
  const tokens = new TokenStream(text, QUERY_GRAMMAR)
  const query = readQuery(tokens)
  tokens.expectEnd()
  return query
}

/** `[WITH …] SELECT … [ORDER BY …] [LIMIT …] [OFFSET …]`. */
export function readQuery(tokens: TokenStream): UnresolvedRelation {
  return tokens.nested(() => {
    if (!tokens.accept('WITH')) return readOrdered(tokens)
    if (tokens.at('RECURSIVE')) throw tokens.unsupported('recursive CTEs')
    const ctes = tokens.list(() => {
      const name = readName(tokens, 'expected the name of a CTE')
      const columns = tokens.at('(') ? readColumnNames(tokens) : undefined
      tokens.expect('AS', '(')
      const relation = readQuery(tokens)
      tokens.expect(')')
      return { name, ...(columns ? { columns } : {}), relation }
    })
    return { kind: 'with', ctes, input: readOrdered(tokens) }
  })
}

function readOrdered(tokens: TokenStream): UnresolvedRelation {
  let relation = readCombined(tokens, LOOSEST_FIRST)
  if (tokens.accept('ORDER', 'BY'))
    relation = { kind: 'sort', input: relation, orders: tokens.list(() => readSortOrder(tokens)) }
  return readLimit(tokens, relation)
}

/** The words of set operations; those that bind more tightly come later. */
const LOOSEST_FIRST: readonly Readonly<Record<string, SetOperation>>[] = [
  { UNION: 'union', EXCEPT: 'except', MINUS: 'except' },
  { INTERSECT: 'intersect' },
]

/** Queries and the set operations between them, from left to right. */
function readCombined(
  tokens: TokenStream,
  [operations, ...tighter]: readonly Readonly<Record<string, SetOperation>>[],
): UnresolvedRelation {
  if (operations === undefined) return readBody(tokens)
  const start = tokens.peek()
  let left = readCombined(tokens, tighter)
  for (;;) {
    const word = Object.keys(operations).find((one) => tokens.at(one))
    if (word === undefined || !startsClause(tokens, 0)) return left
    tokens.next()
    const all = tokens.accept('ALL')
    if (!all) tokens.accept('DISTINCT')
    const operation = operations[word]!
    const right = readCombined(tokens, tighter)
    // A union of many is one relation: generated SQL has chains of thousands.
    const chain = operation === 'union' && all && isUnionAll(left) ? left.inputs : [left]
    const inputs = [...chain, right]
    left = { kind: 'setOperation', operation, all, inputs, origin: tokens.originFrom(start) }
  }
}

const isUnionAll = (relation: UnresolvedRelation): relation is Extract<UnresolvedRelation, { kind: 'setOperation' }> =>
  relation.kind === 'setOperation' && relation.operation === 'union' && relation.all

/** A select, rows, a table, or a query in parentheses. */
function readBody(tokens: TokenStream): UnresolvedRelation {
  if (tokens.accept('(')) {
    const query = readQuery(tokens)
    tokens.expect(')')
    return query
  }
  if (tokens.at('VALUES')) return readInlineTable(tokens)
  if (tokens.accept('TABLE')) return readTableName(tokens)
  if (!tokens.at('SELECT')) throw tokens.unexpected()
  return readSelect(tokens)
}

/** VALUES with the names behind it, which belong to it. */
function readInlineTable(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  const values = readValues(tokens)
  const aliased = readAlias(tokens, values)
  const origin = tokens.originFrom(start)
  if (aliased.kind !== 'subqueryAlias') return { ...values, origin }
  const { columns, ...named } = aliased
  return { ...named, input: { ...values, ...(columns ? { columns } : {}), origin } }
}

function readSelect(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  tokens.expect('SELECT')
  const broadcast = readBroadcastHint(tokens)
  const distinct = acceptQuantifier(tokens)
  const output = tokens.list(() => readNamedExpression(tokens))
  let input: UnresolvedRelation = tokens.accept('FROM') ? readFrom(tokens, broadcast) : { kind: 'oneRow' }
  if (tokens.accept('WHERE')) {
    const whereStart = tokens.peek()
    const condition = readExpression(tokens)
    input = { kind: 'filter', input, condition, origin: tokens.originFrom(whereStart) }
  }
  const groupBy = tokens.accept('GROUP', 'BY') ? readGroupBy(tokens) : undefined
  const having = tokens.accept('HAVING') ? readExpression(tokens) : undefined
  if (tokens.atAny(AFTER_SELECT_UNSUPPORTED) && !endsAt(tokens, 1)) throw tokens.unsupported(tokens.peek().match)
  const origin = tokens.originFrom(start)
  const selected: UnresolvedRelation =
    groupBy || having
      ? { kind: 'aggregate', input, groupBy: groupBy ?? [], output, ...(having ? { having } : {}), origin }
      : { kind: 'project', input, expressions: output, origin }
  return distinct ? { kind: 'distinct', input: selected } : selected
}

/** Names in `/*+ BROADCAST(t) *​/` (also MAPJOIN, BROADCASTJOIN); other hints are refused rather than ignored. */
function readBroadcastHint(tokens: TokenStream): ReadonlySet<string> {
  const hint = tokens.peek()
  if (hint.kind !== 'hint') return new Set()
  tokens.next()
  const match = /^(?:BROADCAST|BROADCASTJOIN|MAPJOIN)\s*\(([^()]*)\)$/i.exec(hint.text)
  if (!match) throw tokens.unsupported(`the hint ${hint.text}`, hint)
  return new Set(match[1]!.split(',').map((name) => name.trim().replaceAll('`', '').toLowerCase()))
}

function readGroupBy(tokens: TokenStream): UnresolvedExpression[] {
  if (tokens.at('ALL') && endsAt(tokens, 1)) throw tokens.unsupported('GROUP BY ALL')
  for (const extension of ['ROLLUP', 'CUBE']) if (tokens.at(extension, '(')) throw tokens.unsupported(extension)
  if (tokens.at('GROUPING', 'SETS')) throw tokens.unsupported('GROUPING SETS')
  const keys = tokens.list(() => readExpression(tokens))
  if (tokens.at('WITH', 'ROLLUP') || tokens.at('WITH', 'CUBE')) throw tokens.unsupported('ROLLUP and CUBE')
  return keys
}

function readSortOrder(tokens: TokenStream): UnresolvedExpression {
  const start = tokens.peek()
  const child = readExpression(tokens)
  const direction = tokens.accept('DESC') ? 'desc' : 'asc'
  if (direction === 'asc') tokens.accept('ASC')
  const nulls = tokens.accept('NULLS', 'FIRST') ? 'first' : tokens.accept('NULLS', 'LAST') ? 'last' : undefined
  return { kind: 'sortOrder', child, direction, ...(nulls ? { nulls } : {}), origin: tokens.originFrom(start) }
}

function readFrom(tokens: TokenStream, broadcast: ReadonlySet<string>): UnresolvedRelation {
  let left = readJoins(tokens, broadcast)
  while (tokens.accept(','))
    left = withHint({ kind: 'join', left, right: readJoins(tokens, broadcast), type: 'cross' }, broadcast)
  return left
}

function readJoins(tokens: TokenStream, broadcast: ReadonlySet<string>): UnresolvedRelation {
  const start = tokens.peek()
  let left = readTable(tokens)
  for (;;) {
    const natural = tokens.at('NATURAL') && startsClause(tokens, 0) && tokens.accept('NATURAL')
    const type = readJoinType(tokens)
    if (natural && type === undefined) throw tokens.unexpected('expected a join')
    if (type === undefined) return left
    const right = readTable(tokens)
    const condition = !natural && tokens.accept('ON') ? readExpression(tokens) : undefined
    const using = !natural && condition === undefined && tokens.accept('USING') ? readColumnNames(tokens) : undefined
    const origin = tokens.originFrom(start)
    left = withHint(
      {
        kind: 'join',
        left,
        right,
        type,
        ...(condition ? { condition } : {}),
        ...(using ? { using } : {}),
        ...(natural ? { natural } : {}),
        origin,
      },
      broadcast,
    )
  }
}

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

function withHint(join: Join, broadcast: ReadonlySet<string>): Join {
  const names = (relation: UnresolvedRelation): boolean =>
    (relation.kind === 'subqueryAlias' && broadcast.has(relation.alias.toLowerCase())) ||
    (relation.kind === 'table' && broadcast.has(relation.name.at(-1)!.toLowerCase()))
  if (names(join.right)) return { ...join, hint: 'broadcast-right' }
  return names(join.left) ? { ...join, hint: 'broadcast-left' } : join
}

/** The words of a join, longest first. */
const JOINS: readonly (readonly [words: readonly string[], type: JoinType])[] = [
  [['LEFT', 'OUTER', 'JOIN'], 'left'],
  [['RIGHT', 'OUTER', 'JOIN'], 'right'],
  [['FULL', 'OUTER', 'JOIN'], 'full'],
  [['LEFT', 'SEMI', 'JOIN'], 'left_semi'],
  [['LEFT', 'ANTI', 'JOIN'], 'left_anti'],
  [['INNER', 'JOIN'], 'inner'],
  [['CROSS', 'JOIN'], 'cross'],
  [['LEFT', 'JOIN'], 'left'],
  [['RIGHT', 'JOIN'], 'right'],
  [['FULL', 'JOIN'], 'full'],
  [['SEMI', 'JOIN'], 'left_semi'],
  [['ANTI', 'JOIN'], 'left_anti'],
  [['JOIN'], 'inner'],
]

const readJoinType = (tokens: TokenStream): JoinType | undefined =>
  JOINS.find(([words]) => tokens.accept(...words))?.[1]

function readTable(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  if (tokens.accept('(')) {
    const isQuery = beginsQuery(tokens, 0)
    const inner = isQuery ? readQuery(tokens) : readFrom(tokens, new Set())
    tokens.expect(')')
    const aliased = readAlias(tokens, inner)
    // The aliases within a derived table are not seen outside, whether or not it has one itself.
    return isQuery && aliased === inner ? { kind: 'subqueryAlias', input: inner, alias: UNNAMED_QUERY } : aliased
  }
  if (tokens.at('LATERAL') && !isTableName(tokens)) throw tokens.unsupported('LATERAL')
  if (tokens.at('VALUES') && !isNameOfValues(tokens)) return readInlineTable(tokens)
  const table = readTableName(tokens)
  if (tokens.at('(')) throw tokens.unsupported('table functions', start)
  for (const word of ['TABLESAMPLE', 'PIVOT', 'UNPIVOT'])
    if (tokens.at(word) && !endsAt(tokens, 1)) throw tokens.unsupported(word)
  return readAlias(tokens, table)
}

function readTableName(tokens: TokenStream): Extract<UnresolvedRelation, { kind: 'table' }> {
  const start = tokens.peek()
  const name = [readName(tokens, 'expected a table')]
  while (tokens.accept('.')) {
    const part = tokens.peek()
    if (part.kind !== 'word' && part.kind !== 'quoted') throw tokens.unexpected('expected a name after the point')
    name.push(tokens.next().text)
  }
  return { kind: 'table', name, origin: tokens.originFrom(start) }
}

/** Whether VALUES is the name of a table, as an alias or nothing of its own stands behind it. */
const isNameOfValues = (tokens: TokenStream): boolean =>
  endsAt(tokens, 1) ||
  isExplicitAlias(tokens, 1) ||
  tokens.at('VALUES', '.') ||
  (tokens.peek(1).kind === 'word' && endsAt(tokens, 2))

/** Whether a word that may begin a relation of its own is the name of a table. */
function isTableName(tokens: TokenStream): boolean {
  const { kind, match } = tokens.peek(1)
  return endsAt(tokens, 1) || (kind === 'word' && match !== 'LATERAL') || (kind === 'symbol' && match === '.')
}

function readAlias(tokens: TokenStream, input: UnresolvedRelation): UnresolvedRelation {
  if (isExplicitAlias(tokens)) {
    tokens.next()
    // Words that cannot stand without AS cannot stand behind it either.
    if (!isBareAlias(tokens, 'table')) throw tokens.unexpected('expected an alias')
  } else if (!isBareAlias(tokens, 'table')) return input
  const alias = readName(tokens, 'expected an alias')
  return { kind: 'subqueryAlias', input, alias, ...(tokens.at('(') ? { columns: readColumnNames(tokens) } : {}) }
}

function readColumnNames(tokens: TokenStream): string[] {
  tokens.expect('(')
  const names = tokens.list(() => readName(tokens, 'expected the name of a column'))
  tokens.expect(')')
  return names
}
