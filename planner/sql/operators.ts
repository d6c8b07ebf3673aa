import type { Origin } from '../../common/errors/condition.js'
import type { UnresolvedExpression } from '../plan/unresolved/expression.js'
import { isOperator } from './keywords.js'
import type { TokenStream } from './token-stream.js'

/** A call as the parser makes it. */
export const fn = (name: string, args: readonly UnresolvedExpression[], origin: Origin): UnresolvedExpression => ({
  kind: 'function',
  name,
  args,
  origin,
})

/** Takes a word that is an operator, unless it is the alias of what stands before it. */
export function acceptOperator(tokens: TokenStream, word: string): boolean {
  if (!isOperator(tokens, word)) return false
  tokens.next()
  return true
}

/** Operators between two operands, loosest first, and the functions that they call. */
const OPERATORS: readonly Readonly<Record<string, string>>[] = [
  { '|': '|' },
  { '^': '^' },
  { '&': '&' },
  { '<<': '<<', '>>>': '>>>', '>>': '>>' },
  { '+': '+', '-': '-', '||': 'concat' },
  { '*': '*', '/': '/', '%': '%', DIV: 'div' },
]

/** Operands and the operators between them. @param readOne reads one operand */
export function readBinary(
  tokens: TokenStream,
  readOne: (tokens: TokenStream) => UnresolvedExpression,
  level = 0,
): UnresolvedExpression {
  const operators = OPERATORS[level]
  if (operators === undefined) return readOne(tokens)
  const start = tokens.peek()
  let left = readBinary(tokens, readOne, level + 1)
  for (;;) {
    const name = Object.keys(operators).find((operator) => acceptBinary(tokens, operator))
    if (name === undefined) return left
    left = fn(operators[name]!, [left, readBinary(tokens, readOne, level + 1)], tokens.originFrom(start))
  }
}

function acceptBinary(tokens: TokenStream, operator: string): boolean {
  if (operator === 'DIV') return acceptOperator(tokens, operator)
  return /^[<>]/.test(operator) ? tokens.acceptJoined(operator) : tokens.accept(operator)
}
