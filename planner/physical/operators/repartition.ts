import type { SortOrder } from '../../plan/expression/expression.js'
import type { LogicalRepartition } from '../../plan/logical/plan.js'
import type { Partitioning } from '../../plan/physical/partitioning.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { RowDivision } from '../../plan/unresolved/relation.js'
import { Binder } from '../bind.js'
import type { Planning } from '../planning.js'
import { partitioned } from './exchange.js'

const PARTITIONING: {
  readonly [K in RowDivision]: (orders: readonly SortOrder[], partitions: number) => Partitioning
} = {
  hash: (orders, partitions) => ({ kind: 'hash', keys: orders.map(({ expression }) => expression), partitions }),
  range: (orders, partitions) => ({ kind: 'range', orders, partitions }),
  inTurn: (_, partitions) => ({ kind: 'inTurn', partitions }),
  byTask: (_, partitions) => ({ kind: 'byTask', partitions }),
}

/** The exchange that the query asks for, however its rows lie. */
export function planRepartition(planning: Planning, plan: LogicalRepartition): PhysicalPlan {
  const input = planning.plan(plan.input)
  const orders = plan.orders.map(new Binder(input.attributes).order)
  const { partitions = planning.options.shufflePartitions } = plan
  const partitioning = partitions === 1 ? ({ kind: 'single' } as const) : PARTITIONING[plan.by](orders, partitions)
  return partitioned(input, partitioning, (operator) => planning.place(operator), plan.partitions !== undefined)
}
