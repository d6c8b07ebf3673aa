import type { ScanRequest } from '../api.js'

/** A task reads at least so much where it can: less is not worth a task. */
const MIN_TASK_BYTES = 1024 ** 2
/** And at most so much of files that may be divided, so that a retry repeats little. */
const MAX_TASK_BYTES = 64 * 1024 ** 2
/** Opening a file takes as long as reading so much. */
const BYTES_PER_FILE = 16 * 1024
/** More tasks than there are slots, so that all end at about the same time. */
const TASKS_PER_SLOT = 3

/** What a task reads of files that it reads one after the other. */
export interface PackedShares<S> {
  readonly shares: readonly S[]
  readonly bytes: number
}

/** How much of some files a task should read. */
export function bytesPerTask(files: readonly { readonly size: number }[], { parallelism }: ScanRequest): number {
  const total = files.reduce((sum, { size }) => sum + size + BYTES_PER_FILE, 0)
  const wish = Math.ceil(total / (Math.max(1, parallelism) * TASKS_PER_SLOT))
  return Math.min(MAX_TASK_BYTES, Math.max(MIN_TASK_BYTES, wish))
}

/** Puts shares of files together, in order, so that tasks read about so much. */
export function packedShares<S extends { readonly from: number; readonly until: number }>(
  shares: Iterable<S>,
  most: number,
): readonly PackedShares<S>[] {
  const packed: { shares: S[]; bytes: number }[] = []
  for (const share of shares) {
    const bytes = share.until - share.from
    const last = packed.at(-1)
    if (last && last.bytes + bytes <= most) {
      last.shares.push(share)
      last.bytes += bytes + BYTES_PER_FILE
    } else packed.push({ shares: [share], bytes: bytes + BYTES_PER_FILE })
  }
  return packed
}
