import { MillraceError } from '../../common/errors/millrace-error.js'
import { type JoinType, UNNAMED_QUERY, type UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import { isFileTable, readFileTable } from './file-table.js'
import { beginsQuery, startsClause } from './keywords.js'
import { readLateralViews } from './lateral-view.js'
import { atNearest, readNearest } from './nearest.js'
import { readPivot, readUnpivot } from './reshape.js'
import { readSample } from './sample.js'
import {
  isNameOfValues,
  isTableFunction,
  isTableName,
  readAlias,
  readColumnNames,
  readInlineTable,
  readTableFunction,
  readTableName,
} from './table-reference.js'
import type { Token } from './token.js'
import type { TokenStream } from './token-stream.js'

/** Tables and the joins between them. Each is joined with all that stands before it. */
export function readFrom(tokens: TokenStream): UnresolvedRelation {
  const start = tokens.peek()
  acceptLateral(tokens)
  let left = readJoins(tokens, readTable(tokens), start)
  while (tokens.accept(',')) {
    const { lateral, right } = readJoined(tokens)
    const origin = tokens.originFrom(start)
    const crossed: Join = { kind: 'join', left, right, type: 'cross', ...lateral, origin }
    left = readJoins(tokens, crossed, start)
  }
  return readLateralViews(tokens, left)
}

/** Tables that stand before, and what follows as long as these are joins. */
function readJoins(tokens: TokenStream, first: UnresolvedRelation, start: Token): UnresolvedRelation {
  let left = first
  for (;;) {
    const next = readReshaped(tokens, left) ?? readJoin(tokens, left, start)
    if (!next) return left
    left = next
  }
}

function readReshaped(tokens: TokenStream, left: UnresolvedRelation): UnresolvedRelation | undefined {
  const reshaped = readPivot(tokens, left) ?? readUnpivot(tokens, left)
  return reshaped && readAlias(tokens, reshaped)
}

/** The join that comes next, if one does. */
export function readJoin(tokens: TokenStream, left: UnresolvedRelation, start: Token): UnresolvedRelation | undefined {
  const joinStart = tokens.peek()
  const natural = tokens.at('NATURAL') && startsClause(tokens, 0) && tokens.accept('NATURAL')
  const type = readJoinType(tokens)
  if (natural && type === undefined) throw tokens.unexpected('expected a join')
  if (type === undefined) return undefined
  const { lateral, right } = readJoined(tokens)
  const nearest = !natural && atNearest(tokens) ? readNearest(tokens, type, joinStart) : undefined
  if (nearest && lateral.lateral) {
    const { origin } = nearest
    throw new MillraceError('UNSUPPORTED_FEATURE.LATERAL_JOIN_NEAREST_BY', {}, { origin })
  }
  if (nearest) return { kind: 'join', left, right, type, nearest, origin: nearest.origin! }
  const condition = !natural && tokens.accept('ON') ? readExpression(tokens) : undefined
  const using = !natural && condition === undefined && tokens.accept('USING') ? readColumnNames(tokens) : undefined
  return {
    kind: 'join',
    left,
    right,
    type,
    ...lateral,
    ...(condition ? { condition } : {}),
    ...(using ? { using } : {}),
    ...(natural ? { natural } : {}),
    origin: tokens.originFrom(start),
  }
}

/** The right side of a join. */
function readJoined(tokens: TokenStream): {
  readonly lateral: { lateral?: boolean }
  readonly right: UnresolvedRelation
} {
  const isLateral = acceptLateral(tokens)
  return { lateral: isLateral ? { lateral: true } : {}, right: readTable(tokens) }
}

/** @throws INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC before anything else than a subquery or a table function */
function acceptLateral(tokens: TokenStream): boolean {
  const start = tokens.peek()
  if (!tokens.at('LATERAL') || isTableName(tokens)) return false
  tokens.next()
  const isSubquery = tokens.at('(') && beginsQuery(tokens, 1)
  if (!isSubquery && !isTableFunction(tokens)) {
    const condition = 'INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC'
    throw new MillraceError(condition, {}, { origin: tokens.originFrom(start) })
  }
  return true
}

type Join = Extract<UnresolvedRelation, { kind: 'join' }>

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
    const inner = isQuery ? tokens.query() : readFrom(tokens)
    tokens.expect(')')
    const aliased = readAlias(tokens, readSample(tokens, inner))
    // The aliases within a derived table are not seen outside, whether or not it has one itself.
    return isQuery && aliased === inner ? { kind: 'subqueryAlias', input: inner, alias: UNNAMED_QUERY } : aliased
  }
  if (tokens.at('VALUES') && !isNameOfValues(tokens)) return readInlineTable(tokens)
  if (isFileTable(tokens)) return readAlias(tokens, readSample(tokens, readFileTable(tokens)))
  const table = readTableName(tokens)
  if (tokens.at('(')) return readTableFunction(tokens, table.name, start)
  return readAlias(tokens, readSample(tokens, table))
}
