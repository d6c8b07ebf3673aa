import { frozen } from '../../plan/physical/inputs.js'
import type { Partitioning } from '../../plan/physical/partitioning.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan } from '../../plan/physical/plan.js'
import { ANYHOW, type RequiredDistribution } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
import { bucketedRows, numberedRows, rangedRows } from './ranges.js'
import { partitioningText } from './text.js'

/* Operators that bring rows to other tasks. Stages are cut at them. */

export const exchange: PhysicalOperator<PhysicalExchange> = {
  requires: () => [ANYHOW],
  provides: ({ partitioning }) => ({ partitioning, ordering: [] }),
  line: ({ partitioning }) => `Exchange ${partitioningText(partitioning)}`,
}

export const broadcast: PhysicalOperator<PhysicalBroadcast> = {
  requires: () => [ANYHOW],
  provides: () => ({ partitioning: { kind: 'everywhere' }, ordering: [] }),
  line: () => 'BroadcastExchange',
}

/** What exchanges are made with. */
export interface ExchangeContext {
  /** Partitions of all shuffles of the query. */
  readonly partitions: number
  /** An operator over inputs that bring what it requires. */
  place(plan: PhysicalPlan): PhysicalPlan
}

/** Rows redistributed as required. */
export function exchanged(
  input: PhysicalPlan,
  required: RequiredDistribution,
  { partitions, place }: ExchangeContext,
): PhysicalPlan {
  switch (required.kind) {
    case 'any':
      return input
    case 'single':
      return partitioned(input, { kind: 'single' }, place)
    case 'clustered': {
      const { keys, buckets } = required
      const how = buckets === undefined ? { kind: 'hash', partitions } : { kind: 'bucket', partitions: buckets }
      return partitioned(input, { ...how, keys } as Partitioning, place)
    }
    case 'ranges':
      return partitioned(input, { kind: 'range', orders: required.orders, partitions }, place)
    case 'everywhere':
      return frozen({ kind: 'broadcast', inputs: [input], attributes: input.attributes })
  }
}

/** Rows divided into partitions. @param isAsked whether the query says how many */
export function partitioned(
  input: PhysicalPlan,
  partitioning: Partitioning,
  place: ExchangeContext['place'],
  isAsked = false,
): PhysicalPlan {
  const { attributes } = input
  const inputs = [withPartitions(input, partitioning, place)] as const
  const own = { kind: 'exchange', inputs, partitioning: Object.freeze(partitioning), attributes } as const
  return frozen(isAsked ? { ...own, isAsked } : own)
}

/** The rows, with a column for the number of their partition where the exchange does not compute it. */
function withPartitions(
  input: PhysicalPlan,
  partitioning: Partitioning,
  place: ExchangeContext['place'],
): PhysicalPlan {
  switch (partitioning.kind) {
    case 'single':
    case 'hash':
      return input
    case 'bucket':
      return bucketedRows(input, partitioning.keys, partitioning.partitions, place)
    case 'range':
      return rangedRows(input, partitioning.orders, partitioning.partitions, place)
    case 'inTurn':
    case 'byTask':
      return numberedRows(input, { kind: partitioning.kind, count: partitioning.partitions }, place)
  }
}
