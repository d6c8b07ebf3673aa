import type { Expression, SortOrder, WindowCall } from '../../plan/expression/expression.js'
import { canonicalText } from '../../plan/expression/same.js'

/** Functions over windows with the same keys and order. */
export interface WindowGroup {
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortOrder[]
  readonly calls: readonly WindowCall[]
}

interface Needs {
  readonly group: WindowGroup
  /** By what the rows of a partition come together, and what they are sorted by. */
  readonly partition: readonly string[]
  readonly keys: readonly string[]
}

/**
 * Windows in an order in which rows are moved and sorted as seldom as may be, the lowest first. Next above comes the one with the most keys
 * among those whose rows need no more than the beginning of the order that they have, or at least not to be moved. Where rows must be
 * moved, it is by the fewest keys, as they then are together by more keys too; what needs them all in one task comes last.
 */
export function inSharedOrder(groups: readonly WindowGroup[]): readonly WindowGroup[] {
  const open = groups.map(needsOf)
  const arranged: WindowGroup[] = []
  let together: readonly string[] | undefined
  let sorted: readonly string[] = []
  while (open.length > 0) {
    const isPlaced = ({ partition }: Needs): boolean => together?.every((key) => partition.includes(key)) === true
    const isSorted = ({ keys }: Needs): boolean => keys.every((key, i) => key === sorted[i])
    const placed = open.filter(isPlaced)
    const next = longest(placed.filter(isSorted)) ?? longest(placed) ?? longest(fewest(open))!
    const staysSorted = isPlaced(next) && isSorted(next)
    if (!isPlaced(next)) together = next.partition
    if (!staysSorted) sorted = next.keys
    open.splice(open.indexOf(next), 1)
    arranged.push(next.group)
  }
  return arranged
}

function needsOf(group: WindowGroup): Needs {
  const partition = group.partitionBy.map((key) => `${canonicalText(key)} asc first`)
  const orders = group.orderBy.map((o) => `${canonicalText(o.expression)} ${o.direction} ${o.nulls}`)
  return { group, partition, keys: [...partition, ...orders] }
}

const longest = (candidates: readonly Needs[]): Needs | undefined =>
  candidates.toSorted((a, b) => b.keys.length - a.keys.length)[0]

/** Those with the fewest partition keys; without any the most. */
function fewest(candidates: readonly Needs[]): readonly Needs[] {
  const count = ({ partition }: Needs): number => (partition.length > 0 ? partition.length : Number.POSITIVE_INFINITY)
  const least = candidates.reduce((fewest, one) => Math.min(fewest, count(one)), Number.POSITIVE_INFINITY)
  return candidates.filter((one) => count(one) === least)
}
