import { BOOLEAN } from '../../../columnar/types.js'
import { call, conjunction, conjuncts } from '../../plan/expression/build.js'
import type { Expression, ExprId } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { referencesOf } from '../../plan/expression/transform.js'
import { outputIds } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { transformPlanUp } from '../../plan/logical/transform.js'
import type { Rule } from '../rule.js'

/**
 * From `(x = 1 and y = 1) or (x = 2 and y = 2)` over a join follows `x = 1 or x = 2` for the side of x: a weaker filter of one
 * relation that can be pushed below the join (TPC-H 19's brands, containers and quantities). The original stays. What may raise is left
 * out: below the join it would be asked of rows that the rest of its alternative keeps from it.
 */
export const deriveFromDisjunctions: Rule = {
  name: 'derive from disjunctions',
  apply: (plan) => transformPlanUp(plan, derive),
}

function derive(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'filter') return plan
  const relations = relationsBelow(plan.input)
  if (relations.length < 2) return plan
  const derived = conjuncts(plan.condition)
    .filter((c) => c.kind === 'call' && c.fn === 'or')
    .flatMap((disjunction) => relations.flatMap((ids) => forRelation(disjunction, ids) ?? []))
  if (derived.length === 0) return plan
  return Object.freeze({ ...plan, condition: conjunction([...derived, ...conjuncts(plan.condition)])! })
}

/** The columns of each relation that inner joins bring together. */
function relationsBelow(plan: LogicalPlan): readonly ReadonlySet<ExprId>[] {
  if (plan.kind === 'join' && plan.type === 'inner')
    return [...relationsBelow(plan.left), ...relationsBelow(plan.right)]
  if (plan.kind === 'filter') return relationsBelow(plan.input)
  return [outputIds(plan)]
}

/** What every alternative asks of one relation, as a disjunction; undefined when one asks nothing, or none asks anything else. */
function forRelation(disjunction: Expression, ids: ReadonlySet<ExprId>): Expression | undefined {
  if (disjunction.kind !== 'call') return undefined
  const own = (e: Expression): boolean => [...referencesOf(e)].every((id) => ids.has(id))
  if (own(disjunction)) return undefined
  const parts = disjunction.args.map((alternative) =>
    conjunction(conjuncts(alternative).filter((c) => own(c) && !mayRaise(c))),
  )
  if (parts.some((part) => part === undefined)) return undefined
  return call('or', BOOLEAN, parts as Expression[], { origin: disjunction.origin })
}
