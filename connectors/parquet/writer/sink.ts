import { readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Json, SinkProvider, WriteDescription } from '../../api.js'
import { appendToLog, LOG_FOLDER, readLog, syncDirectory } from '../commit-log.js'
import {
  codecOfOptions,
  failedWrite,
  jobFolder,
  makeDirectory,
  outputFromJson,
  partName,
  streamingInfix,
  TEMPORARY,
  targetDirectory,
} from './output.js'
import { ParquetOutputFile } from './parquet-output-file.js'
import { schemaElements } from './schema-elements.js'

const SUCCESS = '_SUCCESS'

/** Parquet files of a directory, driver side: laid out as Spark does, with `_temporary` while the job runs and `_SUCCESS` after. */
export const parquetSink: SinkProvider = {
  name: 'parquet',
  streamModes: ['append'],

  async begin(write: WriteDescription): Promise<boolean> {
    const directory = targetDirectory(write)
    codecOfOptions(write.options)
    schemaElements(write.schema)
    const isNeeded = write.streaming ? await beginBatch(write.streaming, directory) : await beginJob(write, directory)
    if (!isNeeded) return false
    await rm(jobFolder(write), { recursive: true, force: true })
    await makeDirectory(jobFolder(write))
    return true
  },

  async commit(write: WriteDescription, messages: readonly Json[]): Promise<void> {
    const directory = targetDirectory(write)
    const files = messages.map(outputFromJson).flatMap(({ file }) => (file === null ? [] : [file]))
    try {
      if (write.streaming) await commitBatch(write, write.streaming, directory, files)
      else await commitJob(write, directory, files)
    } catch (error) {
      if (MillraceError.is(error)) throw error
      throw failedWrite(directory, error)
    }
    await removeTemporary(write, directory)
  },

  async abort(write: WriteDescription): Promise<void> {
    const directory = targetDirectory(write)
    await removeTemporary(write, directory)
    // Such a job made the directory: left behind, it would make the same job fail when it is tried again.
    if (write.mode === 'errorifexists' || write.mode === 'ignore') await removeEmpty(directory)
  },
}

type Streaming = NonNullable<WriteDescription['streaming']>

async function beginJob(write: WriteDescription, directory: string): Promise<boolean> {
  const kind = await kindOf(directory)
  if (kind === undefined) return true
  if (write.mode === 'ignore') return false
  if (write.mode === 'errorifexists') throw new MillraceError('PATH_ALREADY_EXISTS', { path: directory })
  if (kind === 'file') throw notADirectory(directory)
  const owner = write.mode === 'append' ? (await readLog(directory))?.at(-1)?.queryId : undefined
  // What a batch job appended would not be in the log, so no reader would see it.
  if (owner !== undefined) throw new MillraceError('SINK_OWNED_BY_ANOTHER_QUERY', { path: directory, owner })
  return true
}

/** Refuses a batch that is committed already, and removes files of a batch whose commit was torn. */
async function beginBatch({ queryId, batchId }: Streaming, directory: string): Promise<boolean> {
  if ((await kindOf(directory)) === 'file') throw notADirectory(directory)
  await makeDirectory(join(directory, LOG_FOLDER))
  const log = (await readLog(directory)) ?? []
  const owner = log.at(-1)?.queryId
  if (owner !== undefined && owner !== queryId) {
    throw new MillraceError('SINK_OWNED_BY_ANOTHER_QUERY', { path: directory, owner })
  }
  if (log.some((batch) => batch.batchId === batchId)) return false
  const committed = new Set(log.flatMap((batch) => batch.files))
  const infix = streamingInfix(queryId)
  for (const name of await readdir(directory)) {
    if (name.includes(infix) && !committed.has(name)) await rm(join(directory, name), { force: true })
  }
  return true
}

async function commitBatch(
  write: WriteDescription,
  { queryId, batchId }: Streaming,
  directory: string,
  files: readonly string[],
): Promise<void> {
  const log = (await readLog(directory)) ?? []
  if (log.some((batch) => batch.batchId === batchId)) return
  await publish(write, directory, files)
  await appendToLog(directory, { version: 1, queryId, batchId, files })
}

/**
 * New files first, then the old ones go: a crash between leaves too much, never too little, and no `_SUCCESS`. Without any rows an
 * empty file keeps the schema readable.
 */
async function commitJob(write: WriteDescription, directory: string, files: readonly string[]): Promise<void> {
  const published = files.length > 0 ? files : [await emptyFile(write)]
  const fresh = new Set([...published, TEMPORARY])
  const old = write.mode === 'overwrite' ? (await readdir(directory)).filter((name) => !fresh.has(name)) : []
  await rm(join(directory, SUCCESS), { force: true })
  await publish(write, directory, published)
  for (const name of old) await rm(join(directory, name), { recursive: true, force: true })
  await writeFile(join(directory, SUCCESS), '')
  await syncDirectory(directory)
}

async function emptyFile(write: WriteDescription): Promise<string> {
  const name = partName(write, 0, 0)
  const path = join(jobFolder(write), name)
  await rm(path, { force: true })
  const file = await ParquetOutputFile.create(path, write.schema, codecOfOptions(write.options))
  await file.finish()
  return name
}

/** Renames files out of the temporary folder, one by one. Those already there were moved by an earlier try of the same commit. */
async function publish(write: WriteDescription, directory: string, files: readonly string[]): Promise<void> {
  for (const name of files) {
    const target = join(directory, name)
    try {
      await rename(join(jobFolder(write), name), target)
    } catch (error) {
      const isMoved = (error as NodeJS.ErrnoException).code === 'ENOENT' && (await kindOf(target)) === 'file'
      if (!isMoved) throw error
    }
  }
  await syncDirectory(directory)
}

async function removeTemporary(write: WriteDescription, directory: string): Promise<void> {
  // A task that was cancelled may still be about to make its file.
  await rm(jobFolder(write), { recursive: true, force: true, maxRetries: 3 })
  await removeEmpty(join(directory, TEMPORARY))
}

/** Removes a directory unless something is in it: of another job that writes there, for example. */
async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw failedWrite(directory, error)
    }
  }
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw failedWrite(path, error)
  }
}

function notADirectory(path: string): MillraceError {
  return new MillraceError('FAILED_WRITE_FILE', { path, reason: 'it is a file, not a directory' })
}
