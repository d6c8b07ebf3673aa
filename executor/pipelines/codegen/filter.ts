import { groupBy } from '../../../common/group-by.js'
import type { Expression, NamedExpression } from '../../../planner/plan/expression/expression.js'
import { compileCondition, compileConjuncts, conditionParts, pushGroup } from '../../compiler/expression/condition.js'
import type { Consumer, RowTest, Selection } from './consumer.js'
import { projectedSource } from './projected-source.js'
import { rangeTest, vectorTest } from './vector-test.js'

/** Passes on the rows for which a condition holds. */
export function filtered(condition: Expression, next: Consumer): Consumer {
  return {
    begin: (f) => next.begin(f),
    end: (f) => next.end(f),
    row: (scope, flow) => {
      compileCondition(condition, scope, flow.skip)
      next.row(scope, flow)
    },
    ...selectionOf(condition, next),
  }
}

function selectionOf(condition: Expression, next: Consumer): { readonly selection?: Selection } {
  const { groups, rest } = conditionParts(condition)
  if (groups.length === 0) return {}
  const own = groups.flatMap(byColumn).map(
    (group): RowTest => ({
      push: (scope) => {
        pushGroup(group, scope)
        return undefined
      },
      vector: (columns) => vectorTest(group, columns),
      range: (columnOf) => rangeTest(group, columnOf),
    }),
  )
  const following = rest.length === 0 ? next.selection : undefined
  return {
    selection: {
      tests: [...own, ...(following?.tests ?? [])],
      row: (scope, flow, kept) => {
        if (following) return following.row(scope, flow, kept)
        compileConjuncts(rest, scope, flow.skip)
        next.row(scope, flow)
      },
    },
  }
}

/** Conjuncts that are ranges of columns, apart: each lets columns that only later ones read wait for its rows. Others stay together. */
function byColumn(group: readonly Expression[]): readonly (readonly Expression[])[] {
  const same = (ordinal: number): number => ordinal
  return [...groupBy(group, (conjunct) => rangeTest([conjunct], same)?.column).values()]
}

/** Passes rows on as a projection sees them. */
export function projected(projections: readonly NamedExpression[], next: Consumer): Consumer {
  const { selection } = next
  return {
    begin: (f) => next.begin(f),
    end: (f) => next.end(f),
    row: (scope, flow) => next.row(scope.over(projectedSource(scope, projections)), flow),
    ...(selection && {
      selection: {
        tests: selection.tests.map(({ push, vector, range }) => ({
          push: (scope) => push(scope.over(projectedSource(scope, projections))),
          ...(vector && { vector: (columns) => vector(projectedColumns(columns, projections)) }),
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
