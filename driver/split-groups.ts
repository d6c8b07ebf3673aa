import type { Json, Split } from '../connectors/api.js'

/** Tasks per slot that a scan of many splits is divided into, so that a slow one does not hold up the rest. */
const TASKS_PER_SLOT = 4
/** Up to so many splits per slot are left as their source made them. */
const SPLITS_LEFT_ALONE = 2 * TASKS_PER_SLOT
/** A group never takes more than this, so that a retry repeats little. */
const MAX_GROUP_BYTES = 512 * 1024 ** 2
/** So few rows are done sooner than a second task is begun, unless they are very large: streams do not know of rows how many bytes they are. */
const FEW_ROWS = 1024

/**
 * Divides splits, in their order, into the shares of tasks: each alone while there are few, else neighbours together so that the
 * shares are about equally large. So few rows that tasks cost more than they do are one share, where splits allow it. There is always at least one share, so that a stage over nothing still runs.
 * @param isCheap whether what is done with a row is known to cost little
 */
export function groupSplits(splits: readonly Split[], slots: number, isCheap: boolean): readonly (readonly Json[])[] {
  const wanted = Math.max(1, slots) * TASKS_PER_SLOT
  if (splits.length === 0) return [[]]
  if (isCheap && shareTask(splits)) return [splits.map((split) => split.data)]
  if (splits.length <= Math.max(1, slots) * SPLITS_LEFT_ALONE) return splits.map((split) => [split.data])
  const sizeOf = (split: Split): number => split.bytes ?? split.rows ?? 1
  const total = splits.reduce((sum, split) => sum + sizeOf(split), 0)
  const target = Math.min(total / wanted, splits.every((split) => split.bytes !== undefined) ? MAX_GROUP_BYTES : total)
  const groups: Json[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const split of splits) {
    if (size + sizeOf(split) / 2 > target) {
      groups.push([])
      size = 0
    }
    groups.at(-1)!.push(split.data)
    size += sizeOf(split)
  }
  return groups
}

function shareTask(splits: readonly Split[]): boolean {
  const rows = splits.reduce((sum, split) => sum + (split.mayShareTask ? (split.rows ?? FEW_ROWS) : FEW_ROWS), 0)
  return rows <= FEW_ROWS
}

/** The contiguous part of `count` items that falls to one of `shares`: from (included) until (excluded). */
export function shareOf(
  count: number,
  share: number,
  shares: number,
): { readonly from: number; readonly until: number } {
  return { from: Math.floor((count * share) / shares), until: Math.floor((count * (share + 1)) / shares) }
}
