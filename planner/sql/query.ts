import type { QuerySettings } from '../plan/query-settings.js'
import type { CommonTable, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { GRAMMAR, readWholeName } from './expressions.js'
import { beginsQuery } from './keywords.js'
import { readOrderAndLimit } from './order-limit.js'
import { readPipeOperator } from './pipe.js'
import { readFromFirst, readSelect } from './select.js'
import { readCombined, readSetOperation } from './set-operations.js'
import { readColumnNames, readInlineTable, readTableName } from './table-reference.js'
import { type Grammar, TokenStream } from './token-stream.js'

/** Of text that may hold queries. */
export const QUERY_GRAMMAR: Grammar = { ...GRAMMAR, query: (tokens) => readQuery(tokens) }

/** Reads a query. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE */
export function parseQuery(text: string, settings?: QuerySettings): UnresolvedRelation {
  const tokens = new TokenStream(text, QUERY_GRAMMAR, settings ? { settings } : {})
  const query = readQuery(tokens)
  tokens.expectEnd()
  return query
}

/** `[WITH …] SELECT … [ORDER BY …] [LIMIT …] [OFFSET …]`. */
export function readQuery(tokens: TokenStream): UnresolvedRelation {
  return tokens.nested(() => {
    if (!tokens.accept('WITH')) return readOrdered(tokens)
    const isRecursive = tokens.at('RECURSIVE') && tokens.peek(1).match !== 'AS' && tokens.accept('RECURSIVE')
    const ctes = tokens.list(() => readCommonTable(tokens, isRecursive))
    return { kind: 'with', ctes, input: readOrdered(tokens) }
  })
}

/** `name[(columns)] [MAX RECURSION LEVEL n] [AS] (query)`. */
function readCommonTable(tokens: TokenStream, isRecursive: boolean): CommonTable {
  const name = readWholeName(tokens, 'expected the name of a CTE')
  const columns = tokens.at('(') && !beginsQuery(tokens, 1) ? readColumnNames(tokens) : undefined
  const maxLevels = tokens.accept('MAX', 'RECURSION', 'LEVEL') ? readLevel(tokens) : undefined
  tokens.accept('AS')
  const relation = tokens.subquery()
  const recursive = isRecursive ? { recursive: maxLevels === undefined ? {} : { maxLevels } } : {}
  return { name, ...(columns ? { columns } : {}), relation, ...recursive }
}

function readLevel(tokens: TokenStream): number {
  const { kind, text } = tokens.peek()
  if (kind !== 'number' || !/^\d+$/.test(text)) throw tokens.unexpected('expected a number of levels')
  tokens.next()
  return Number(text)
}

function readOrdered(tokens: TokenStream): UnresolvedRelation {
  let query = readCombined(tokens, readBody)
  while (tokens.accept('|>')) {
    const piped = readSetOperation(tokens, query, readBody) ?? readPipeOperator(tokens, query)
    query = readCombined(tokens, readBody, piped)
  }
  return readOrderAndLimit(tokens, query)
}

/** A select, rows, a table, or a query in parentheses. */
function readBody(tokens: TokenStream): UnresolvedRelation {
  if (tokens.accept('(')) {
    const query = readQuery(tokens)
    tokens.expect(')')
    return query
  }
  if (tokens.at('VALUES')) return readInlineTable(tokens)
  if (tokens.accept('TABLE')) return readTableName(tokens)
  if (tokens.at('FROM')) return readFromFirst(tokens)
  if (!tokens.at('SELECT')) throw tokens.unexpected()
  return readSelect(tokens)
}
