import type { LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import { estimateBytes, estimateRows } from './estimate.js'
import type { PhysicalOptions } from './options.js'
import { isStreaming } from './streaming.js'

/** Bytes that a row takes in a table of a join or of groups beside its columns: hash, chain and directory. */
const ROW_OVERHEAD_BYTES = 32
/** A task's part of a table is looked up fast when a cache holds it. */
const CACHED_BYTES = 24 << 20
/** Up to here, what a cache misses costs less than more tasks. */
const BEARABLE_BYTES = 64 << 20

/** A kind of table, and into how many parts a slot's share of it is divided at most. */
interface TableKind {
  readonly most: number
  /** The bytes of the table that an operator needs. */
  bytesOf(plan: LogicalPlan): number
}

/** How large a table of rows would be. */
export const tableBytes = (rows: LogicalPlan): number => estimateBytes(rows) + estimateRows(rows) * ROW_OVERHEAD_BYTES

const OF_JOINS: TableKind = {
  most: 8,
  bytesOf: (plan) => {
    if (plan.kind !== 'join') return 0
    const right = tableBytes(plan.right)
    return plan.type === 'inner' ? Math.min(tableBytes(plan.left), right) : right
  },
}

/** How many groups there will be is mostly not known; with twice as many parts, groups that come one behind the other took a tenth longer, with these no longer than undivided. */
const OF_GROUPS: TableKind = {
  most: 4,
  bytesOf: (plan) => (plan.kind === 'aggregate' && plan.keys.length > 0 ? tableBytes(plan) : 0),
}

/** The largest table of a kind that a plan may need. */
const largestTable = (plan: LogicalPlan, kind: TableKind): number =>
  inputsOf(plan).reduce((most, input) => Math.max(most, largestTable(input, kind)), kind.bytesOf(plan))

/** Into how many partitions the shuffles of a query divide: more than there are slots where tables would be much larger than a cache. */
export function shufflePartitionsFor(plan: LogicalPlan, options: PhysicalOptions): number {
  const { shufflePartitions, dividesLargeTables } = options
  if (!dividesLargeTables || isStreaming(plan)) return shufflePartitions
  const parts = [OF_JOINS, OF_GROUPS].map((kind) => {
    const bytes = largestTable(plan, kind) / shufflePartitions
    return bytes <= BEARABLE_BYTES ? 1 : Math.min(kind.most, Math.ceil(bytes / CACHED_BYTES))
  })
  return shufflePartitions * parts.reduce((a, b) => Math.max(a, b))
}
