import { stat, unlink } from 'node:fs/promises'
import { hasCode } from '../../../common/system-errors.js'
import { compactPath, entryPath, readBatches } from './commit-log-reader.js'
import { addExclusively } from './durable.js'
import { type CommittedBatch, formatBatches } from './log-entry.js'

/** Every so many entries are put into one file, and every so many of these again, as often as `LEVELS` says. */
const INTERVAL = 10
/**
 * Compacted files hold up to 1000 batches. Rewriting ever longer files would make a batch cost more the longer a query runs; so each batch
 * is written four times at most, and a log of n batches is read from n / 1000 files and at most 27 more.
 */
const LEVELS = 3

const sizeOf = (level: number): number => INTERVAL ** level

/** How many levels end with a batch: 1 for 9, 19, 29 …, 2 for 99, 199 … */
function levelOf(batchId: number): number {
  let level = 0
  while (level < LEVELS && (batchId + 1) % sizeOf(level + 1) === 0) level++
  return level
}

/**
 * After batch N, the last of a block: puts the block's batches into one file. Entries are only copied, so a crash within loses nothing.
 * Then removes the files of the block before, which readers do not need since that was compacted.
 */
export async function compactAfter(directory: string, batchId: number): Promise<void> {
  const level = levelOf(batchId)
  if (level === 0) return
  const batches = await blockBatches(directory, batchId, level)
  if (batches === undefined) return
  await addExclusively(compactPath(directory, batchId), formatBatches(batches))
  for (let k = 1; k <= level; k++) await removeParts(directory, batchId - sizeOf(k), k)
}

/** Whether a batch is in a compacted file: then it was committed before, though its own entry may be gone. */
export async function isCompacted(directory: string, batchId: number): Promise<boolean> {
  for (let level = 1; level <= LEVELS; level++) {
    const end = batchId - (batchId % sizeOf(level)) + sizeOf(level) - 1
    if (await exists(compactPath(directory, end))) return true
  }
  return false
}

/** The batches of the block that ends with one, in order; undefined when one of its files is missing. */
async function blockBatches(
  directory: string,
  end: number,
  level: number,
): Promise<readonly CommittedBatch[] | undefined> {
  const first = end + 1 - sizeOf(level)
  const parts: (readonly CommittedBatch[])[] = []
  let next: number | null = end
  while (next !== null && next >= first) {
    const part: readonly CommittedBatch[] | undefined =
      (await readBatches(compactPath(directory, next))) ?? (await readBatches(entryPath(directory, next)))
    if (part === undefined) return undefined
    parts.push(part)
    next = part[0]!.previous
  }
  return parts.toReversed().flat()
}

/** Removes the files from which a block was compacted, when it was. */
async function removeParts(directory: string, end: number, level: number): Promise<void> {
  if (end < 0 || !(await exists(compactPath(directory, end)))) return
  const step = sizeOf(level - 1)
  for (let id = end + 1 - sizeOf(level) + step - 1; id <= end; id += step) {
    if (level === 1) await remove(entryPath(directory, id))
    else if (id < end) await remove(compactPath(directory, id))
  }
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false
    throw error
  }
}
