import { join } from 'node:path'
import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { failedWrite } from './file-failures.js'

const NUMBERED = /^\d+(\.\d+)?$/
const REMOVED_AT_ONCE = 32

/** What a log has of batches before one, what a killed start was about to remove among it. */
export async function olderEntries(
  { files, location }: CheckpointPlace,
  log: string,
  batchId: number,
): Promise<string[]> {
  const names = await files.list(join(location, log))
  const older = names.filter((name) => NUMBERED.test(name) && Number.parseInt(name, 10) < batchId)
  return older.map((name) => `${log}/${name}`)
}

/** Removes many at once, in any order: each may wait for what the disk is writing, and the next batch for it. */
export async function removeEntries({ files, location }: CheckpointPlace, entries: readonly string[]): Promise<void> {
  const remove = (entry: string): Promise<void> => {
    const path = join(location, entry)
    return files.remove(path).catch((error: unknown) => Promise.reject(failedWrite(path, error)))
  }
  for (let at = 0; at < entries.length; at += REMOVED_AT_ONCE)
    await Promise.all(entries.slice(at, at + REMOVED_AT_ONCE).map(remove))
}
