import { conjuncts, reference } from '../../plan/expression/build.js'
import type { Expression } from '../../plan/expression/expression.js'
import { mayRaise } from '../../plan/expression/may-raise.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalJoin, LogicalPlan } from '../../plan/logical/plan.js'
import { mapInputs } from '../../plan/logical/transform.js'
import { joinInOrder } from '../join-order.js'
import type { Rule } from '../rule.js'

/**
 * Joins three and more relations in an order of the engine's choice, whatever order they were written in. Hints are left as they are, and so
 * is a join whose condition may raise, unless it is of a list of tables: in another order it would be asked of rows that the joins written before it drop.
 */
export const reorderJoins: Rule = {
  name: 'reorder joins',
  apply: reorder,
}

function reorder(plan: LogicalPlan): LogicalPlan {
  const { relations, conditions } = flatten(plan)
  // Only then are the inputs reordered one by one: each relation must be reordered once, or the cost doubles at every level.
  if (relations.length < 3) return mapInputs(plan, reorder)
  const input = joinInOrder(relations.map(reorder), conditions)
  const projections = outputOf(plan).map((a) => Object.freeze({ id: a.id, name: a.name, expression: reference(a) }))
  return Object.freeze({ kind: 'project', input, projections })
}

interface Flat {
  readonly relations: readonly LogicalPlan[]
  readonly conditions: readonly Expression[]
}

const isMovable = ({ type, hint, condition, left, right }: LogicalJoin): boolean =>
  type === 'inner' && !hint && (!(condition && mayRaise(condition)) || isCross(left) || isCross(right))

/** Whether relations are joined without a condition: what is asked of them above has no order, and as they stand all rows of one would meet all of the other. */
const isCross = (plan: LogicalPlan): boolean =>
  plan.kind === 'join' && plan.type === 'inner' && (!plan.condition || isCross(plan.left) || isCross(plan.right))

function flatten(plan: LogicalPlan): Flat {
  if (plan.kind !== 'join' || !isMovable(plan)) return { relations: [plan], conditions: [] }
  const [left, right] = [flatten(plan.left), flatten(plan.right)]
  return {
    relations: [...left.relations, ...right.relations],
    conditions: [...left.conditions, ...right.conditions, ...(plan.condition ? conjuncts(plan.condition) : [])],
  }
}
