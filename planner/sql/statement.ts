import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readName } from './expressions.js'
import type { Parameters } from './parameters.js'
import { QUERY_GRAMMAR, readQuery } from './query.js'
import { TokenStream } from './token-stream.js'

/** What a line of SQL may be. */
export type Statement =
  | { readonly kind: 'query'; readonly query: UnresolvedRelation }
  | { readonly kind: 'explain'; readonly mode: 'simple' | 'extended'; readonly query: UnresolvedRelation }
  | {
      readonly kind: 'createView'
      readonly name: string
      readonly replace: boolean
      readonly query: UnresolvedRelation
    }
  | { readonly kind: 'dropView'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'showTables' }
  | { readonly kind: 'describe'; readonly name: readonly string[] }

/** Reads one statement. @throws PARSE_SYNTAX_ERROR, UNSUPPORTED_FEATURE */
export function parseStatement(text: string, parameters?: Parameters): Statement {
  const tokens = new TokenStream(text, QUERY_GRAMMAR, parameters)
  const statement = readStatement(tokens)
  tokens.expectEnd()
  return statement
}

/** First words of statements that Spark knows and this engine does not. */
const UNSUPPORTED = new Set(
  'ALTER ANALYZE CACHE CREATE DELETE DROP INSERT LOAD MERGE REFRESH REPLACE RESET SET SHOW TRUNCATE UNCACHE UPDATE USE'.split(
    ' ',
  ),
)

function readStatement(tokens: TokenStream): Statement {
  if (tokens.accept('EXPLAIN')) {
    const mode = tokens.accept('EXTENDED') ? 'extended' : 'simple'
    return { kind: 'explain', mode, query: readQuery(tokens) }
  }
  if (tokens.accept('SHOW', 'TABLES')) return { kind: 'showTables' }
  if (tokens.accept('DESCRIBE') || tokens.accept('DESC')) {
    tokens.accept('TABLE')
    const name = [readName(tokens, 'expected a table')]
    while (tokens.accept('.')) name.push(readName(tokens, 'expected a name after the point'))
    return { kind: 'describe', name }
  }
  const start = tokens.peek()
  if (tokens.accept('CREATE')) {
    const replace = tokens.accept('OR', 'REPLACE')
    if (!tokens.accept('TEMP', 'VIEW') && !tokens.accept('TEMPORARY', 'VIEW'))
      throw tokens.unsupported('CREATE other than TEMP VIEW', start)
    const name = readName(tokens, 'expected the name of the view')
    tokens.expect('AS')
    return { kind: 'createView', name, replace, query: readQuery(tokens) }
  }
  if (tokens.accept('DROP', 'VIEW')) {
    const ifExists = tokens.accept('IF', 'EXISTS')
    return { kind: 'dropView', name: readName(tokens, 'expected the name of the view'), ifExists }
  }
  if (tokens.atAny(UNSUPPORTED)) throw tokens.unsupported(`the statement ${start.match}`, start)
  return { kind: 'query', query: readQuery(tokens) }
}
