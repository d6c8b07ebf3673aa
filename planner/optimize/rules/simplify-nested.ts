import type { Expression } from '../../plan/expression/expression.js'
import { expressionRule } from '../expressions.js'

/** A field of a struct that is made on the spot is the value it is made of; a cast to the same type is its operand. */
function simplify(e: Expression): Expression {
  if (e.kind === 'getField' && e.child.kind === 'call' && e.child.fn === 'named_struct') return e.child.args[e.ordinal]!
  return e
}

export const simplifyNested = expressionRule('simplify nested', simplify)
