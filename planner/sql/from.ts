import { type JoinType, UNNAMED_QUERY, type UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression, readName, readQualifiedName } from './expressions.js'
import { readValues } from './inline-table.js'
import { beginsQuery, endsAt, isBareAlias, isExplicitAlias, startsClause } from './keywords.js'
import { readPivot, readUnpivot } from './reshape.js'
import { readSample } from './sample.js'
import type { TokenStream } from './token-stream.js'

/** Names in `/*+ BROADCAST(t) *​/` (also MAPJOIN, BROADCASTJOIN); other hints are refused rather than ignored. */
export function readBroadcastHint(tokens: TokenStream): ReadonlySet<string> {
  const hint = tokens.peek()
  if (hint.kind !== 'hint') return new Set()
  tokens.next()
  const match = /^(?:BROADCAST|BROADCASTJOIN|MAPJOIN)\s*\(([^()]*)\)$/i.exec(hint.text)
  if (!match) throw tokens.unsupported(`the hint ${hint.text}`, hint)
  return new Set(match[1]!.split(',').map((name) => name.trim().replaceAll('`', '').toLowerCase()))
}

export function readFrom(tokens: TokenStream, broadcast: ReadonlySet<string>): UnresolvedRelation {
  let left = readJoins(tokens, broadcast)
  while (tokens.accept(','))
    left = withHint({ kind: 'join', left, right: readJoins(tokens, broadcast), type: 'cross' }, broadcast)
  return left
}

function readJoins(tokens: TokenStream, broadcast: ReadonlySet<string>): UnresolvedRelation {
  const start = tokens.peek()
  let left = readTable(tokens)
  for (;;) {
    const reshaped = readPivot(tokens, left) ?? readUnpivot(tokens, left)
    if (reshaped) {
      left = readAlias(tokens, reshaped)
      continue
    }
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
    const inner = isQuery ? tokens.query() : readFrom(tokens, new Set())
    tokens.expect(')')
    const aliased = readAlias(tokens, readSample(tokens, inner))
    // The aliases within a derived table are not seen outside, whether or not it has one itself.
    return isQuery && aliased === inner ? { kind: 'subqueryAlias', input: inner, alias: UNNAMED_QUERY } : aliased
  }
  if (tokens.at('LATERAL') && !isTableName(tokens)) throw tokens.unsupported('LATERAL')
  if (tokens.at('VALUES') && !isNameOfValues(tokens)) return readInlineTable(tokens)
  const table = readTableName(tokens)
  if (tokens.at('(')) throw tokens.unsupported('table functions', start)
  return readAlias(tokens, readSample(tokens, table))
}

export function readTableName(tokens: TokenStream): Extract<UnresolvedRelation, { kind: 'table' }> {
  const start = tokens.peek()
  const name = readQualifiedName(tokens, 'expected a table')
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

export function readColumnNames(tokens: TokenStream): string[] {
  tokens.expect('(')
  const names = tokens.list(() => readName(tokens, 'expected the name of a column'))
  tokens.expect(')')
  return names
}

/** VALUES with the names behind it, which belong to it. */
export function readInlineTable(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  const values = readValues(tokens)
  const aliased = readAlias(tokens, values)
  const origin = tokens.originFrom(start)
  if (aliased.kind !== 'subqueryAlias') return { ...values, origin }
  const { columns, ...named } = aliased
  return { ...named, input: { ...values, ...(columns ? { columns } : {}), origin } }
}
