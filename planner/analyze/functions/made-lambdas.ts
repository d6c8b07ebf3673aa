import type { DataType } from '../../../columnar/types.js'
import type { Expression, Lambda, LambdaVariable } from '../../plan/expression/expression.js'
import { childrenOf } from '../../plan/expression/transform.js'

/* Lambdas that functions are made of, which nobody wrote. */

/** Variables of types for a body over some expressions, which may stand within lambdas themselves: theirs are told apart by their levels. */
export function madeVariables(types: readonly DataType[], over: readonly Expression[]): readonly LambdaVariable[] {
  const first = highestOf(over) + 1
  return types.map((type, i) =>
    Object.freeze({ kind: 'variable', name: `v${first + i}`, level: first + i, type, nullable: true }),
  )
}

const highestOf = (expressions: readonly Expression[]): number =>
  expressions.reduce((highest, e) => Math.max(highest, highestLevel(e)), -1)

const highestLevel = (e: Expression): number => Math.max(e.kind === 'variable' ? e.level : -1, highestOf(childrenOf(e)))

export const madeLambda = (parameters: readonly LambdaVariable[], body: Expression): Lambda =>
  Object.freeze({ kind: 'lambda', parameters, body, type: body.type, nullable: body.nullable })
