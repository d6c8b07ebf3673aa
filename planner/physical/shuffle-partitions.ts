import { onceEach } from '../../common/once-each.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import { estimateBytes, estimateRows } from './estimate.js'
import type { PhysicalOptions } from './options.js'
import { isStreaming } from './streaming.js'

/** Bytes that a row takes in a join's table beside its columns: hash, chain and directory. */
const ROW_OVERHEAD_BYTES = 32
/** A task's part of a table is looked up fast when a cache holds it. */
const CACHED_BYTES = 24 << 20
/** Up to here, what a cache misses costs less than more tasks. */
const BEARABLE_BYTES = 64 << 20
const MOST_FOR_EACH_SLOT = 8

/** How large the table of a join's side would be. */
export const tableBytes = (side: LogicalPlan): number => estimateBytes(side) + estimateRows(side) * ROW_OVERHEAD_BYTES

/** The largest table that a join of a plan may need. */
const largestTable: (plan: LogicalPlan) => number = onceEach((plan) => {
  const below = inputsOf(plan).reduce((most, input) => Math.max(most, largestTable(input)), 0)
  if (plan.kind !== 'join') return below
  const right = tableBytes(plan.right)
  return Math.max(below, plan.type === 'inner' ? Math.min(tableBytes(plan.left), right) : right)
})

/** Into how many partitions the shuffles of a query divide: more than there are slots where tables would be much larger than a cache. */
export function shufflePartitionsFor(plan: LogicalPlan, options: PhysicalOptions): number {
  const { shufflePartitions, dividesLargeTables } = options
  if (!dividesLargeTables || isStreaming(plan)) return shufflePartitions
  const bytes = largestTable(plan) / shufflePartitions
  if (bytes <= BEARABLE_BYTES) return shufflePartitions
  return shufflePartitions * Math.min(MOST_FOR_EACH_SLOT, Math.ceil(bytes / CACHED_BYTES))
}
