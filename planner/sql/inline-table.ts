import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import { readExpression, readNamedExpression } from './expressions.js'
import { endsAt } from './keywords.js'
import type { TokenStream } from './token-stream.js'

/** Reads `VALUES row, …`; the alias behind it is for whoever calls. */
export function readValues(tokens: TokenStream): Extract<UnresolvedRelation, { kind: 'values' }> {
  const start = tokens.peek()
  tokens.expect('VALUES')
  const rows = tokens.list(() => readRow(tokens))
  return { kind: 'values', rows, origin: tokens.originFrom(start) }
}

/** `(1, 'a')`, `struct(1, 'a')`, or one expression for a row of one column; names of members say nothing. */
function readRow(tokens: TokenStream): readonly UnresolvedExpression[] {
  const row = isInParentheses(tokens) ? readMembers(tokens) : [readExpression(tokens)]
  const [first] = row
  const isStruct = row.length === 1 && first!.kind === 'function' && first!.name === 'struct'
  return isStruct ? first.args.map(withoutAlias) : row
}

/** Whether the row ends with the parenthesis: the operand of an operator may stand in parentheses as well. */
function isInParentheses(tokens: TokenStream): boolean {
  if (!tokens.at('(')) return false
  const behind = tokens.closing(0) + 1
  return tokens.peek(behind).kind !== 'symbol' || endsAt(tokens, behind)
}

function readMembers(tokens: TokenStream): readonly UnresolvedExpression[] {
  tokens.expect('(')
  const isRowInside = tokens.at('(') && tokens.peek(tokens.closing(0) + 1).match === ')'
  const members = isRowInside
    ? tokens.nested(() => readMembers(tokens))
    : tokens.list(() => readNamedExpression(tokens))
  tokens.expect(')')
  return members.map(withoutAlias)
}

const withoutAlias = (e: UnresolvedExpression): UnresolvedExpression => (e.kind === 'alias' ? e.child : e)
