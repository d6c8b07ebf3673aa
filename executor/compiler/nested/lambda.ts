import type { Expression, Lambda } from '../../../planner/plan/expression/expression.js'
import { childrenOf } from '../../../planner/plan/expression/transform.js'
import type { Scope } from '../expression/scope.js'
import type { Value } from '../expression/value.js'

/*
 * A lambda is compiled where it is applied: its body stands in the loop over elements, its parameters are the values of these. So a function that
 * takes one computes what the body needs of the row (`computeColumns`), opens the array, and in the loop applies the lambda in a fork of the scope.
 */

/** Computes the columns that lambdas use, before the loop over elements in which their bodies stand. */
export function computeColumns(scope: Scope, lambdas: readonly Expression[]): void {
  for (const e of lambdas) {
    if (e.kind === 'bound') scope.column(e.ordinal)
    else computeColumns(scope, childrenOf(e))
  }
}

/** The value of a lambda for arguments, of which there may be more than it has parameters. The scope is that of one run of a loop. */
export function applyLambda(lambda: Lambda, scope: Scope, args: readonly Value[]): Value {
  return scope.bind(lambda.parameters.map(({ level }, i) => [level, args[i]!])).value(lambda.body)
}
