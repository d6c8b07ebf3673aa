import type { Expression, ExprId } from '../plan/expression/expression.js'
import { isOfRows } from '../plan/expression/foldable.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { hasExpression } from '../plan/logical/transform.js'
import { withDraws } from './draws.js'
import { withInputFiles } from './sources/input-files.js'
import { withTimeWindows } from './time-windows.js'
import { withUserCalls } from './user-calls/evaluated.js'

/** Has columns computed for what no expression of a single row is: windows of time, what is drawn, what functions of the user give, and what a scan tells of files. */
export function withComputedColumns(plan: LogicalPlan, nextId: () => ExprId): LogicalPlan {
  if (!hasExpression(plan, isComputed)) return plan
  return withInputFiles(withUserCalls(withDraws(withTimeWindows(plan, nextId), nextId), nextId), nextId)
}

const isComputed = (e: Expression): boolean => e.kind === 'call' && (e.fn === 'window_start' || isOfRows(e))
