import type { LogicalJoin, LogicalPlan } from '../plan/logical/plan.js'
import { estimateBytes } from './estimate.js'
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

/** Whether a side is small enough to be sent whole to every task. */
export const isSmall = (side: LogicalPlan, options: PhysicalOptions): boolean =>
  estimateBytes(side) <= options.broadcastThresholdBytes

/** The side of a join by keys that is sent whole to every task, as a table to look rows of the other side up in. */
export function broadcastSide(join: LogicalJoin, options: PhysicalOptions): LogicalPlan | undefined {
  if (join.type === 'full') return undefined
  const built = buildsLeft(join) ? join.left : join.right
  const isAsked = join.hint !== undefined && (join.type === 'inner' || join.hint === 'broadcast-right')
  return isAsked || join.isFilter || isSmall(built, options) ? built : undefined
}
