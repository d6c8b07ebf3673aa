import type { Expression, ExprId } from '../../planner/plan/expression/expression.js'
import { transformUp } from '../../planner/plan/expression/transform.js'
import { outputOf } from '../../planner/plan/logical/output.js'
import type { LogicalProject } from '../../planner/plan/logical/plan.js'
import type { Cell } from './cells.js'
import { type Extensions, evaluate, type Outcome } from './evaluate.js'

/** The first expression of a projection, computed by generated code for rows of its input. */
export function evaluateProjection(
  plan: LogicalProject,
  rows: readonly (readonly Cell[])[],
  extensions: Extensions = {},
): readonly Outcome[] {
  const input = outputOf(plan.input)
  const ordinals = new Map<ExprId, number>(input.map((a, i) => [a.id, i]))
  const bound = transformUp(plan.projections[0]!.expression, (e): Expression => {
    if (e.kind !== 'attribute') return e
    const { type, nullable, name } = e
    return { kind: 'bound', ordinal: ordinals.get(e.id)!, type, nullable, name }
  })
  const columns = input.map(({ type, nullable }, i) => ({ type, nullable, values: rows.map((row) => row[i]!) }))
  return evaluate(bound, columns, rows.length, extensions)
}
