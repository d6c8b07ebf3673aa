import { open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead, reasonOf } from './failed-read.js'

/**
 * The log of a directory that a streaming query writes: a file `_millrace_metadata/<batch>` for each committed batch lists its
 * files. Readers of the directory take only listed files, so a batch appears at once or not at all.
 */
export const LOG_FOLDER = '_millrace_metadata'

export interface CommittedBatch {
  readonly version: 1
  readonly queryId: string
  readonly batchId: number
  readonly files: readonly string[]
}

/** The names of all committed files of a directory, or undefined when it has no log. */
export async function committedFiles(directory: string): Promise<readonly string[] | undefined> {
  const batches = await readLog(directory)
  return batches?.flatMap((batch) => batch.files)
}

/** The committed batches in order, or undefined when the directory has no log. */
export async function readLog(directory: string): Promise<readonly CommittedBatch[] | undefined> {
  let names: readonly string[]
  try {
    names = await readdir(join(directory, LOG_FOLDER))
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw failedRead(join(directory, LOG_FOLDER), reasonOf(error), error)
  }
  const ids = names.filter((name) => /^\d+$/.test(name)).map(Number)
  const batches: CommittedBatch[] = []
  for (const id of ids.toSorted((a, b) => a - b)) {
    const path = join(directory, LOG_FOLDER, String(id))
    batches.push(parseEntry(path, await readFile(path, 'utf8')))
  }
  return batches
}

function parseEntry(path: string, text: string): CommittedBatch {
  try {
    const entry = JSON.parse(text) as CommittedBatch
    if (entry.version === 1 && Array.isArray(entry.files)) return entry
  } catch (error) {
    throw failedRead(path, 'the log of committed files is damaged', error)
  }
  throw failedRead(path, 'the log of committed files has an unknown version')
}

/** Makes a batch visible: written aside, flushed to disk, then renamed. */
export async function appendToLog(directory: string, batch: CommittedBatch): Promise<void> {
  const folder = join(directory, LOG_FOLDER)
  const path = join(folder, String(batch.batchId))
  const aside = join(folder, `.${batch.batchId}.tmp`)
  try {
    const handle = await open(aside, 'w')
    try {
      await handle.writeFile(JSON.stringify(batch))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(aside, path)
    await syncDirectory(folder)
  } catch (error) {
    throw new MillraceError('FAILED_WRITE_FILE', { path, reason: reasonOf(error) }, { cause: error })
  }
}

/** Flushes a directory's entries to disk, so that a rename survives a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
