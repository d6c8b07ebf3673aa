import type { Expression } from '../../plan/expression/expression.js'
import { sameExpression } from '../../plan/expression/same.js'
import type { PhysicalHashJoin } from '../../plan/physical/plan.js'
import type { Properties } from '../properties.js'

type Pairs = Pick<PhysicalHashJoin, 'leftKeys' | 'rightKeys' | 'nullSafe'>
type Partitioning = Properties['partitioning']

/** How a side lies in buckets by all keys of the join: which of the keys each column of the buckets is. */
interface Division {
  readonly order: readonly number[]
  readonly count: number
}

/**
 * The keys of a join in the order in which buckets of one of its sides are by them, so that this side stays where it is; the other one too, when its
 * buckets are the same. Of two that differ the one with more buckets stays.
 */
export function asBucketed(
  pairs: Pairs,
  left: Partitioning,
  right: Partitioning,
): Pairs & { readonly buckets?: number } {
  const sides = [divisionBy(left, pairs.leftKeys), divisionBy(right, pairs.rightKeys)].flatMap((side) => side ?? [])
  const [staying] = sides.toSorted((a, b) => b.count - a.count)
  if (staying === undefined) return pairs
  const inOrder = <T>(items: readonly T[]): readonly T[] => staying.order.map((at) => items[at]!)
  const { leftKeys, rightKeys, nullSafe } = pairs
  return {
    leftKeys: inOrder(leftKeys),
    rightKeys: inOrder(rightKeys),
    nullSafe: inOrder(nullSafe),
    buckets: staying.count,
  }
}

function divisionBy(partitioning: Partitioning, keys: readonly Expression[]): Division | undefined {
  if (partitioning.kind !== 'bucket' || partitioning.keys.length !== keys.length) return undefined
  const order = partitioning.keys.map((column) => keys.findIndex((key) => sameExpression(key, column)))
  return order.includes(-1) ? undefined : { order, count: partitioning.partitions }
}
