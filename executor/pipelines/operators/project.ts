import type { Expression, ExprId, NamedExpression } from '../../../planner/plan/expression/expression.js'
import type { PhysicalProject } from '../../../planner/plan/physical/plan.js'
import { compileExpression } from '../../compiler/expression/compile.js'
import type { ColumnSource, Scope } from '../../compiler/expression/scope.js'
import { computeShared } from '../../compiler/expression/shared.js'
import { weightInLine } from '../../compiler/expression/weight.js'
import type { Consumer } from '../codegen/consumer.js'
import type { ExecutableOperator } from './operator.js'

export const project: ExecutableOperator<PhysicalProject> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, projected(plan.projections, next)),
}

/** Passes rows on with these expressions as their columns, none of which are tests. */
export const projectedTo = (expressions: readonly Expression[], next: Consumer): Consumer =>
  projected(
    expressions.map((expression, i) => ({ id: i as ExprId, name: '', expression })),
    next,
  )

/** Passes rows on as a projection sees them. */
function projected(projections: readonly NamedExpression[], next: Consumer): Consumer {
  const { selection } = next
  return {
    begin: (f) => next.begin(f),
    end: (f) => next.end(f),
    row: (scope, flow) => next.row(scope.over(projectedSource(scope, projections)), flow),
    vector: (f, columns) => next.vector?.(f, projectedColumns(columns, projections)),
    ...(selection && {
      selection: {
        tests: selection.tests.map(({ push, vector, range }) => ({
          push: (scope) => push(scope.over(projectedSource(scope, projections))),
          ...(vector && { vector: (columns, context) => vector(projectedColumns(columns, projections), context) }),
          ...(range && { range: (columnOf) => range(projectedColumns(columnOf, projections)) }),
        })),
        row: (scope, flow, kept) => selection.row(scope.over(projectedSource(scope, projections)), flow, kept),
      },
    }),
  }
}

/** The columns of a projection that are columns below it. */
function projectedColumns<T>(
  columns: (ordinal: number) => T | undefined,
  projections: readonly NamedExpression[],
): (ordinal: number) => T | undefined {
  return (ordinal) => {
    const { expression } = projections[ordinal]!
    return expression.kind === 'bound' ? columns(expression.ordinal) : undefined
  }
}

/** The columns of a projection: each evaluated over the scope below when it is first needed. */
function projectedSource(scope: Scope, projections: readonly NamedExpression[]): ColumnSource {
  return {
    column: (ordinal) => compileExpression(projections[ordinal]!.expression, scope),
    code: (ordinal) => {
      const { expression } = projections[ordinal]!
      return expression.kind === 'bound' ? scope.code(expression.ordinal) : undefined
    },
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
