import type { SortOrder } from '../../plan/expression/expression.js'
import { windowText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalWindow } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalWindow } from '../../plan/physical/window.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { clustered, type Requirement } from '../properties.js'
import { type GroupLimit, limited } from './group-limit.js'
import type { PhysicalOperator } from './operator.js'
import { ordersText, texts } from './text.js'

export const window: PhysicalOperator<PhysicalWindow> = {
  requires: (plan) => [sortedPartitions(plan)],
  // Its columns come behind those of the input, which stay where they are.
  provides: (_, [input]) => input!,
  line: ({ partitionBy, orderBy, calls }) =>
    `Window [${calls.map((call) => windowText(call)).join(', ')}], partition=[${texts(partitionBy)}], order=[${ordersText(orderBy)}]`,
}

const sortedPartitions = ({ partitionBy, orderBy }: Pick<PhysicalWindow, 'partitionBy' | 'orderBy'>): Requirement => ({
  ...clustered(partitionBy, false),
  ordering: [...partitionBy.map(ascending), ...orderBy],
})

const ascending = (expression: SortOrder['expression']): SortOrder => ({ expression, direction: 'asc', nulls: 'first' })

/** @param wanted which rows of each partition are, where a filter above tells */
export function planWindow(planning: Planning, plan: LogicalWindow, wanted?: GroupLimit): PhysicalPlan {
  const input = planning.plan(plan.input)
  const binder = new Binder(input.attributes)
  const keys = { partitionBy: plan.partitionBy.map(binder.expression), orderBy: plan.orderBy.map(binder.order) }
  const isLimited = wanted !== undefined && !planning.brings(input, sortedPartitions(keys))
  return planning.place({
    kind: 'window',
    inputs: [isLimited ? limited(planning, input, keys, wanted) : input],
    ...keys,
    calls: plan.calls.map(binder.windowCall),
    attributes: outputOf(plan),
  })
}
