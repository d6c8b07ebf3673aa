import type { SetOperation, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { GRAMMAR, readName } from './expressions.js'
import { startsClause } from './keywords.js'
import { readOrderAndLimit } from './order-limit.js'
import { readSelect } from './select.js'
import { readColumnNames, readInlineTable, readTableName } from './table-reference.js'
import { type Grammar, TokenStream } from './token-stream.js'

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
  return readOrderAndLimit(tokens, readCombined(tokens, LOOSEST_FIRST))
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
