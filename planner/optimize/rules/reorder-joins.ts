import { conjuncts, reference } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { joinInOrder } from '../join-order.js'
import type { Rule } from '../rule.js'

/** Joins three and more relations in an order of the engine's choice, whatever order they were written in. Hints are left as they are. */
export const reorderJoins: Rule = {
  name: 'reorder joins',
  apply: reorder,
}

function reorder(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.type !== 'inner' || plan.hint) return mapInputs(plan, reorder)
  const { relations, conditions } = flatten(plan)
  const inputs = relations.map(reorder)
  if (inputs.length < 3) return mapInputs(plan, reorder)
  const input = joinInOrder(inputs, conditions)
  const projections = outputOf(plan).map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return Object.freeze({ kind: 'project', input, projections })
}

interface Flat {
  readonly relations: readonly LogicalPlan[]
  readonly conditions: readonly Expression[]
}

function flatten(plan: LogicalPlan): Flat {
  if (plan.kind !== 'join' || plan.type !== 'inner' || plan.hint) return { relations: [plan], conditions: [] }
  const [left, right] = [flatten(plan.left), flatten(plan.right)]
  return {
    relations: [...left.relations, ...right.relations],
    conditions: [...left.conditions, ...right.conditions, ...(plan.condition ? conjuncts(plan.condition) : [])],
  }
}
