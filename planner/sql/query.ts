import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { SetOperation, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { acceptQuantifier } from './calls.js'
import { GRAMMAR, readExpression, readName, readNamedExpression } from './expressions.js'
import { readBroadcastHint, readColumnNames, readFrom, readInlineTable, readTableName } from './from.js'
import { readGroupBy } from './group-by.js'
import { endsAt, startsClause } from './keywords.js'
import { readLimit } from './limit.js'
import { readSortOrder } from './sort-order.js'
import { type Grammar, TokenStream } from './token-stream.js'
import { readWindowClause, withWindows } from './windows.js'

const AFTER_SELECT_UNSUPPORTED = new Set(['LATERAL', 'CLUSTER', 'DISTRIBUTE', 'SORT'])

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
  const windows = readWindowClause(tokens)
  return readLimit(tokens, windows ? withWindows(relation, windows) : relation)
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
  const windows = readWindowClause(tokens)
  const qualify = tokens.at('QUALIFY') && startsClause(tokens, 0) ? readQualify(tokens) : undefined
  if (tokens.atAny(AFTER_SELECT_UNSUPPORTED) && !endsAt(tokens, 1)) throw tokens.unsupported(tokens.peek().match)
  const over = { input, ...(qualify ? { qualify } : {}), origin: tokens.originFrom(start) }
  const written: UnresolvedRelation =
    groupBy || having
      ? { kind: 'aggregate', ...(groupBy ?? { groupBy: [] }), output, ...(having ? { having } : {}), ...over }
      : { kind: 'project', expressions: output, ...over }
  const selected = windows ? withWindows(written, windows) : written
  return distinct ? { kind: 'distinct', input: selected } : selected
}

function readQualify(tokens: TokenStream): UnresolvedExpression {
  tokens.expect('QUALIFY')
  return readExpression(tokens)
}
