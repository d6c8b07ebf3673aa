import type { NamedExpression } from '../../../planner/plan/expression/expression.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { computeShared } from '../../compiler/expression/shared.js'
import { weightInLine } from '../../compiler/expression/weight.js'

/** The columns of a projection: each evaluated over the scope below when it is first needed. */
export function projectedSource(scope: Scope, projections: readonly NamedExpression[]): ColumnSource {
  return {
    column: (ordinal) => compileExpression(projections[ordinal]!.expression, scope),
    computeShared: (pieces) =>
      computeShared(
        scope,
        pieces.map((piece) => piece.map((ordinal) => projections[ordinal]!.expression)),
      ),
    fork: () => projectedSource(scope.fork(), projections),
    within: (f, carry) => projectedSource(scope.within(f, carry), projections),
    weight: (ordinal) => weightInLine(projections[ordinal]!.expression),
  }
}
