import type { Expression, NamedExpression } from '../../../planner/plan/expression/expression.js'
import { compileCondition, compileConjuncts, conditionParts, pushGroup } from '../../compiler/expression/condition.js'
import type { Consumer, Selection } from './consumer.js'
import { projectedSource } from './projected-source.js'

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
  const own = groups.map((group): Selection['tests'][number] => (scope) => {
    pushGroup(group, scope)
    return undefined
  })
  const following = rest.length === 0 ? next.selection : undefined
  return {
    selection: {
      tests: [...own, ...(following?.tests ?? [])],
      isWorthwhile: isSelective(groups) || (following?.isWorthwhile ?? false),
      row: (scope, flow, kept) => {
        if (following) return following.row(scope, flow, kept)
        compileConjuncts(rest, scope, flow.skip)
        next.row(scope, flow)
      },
    },
  }
}

/** A single inequality may keep nearly everything; more conjuncts, or an equality, seldom do. */
function isSelective(groups: readonly (readonly Expression[])[]): boolean {
  const [first] = groups.flat()
  return groups.flat().length > 1 || (first?.kind === 'call' && first.fn === 'eq')
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
        tests: selection.tests.map((test) => (scope) => test(scope.over(projectedSource(scope, projections)))),
        isWorthwhile: selection.isWorthwhile,
        row: (scope, flow, kept) => selection.row(scope.over(projectedSource(scope, projections)), flow, kept),
      },
    }),
  }
}
