import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { hasCode } from '../../../common/system-errors.js'
import { failedRead, reasonOf } from '../file-errors.js'
import { type CommittedBatch, parseBatches } from './log-entry.js'

/** The folder of the log in a directory that a streaming query writes. Readers of the directory take only files that the log lists. */
export const LOG_FOLDER = '_millrace_metadata'

/** How often a log is looked at again when entries vanish while it is read, because they were compacted. */
const MOST_TRIES = 10

export const entryPath = (directory: string, batchId: number): string => join(directory, LOG_FOLDER, String(batchId))
export const compactPath = (directory: string, batchId: number): string => `${entryPath(directory, batchId)}.compact`

/** The names of all committed files of a directory, with their folders of partitions, or undefined when it has no log. @throws FAILED_READ_FILE */
export async function committedFiles(directory: string): Promise<readonly string[] | undefined> {
  return (await readLog(directory))?.flatMap((batch) => batch.files)
}

/** The same of a folder of partitions, of which the log of a directory around it tells. @throws FAILED_READ_FILE */
export async function committedBelow(directory: string): Promise<readonly string[] | undefined> {
  const own = await committedFiles(directory)
  const folder = basename(resolve(directory))
  if (own !== undefined || !folder.includes('=')) return own
  const around = await committedBelow(dirname(resolve(directory)))
  return around?.flatMap((name) => (name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : []))
}

/** The committed batches in order, or undefined when the directory has no log. @throws FAILED_READ_FILE */
export async function readLog(directory: string): Promise<readonly CommittedBatch[] | undefined> {
  let missing: number | undefined
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const names = await logNames(directory)
    if (names === undefined) return undefined
    const parts: (readonly CommittedBatch[])[] = []
    missing = latestOf(names)
    while (missing !== undefined) {
      const part = await readPart(directory, missing, names)
      if (part === undefined) break
      parts.push(part)
      missing = part[0]!.previous ?? undefined
    }
    if (missing === undefined) return parts.toReversed().flat()
  }
  throw failedRead(join(directory, LOG_FOLDER), `the log of committed files lacks the entry of batch ${missing}`)
}

/** The newest committed batch, or undefined when there is none. @throws FAILED_READ_FILE */
export async function latestBatch(directory: string): Promise<CommittedBatch | undefined> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const names = await logNames(directory)
    const latest = names && latestOf(names)
    if (names === undefined || latest === undefined) return undefined
    const part = await readPart(directory, latest, names)
    if (part !== undefined) return part.at(-1)
  }
  throw failedRead(join(directory, LOG_FOLDER), 'the log of committed files changes faster than it can be read')
}

async function logNames(directory: string): Promise<ReadonlySet<string> | undefined> {
  // Asked of each file of each query, and hardly ever there: without a hop through Node's thread pool and an error made for it.
  if (!existsSync(join(directory, LOG_FOLDER))) return undefined
  try {
    return new Set(await readdir(join(directory, LOG_FOLDER)))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw failedRead(join(directory, LOG_FOLDER), reasonOf(error), error)
  }
}

function latestOf(names: ReadonlySet<string>): number | undefined {
  let latest: number | undefined
  for (const name of names) {
    const id = /^(\d{1,15})(?:\.compact)?$/.exec(name)?.[1]
    if (id !== undefined && (latest === undefined || Number(id) > latest)) latest = Number(id)
  }
  return latest
}

/** The batches of the file that ends with a batch, several when it was compacted; undefined when there is no such file any more. */
async function readPart(
  directory: string,
  batchId: number,
  names: ReadonlySet<string>,
): Promise<readonly CommittedBatch[] | undefined> {
  const isCompact = names.has(`${batchId}.compact`)
  const path = isCompact ? compactPath(directory, batchId) : entryPath(directory, batchId)
  const batches = await readBatches(path)
  if (batches !== undefined && batches.at(-1)!.batchId !== batchId) {
    throw failedRead(
      path,
      `the log of committed files has the batch ${batches.at(-1)!.batchId} where ${batchId} belongs`,
    )
  }
  return batches
}

/** The batches of one file of a log, or undefined when it is not there. @throws FAILED_READ_FILE */
export async function readBatches(path: string): Promise<readonly CommittedBatch[] | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw failedRead(path, reasonOf(error), error)
  }
  return parseBatches(path, text)
}
