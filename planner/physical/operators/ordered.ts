import type { SortOrder } from '../../plan/expression/expression.js'
import type { LogicalLimit, LogicalSort } from '../../plan/logical/plan.js'
import { frozen } from '../../plan/physical/inputs.js'
import type { PhysicalLimit, PhysicalSort, PhysicalTopK } from '../../plan/physical/ordered.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import { Binder } from '../bind.js'
import { estimateRows } from '../estimate.js'
import type { Planning } from '../planning.js'
import { ANYHOW, IN_ONE_TASK, inRanges, type Requirement } from '../properties.js'
import { isStreaming } from '../streaming.js'
import type { PhysicalOperator } from './operator.js'
import { projectOver } from './rowwise.js'
import { ordersText } from './text.js'

/* Operators that order rows, or keep the first ones. */

const required = ({ isGlobal }: { readonly isGlobal: boolean }) => [isGlobal ? IN_ONE_TASK : ANYHOW]

const offsetText = (offset: number): string => (offset > 0 ? ` offset ${offset}` : '')

const REQUIRED_EXTENT = {
  task: () => ANYHOW,
  all: () => IN_ONE_TASK,
  ranges: inRanges,
} as const satisfies Record<PhysicalSort['extent'], (orders: readonly SortOrder[]) => Requirement>

export const sort: PhysicalOperator<PhysicalSort> = {
  requires: ({ extent, orders }) => [REQUIRED_EXTENT[extent](orders)],
  provides: ({ orders }, [input]) => ({ ...input!, ordering: orders }),
  line: ({ orders }) => `Sort [${ordersText(orders)}]`,
}

export const planSort = (planning: Planning, plan: LogicalSort): PhysicalPlan => {
  const input = planning.plan(plan.input)
  const orders = plan.orders.map(new Binder(input.attributes).order)
  return planning.place(sorted(input, orders, extentOf(planning, plan)))
}

function extentOf(planning: Planning, plan: LogicalSort): PhysicalSort['extent'] {
  if (!plan.isGlobal) return 'task'
  return isInRanges(planning, plan) ? 'ranges' : 'all'
}

/** Whether every task is to sort a range of the rows. Operators above would have to keep the order of tasks, as only the result does. */
const isInRanges = (planning: Planning, plan: LogicalSort): boolean =>
  planning.isResult(plan) &&
  planning.options.shufflePartitions > 1 &&
  !isStreaming(plan) &&
  estimateRows(plan.input) >= planning.options.rangeSortRows

export const sorted = (
  input: PhysicalPlan,
  orders: readonly SortOrder[],
  extent: PhysicalSort['extent'],
): PhysicalPlan => frozen({ kind: 'sort', extent, inputs: [input], orders, attributes: input.attributes })

export const topK: PhysicalOperator<PhysicalTopK> = {
  requires: required,
  provides: ({ orders }, [input]) => ({ ...input!, ordering: orders }),
  line: ({ limit, offset, orders }) => `TakeOrdered ${limit}${offsetText(offset)} [${ordersText(orders)}]`,
}

export const limit: PhysicalOperator<PhysicalLimit> = {
  requires: required,
  provides: (_, [input]) => input!,
  line: (plan) => `Limit ${plan.limit}${offsetText(plan.offset)}`,
}

/** A limit over a sort keeps only the first rows while sorting. Tasks keep their first rows, of which then those of all are taken. */
export function planLimit(planning: Planning, plan: LogicalLimit): PhysicalPlan {
  const { limit, offset, input: below } = plan
  if (below.kind === 'project' && below.input.kind === 'sort') {
    const first = planLimit(planning, Object.freeze({ ...plan, input: below.input }))
    return projectOver(planning, first, below.projections)
  }
  const most = limit + offset
  const isBounded = Number.isSafeInteger(most)
  if (below.kind === 'sort' && below.isGlobal && isBounded) {
    const input = planning.plan(below.input)
    const orders = below.orders.map(new Binder(input.attributes).order)
    const top = (from: PhysicalPlan, of: Pick<PhysicalTopK, 'isGlobal' | 'limit' | 'offset'>): PhysicalPlan =>
      planning.place({ kind: 'topK', inputs: [from], orders, ...of, attributes: input.attributes })
    const partial = planning.isSingle(input) ? input : top(input, { isGlobal: false, limit: most, offset: 0 })
    return top(partial, { isGlobal: true, limit, offset })
  }
  const input = planning.plan(below)
  const first = (from: PhysicalPlan, of: Pick<PhysicalLimit, 'isGlobal' | 'limit' | 'offset'>): PhysicalPlan =>
    planning.place({ kind: 'limit', inputs: [from], ...of, attributes: input.attributes })
  const isDone = planning.isSingle(input) || !isBounded
  const partial = isDone ? input : first(input, { isGlobal: false, limit: most, offset: 0 })
  return first(partial, { isGlobal: true, limit, offset })
}
