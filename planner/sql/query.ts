import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { GRAMMAR, readName } from './expressions.js'
import { readOrderAndLimit } from './order-limit.js'
import { readPipeOperator } from './pipe.js'
import { readFromFirst, readSelect } from './select.js'
import { readCombined, readSetOperation } from './set-operations.js'
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
