import type { QuerySettings } from '../plan/query-settings.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression } from './expressions.js'
import { beginsQuery } from './keywords.js'
import { QUERY_GRAMMAR, readQuery } from './query.js'
import { TokenStream } from './token-stream.js'

/** What stands behind RETURN. */
export type FunctionBody =
  | { readonly kind: 'expression'; readonly expression: UnresolvedExpression }
  | { readonly kind: 'query'; readonly query: UnresolvedRelation }

/** The body of a function in SQL, which goes to the end of the statement. A query in parentheses is one. */
export function readFunctionBody(tokens: TokenStream): FunctionBody {
  const isInParentheses = tokens.at('(') && beginsQuery(tokens, 1) && tokens.peek(tokens.closing(0) + 1).kind === 'end'
  if (!isInParentheses && !beginsQuery(tokens, 0)) return { kind: 'expression', expression: readExpression(tokens) }
  return { kind: 'query', query: readQuery(tokens) }
}

/** A body as the catalog has it. */
export function parseFunctionBody(text: string, settings: QuerySettings): FunctionBody {
  const tokens = new TokenStream(text, QUERY_GRAMMAR, { settings })
  const body = readFunctionBody(tokens)
  tokens.expectEnd()
  return body
}
