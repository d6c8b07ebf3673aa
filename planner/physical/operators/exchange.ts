import { frozen } from '../../plan/physical/inputs.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan } from '../../plan/physical/plan.js'
import { ANYHOW, type RequiredDistribution } from '../properties.js'
import type { PhysicalOperator } from './operator.js'
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

/** Rows redistributed as required. */
export function exchanged(input: PhysicalPlan, required: RequiredDistribution, partitions: number): PhysicalPlan {
  const { attributes } = input
  const over = (partitioning: PhysicalExchange['partitioning']): PhysicalPlan =>
    frozen({ kind: 'exchange', inputs: [input], partitioning: Object.freeze(partitioning), attributes })
  switch (required.kind) {
    case 'any':
      return input
    case 'single':
      return over({ kind: 'single' })
    case 'clustered':
      return over({ kind: 'hash', keys: required.keys, partitions })
    case 'everywhere':
      return frozen({ kind: 'broadcast', inputs: [input], attributes })
  }
}
