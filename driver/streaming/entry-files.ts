import { join } from 'node:path'
import type { CheckpointPlace } from '../../common/checkpoint-files.js'
import { hasCode } from '../../common/system-errors.js'
import { failedRead } from './file-failures.js'
import { corrupt, decodeEntry, type LogEntry } from './log-entry.js'

/** @throws STREAMING_CHECKPOINT_CORRUPT when it is missing, FAILED_READ_FILE */
export async function requiredEntry(place: CheckpointPlace, name: string, lastId: number): Promise<LogEntry> {
  const entry = await readEntry(place, name)
  if (entry === undefined)
    throw corrupt(join(place.location, name), `it is missing, although batch ${lastId} was begun`)
  return entry
}

/** Undefined of one that is not there. @throws STREAMING_CHECKPOINT_CORRUPT, FAILED_READ_FILE */
export async function readEntry({ files, location }: CheckpointPlace, name: string): Promise<LogEntry | undefined> {
  const path = join(location, name)
  const bytes = await files.read(path).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined
    throw failedRead(path, cause)
  })
  if (bytes === undefined) return undefined
  const entry = decodeEntry(path, Buffer.from(bytes).toString('utf8'))
  if (entry.header.entry !== name) throw corrupt(path, `it is a copy of ${entry.header.entry}`)
  return entry
}

/** The greatest number, or -1 of none. */
export const latestOf = (ids: readonly number[]): number => ids.reduce((latest, id) => Math.max(latest, id), -1)

/** The numbers that name entries of a log. */
export async function idsOf(place: CheckpointPlace, log: string): Promise<readonly number[]> {
  return (await namesOf(place, log)).filter((name) => /^\d+$/.test(name)).map(Number)
}

/** None of a log that is not there. */
export async function namesOf({ files, location }: CheckpointPlace, folder: string): Promise<readonly string[]> {
  const path = join(location, folder)
  return files.list(path).catch((cause: unknown) => {
    if (hasCode(cause, 'ENOENT')) return []
    throw failedRead(path, cause)
  })
}
