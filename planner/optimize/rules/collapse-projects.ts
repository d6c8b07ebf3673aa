import { outputOf } from '../../plan/logical/output.js'
import type { LogicalPlan, LogicalProject } from '../../plan/logical/plan.js'
import { mapNamed, transformPlanUp } from '../../plan/logical/transform.js'
import { canSubstitute, definitionsOf, substitute } from '../expressions.js'
import type { Rule } from '../rule.js'

/** One projection instead of two; none where it would give the columns it gets. Equal expressions are evaluated once by the compiler. */
export const collapseProjects: Rule = {
  name: 'collapse projects',
  apply: (plan, settled) => transformPlanUp(plan, collapse, settled),
}

function collapse(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'project') return plan
  if (plan.input.kind === 'project') {
    const definitions = definitionsOf(plan.input.projections)
    const expressions = plan.projections.map(({ expression }) => expression)
    if (!canSubstitute(expressions, definitions)) return plan
    const projections = plan.projections.map((named) => mapNamed(named, (e) => substitute(e, definitions)))
    return collapse(Object.freeze({ kind: 'project', input: plan.input.input, projections }))
  }
  return givesItsInput(plan) ? plan.input : plan
}

function givesItsInput({ input, projections }: LogicalProject): boolean {
  const columns = outputOf(input)
  return (
    columns.length === projections.length &&
    projections.every(({ id, name, expression }, i) => {
      const column = columns[i]!
      return expression.kind === 'attribute' && expression.id === column.id && id === column.id && name === column.name
    })
  )
}
