import type { ExprId } from '../plan/expression/expression.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { withDraws } from './draws.js'
import { withInputFiles } from './input-files.js'
import { withTimeWindows } from './time-windows.js'
import { withUserCalls } from './user-calls/evaluated.js'

/** Has columns computed for what no expression of a single row is: windows of time, what is drawn, what functions of the user give, and what a scan tells of files. */
export function withComputedColumns(plan: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  return withInputFiles(withUserCalls(withDraws(withTimeWindows(plan, nextId), nextId), nextId), nextId)
}
