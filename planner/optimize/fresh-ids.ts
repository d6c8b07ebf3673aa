import type { ExprId } from '../plan/expression/expression.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'

/** Gives ids that no column of a plan has, for columns that a rule adds. */
export function freshIds(plan: LogicalPlan): () => ExprId {
  let last = greatestIdOf(plan)
  return () => ++last as ExprId
}

const greatestIdOf = (plan: LogicalPlan): number =>
  inputsOf(plan).reduce(
    (greatest, input) => Math.max(greatest, greatestIdOf(input)),
    outputOf(plan).reduce((greatest, { id }) => Math.max(greatest, id), 0),
  )
