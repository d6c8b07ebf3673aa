import type { LogicalJoin, LogicalPlan } from '../plan/logical/plan.js'
import { estimateBytes, estimateRows } from './estimate.js'
import type { PhysicalOptions } from './options.js'
import { tableBytes } from './shuffle-partitions.js'
import { isStreaming } from './streaming.js'

/** Whether the table of a join is made of its left side: of an inner join the smaller side, of a stream and a table the table. */
export function buildsLeft({ type, left, right, hint }: LogicalJoin): boolean {
  if (type !== 'inner') return false
  if (isStreaming(left) || isStreaming(right)) return isStreaming(right)
  if (hint) return hint === 'broadcast-left'
  return tableBytes(left) < tableBytes(right)
}

/** A table of fewer rows is made so fast that it does not matter how many rows are looked up in it. */
const LARGE_TABLE_ROWS = 200_000
/** Estimates are no better than that. */
const FAR_MORE = 4

/**
 * Whether the table of a join is made of far more rows than are looked up in it, as the right side of a left join may have: each thread would
 * read them all for a part of the others, where after a shuffle it makes the table of a part of them.
 */
const isFarMoreThanProbed = ({ left, right }: LogicalJoin): boolean =>
  estimateRows(right) > Math.max(LARGE_TABLE_ROWS, FAR_MORE * estimateRows(left))

/** Whether the right side of a join is small enough to be sent whole to every task, and the join is better for it. */
export const isSmall = (join: LogicalJoin, { broadcastThresholdBytes }: PhysicalOptions): boolean =>
  estimateBytes(join.right) <= broadcastThresholdBytes && !isFarMoreThanProbed(join)

/** Estimates of what filters, groups and joins leave are often so many times too high. */
const OVERESTIMATE = 16

/** Whether the right side of a join may turn out to be small enough for that: the left side waits until its size is known. */
export function mayBeSmall(join: LogicalJoin, { adaptive }: PhysicalOptions): boolean {
  if (adaptive === undefined || join.type === 'full' || isFarMoreThanProbed(join)) return false
  return estimateBytes(join.right) <= OVERESTIMATE * adaptive.broadcastBytes
}

/** The side of a join by keys that is sent whole to every task, as a table to look rows of the other side up in. */
export function broadcastSide(join: LogicalJoin, options: PhysicalOptions): LogicalPlan | undefined {
  if (join.type === 'full') return undefined
  const [probed, built] = buildsLeft(join) ? [join.right, join.left] : [join.left, join.right]
  const isAsked = join.hint !== undefined && (join.type === 'inner' || join.hint === 'broadcast-right')
  return isAsked || join.isFilter || isSmall({ ...join, left: probed, right: built }, options) ? built : undefined
}
