import { groupBy } from '../../../common/group-by.js'
import type { Expression } from '../../../planner/plan/expression/expression.js'
import type { PhysicalFilter } from '../../../planner/plan/physical/plan.js'
import { compileCondition, compileConjuncts, conditionParts, pushGroup } from '../../compiler/expression/condition.js'
import type { Consumer, RowTest, Selection } from '../codegen/consumer.js'
import { rangeTest, vectorTest } from '../codegen/vector-test.js'
import type { ExecutableOperator } from './operator.js'

export const filter: ExecutableOperator<PhysicalFilter> = {
  produce: (compiler, plan, next) => compiler.input(plan, 0, filtered(plan.condition, next)),
}

/** Passes on the rows for which a condition holds. */
function filtered(condition: Expression, next: Consumer): Consumer {
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
      vector: (columns, context) => vectorTest(group, columns, context),
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
