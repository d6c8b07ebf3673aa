import type { SortOrder } from '../../plan/expression/expression.js'
import { windowText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalWindow } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalWindow } from '../../plan/physical/window.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { clustered } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
import { ordersText, texts } from './text.js'

export const window: PhysicalOperator<PhysicalWindow> = {
  requires: ({ partitionBy, orderBy }) => [
    { ...clustered(partitionBy, false), ordering: [...partitionBy.map(ascending), ...orderBy] },
  ],
  // Its columns come behind those of the input, which stay where they are.
  provides: (_, [input]) => input!,
  line: ({ partitionBy, orderBy, calls }) =>
    `Window [${calls.map((call) => windowText(call)).join(', ')}], partition=[${texts(partitionBy)}], order=[${ordersText(orderBy)}]`,
}

const ascending = (expression: SortOrder['expression']): SortOrder => ({ expression, direction: 'asc', nulls: 'first' })

export function planWindow(planning: Planning, plan: LogicalWindow): PhysicalPlan {
  const input = planning.plan(plan.input)
  const binder = new Binder(input.attributes)
  return planning.place({
    kind: 'window',
    inputs: [input],
    partitionBy: plan.partitionBy.map(binder.expression),
    orderBy: plan.orderBy.map(binder.order),
    calls: plan.calls.map(binder.windowCall),
    attributes: outputOf(plan),
  })
}
