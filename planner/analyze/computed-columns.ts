import type { ExprId } from '../plan/expression/expression.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { withDraws } from './draws.js'
import { withTimeWindows } from './time-windows.js'
import { withUserCalls } from './user-calls/evaluated.js'

/** Has columns computed for what no expression of a single row is: windows of time, what is drawn, and what functions of the user give. */
export function withComputedColumns(plan: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  return withUserCalls(withDraws(withTimeWindows(plan, nextId), nextId), nextId)
}
