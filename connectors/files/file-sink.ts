import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { hasCode } from '../../common/system-errors.js'
import type { Json, SinkProvider, WriteDescription } from '../api.js'
import { latestBatch } from './commit/commit-log-reader.js'
import { makeRealDirectory, removeEmpty, syncDirectory } from './commit/durable.js'
import { makeJobFolder, removeJobFolder } from './commit/job-folder.js'
import { namesBelow, replacedFiles } from './commit/replaced-files.js'
import type { OutputFile } from './commit/task-writer.js'
import { cleanUpFinished, finishJob, isFinished } from './commit/unfinished-jobs.js'
import { failedWrite } from './file-errors.js'
import { limitedWrite } from './most-rows.js'
import { jobFolder, jobName, outputFromJson, partName, targetDirectory } from './output-names.js'
import { forgetStreamOutput, type Streaming, streamOutput } from './stream-output.js'

const SUCCESS = '_SUCCESS'

/** What a format adds to the way in which files of a directory are written. */
export interface FileFormat {
  readonly name: string
  /** @throws when options or columns cannot be written */
  check(write: WriteDescription): void
  /** The end of a file's name. */
  extension(write: WriteDescription): string
  /** Begins a file; one without rows keeps the schema. */
  create(path: string, write: WriteDescription): Promise<Pick<OutputFile<never>, 'finish' | 'close'>>
}

/** Files of a directory, driver side: laid out as Spark does, with `_temporary` while the job runs and `_SUCCESS` after. */
export function fileSink(format: FileFormat): SinkProvider {
  return {
    name: format.name,
    stream: { modes: ['append'], guarantee: () => 'idempotent', takesFolders: true },
    // Files have the number of the attempt in their names, and stay in the job's folder unless they are committed.
    keepsAttemptsApart: true,

    async begin(write: WriteDescription): Promise<boolean> {
      const directory = targetDirectory(write)
      format.check(limitedWrite(write).write)
      const isNeeded = write.streaming ? await beginBatch(write.streaming, directory) : await beginJob(write, directory)
      if (isNeeded) await makeJobFolder(write)
      return isNeeded
    },

    async commit(write: WriteDescription, messages: readonly Json[]): Promise<void> {
      const directory = targetDirectory(write)
      const files = filesOf(messages)
      try {
        if (write.streaming) await commitBatch(write, write.streaming, directory, files)
        else await commitJob(format, write, directory, files)
      } catch (error) {
        if (MillraceError.is(error)) throw error
        throw failedWrite(directory, error)
      }
      await removeJobFolder(write)
    },

    foldersOf: (messages) => [...new Set(filesOf(messages).map(dirname))],

    async abort(write: WriteDescription): Promise<void> {
      const directory = targetDirectory(write)
      if (!write.streaming) await abortJob(write, directory)
      await removeJobFolder(write)
      // Such a job made the directory: left behind, it would make the same job fail when it is tried again.
      if (write.mode === 'errorifexists' || write.mode === 'ignore') await removeEmpty(directory)
    },
  }
}

async function beginJob(write: WriteDescription, directory: string): Promise<boolean> {
  const kind = await kindOf(directory)
  if (kind === undefined) return true
  if (write.mode === 'ignore') return false
  if (write.mode === 'errorifexists') throw new MillraceError('PATH_ALREADY_EXISTS', { path: directory })
  if (kind === 'file') throw notADirectory(directory)
  const owner = write.mode === 'append' ? (await latestBatch(directory))?.queryId : undefined
  // What a batch job appended would not be in the log, so no reader would see it.
  if (owner !== undefined) throw new MillraceError('SINK_OWNED_BY_ANOTHER_QUERY', { path: directory, owner })
  return true
}

/** Says false of a batch that is committed already. Nothing of another attempt is touched. */
async function beginBatch(streaming: Streaming, directory: string): Promise<boolean> {
  if ((await kindOf(directory)) === 'file') throw notADirectory(directory)
  const { log } = await streamOutput(resolve(directory), streaming.queryId)
  return log.latest === undefined || log.latest < streaming.batchId
}

async function commitBatch(
  write: WriteDescription,
  { queryId, batchId }: Streaming,
  directory: string,
  files: readonly string[],
): Promise<void> {
  const output = await streamOutput(resolve(directory), queryId)
  const attempt = { batchId, files }
  if ((await output.log.holderOf(attempt)) === 'us') return
  try {
    await publish(write, directory, files)
    await output.log.add(attempt)
  } catch (error) {
    forgetStreamOutput(resolve(directory))
    // Another driver that has committed the batch may have removed what this one made for it, and that is the cause then.
    if ((await output.log.holderOf(attempt)) !== 'another') throw error
    for (const name of files) await rm(join(directory, name), { force: true })
    throw output.log.taken(attempt)
  }
  await output.afterCommit()
}

/** New files come and old ones go at one moment, also when this process is killed. Without any rows an empty file keeps the schema readable. */
async function commitJob(
  format: FileFormat,
  write: WriteDescription,
  directory: string,
  files: readonly string[],
): Promise<void> {
  // Of tables in folders or buckets the catalog keeps the columns.
  const isDivided = write.partitionBy !== undefined || write.isInBuckets
  const published = files.length > 0 || isDivided ? files : [await emptyFile(format, write)]
  const old = write.mode === 'overwrite' ? await replacedFiles(write, directory, published) : []
  await rm(join(directory, SUCCESS), { force: true })
  await publish(write, directory, published)
  await finishJob(directory, jobName(write), old)
  await cleanUpFinished(directory)
  await writeFile(join(directory, SUCCESS), '', { flag: 'w' })
  await syncDirectory(directory)
}

/** Takes back what a job has published, unless it is finished. */
async function abortJob(write: WriteDescription, directory: string): Promise<void> {
  const job = jobName(write)
  if (isFinished(directory, job) || (await kindOf(jobFolder(write))) === undefined) return
  const made = (await namesBelow(directory, '')).filter((name) => name.includes(`-${job}-`))
  for (const name of made) await rm(join(directory, name), { force: true })
  for (const folder of new Set(made.map(dirname)))
    for (let at = folder; at !== '.'; at = dirname(at)) await removeEmpty(join(directory, at))
}

async function emptyFile(format: FileFormat, write: WriteDescription): Promise<string> {
  const { write: own } = limitedWrite(write)
  const name = partName(write, 0, 0, format.extension(own))
  const path = join(jobFolder(write), name)
  await rm(path, { force: true })
  const file = await format.create(path, own)
  try {
    await file.finish()
  } finally {
    await file.close()
  }
  return name
}

/** Renames files out of the temporary folder, one by one. Those already there were moved by an earlier try of the same commit. */
async function publish(write: WriteDescription, directory: string, files: readonly string[]): Promise<void> {
  for (const name of files) await move(join(jobFolder(write), name), join(directory, name))
  for (const folder of new Set(['.', ...files.map(dirname)])) await syncDirectory(join(directory, folder))
}

/** How often the folder of a partition is made again: another job may remove it in the moment in which it is empty. */
const MOST_TRIES = 10

async function move(from: string, to: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      if (tries > 1) await makeRealDirectory(dirname(to), 'flushed')
      return await rename(from, to)
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error
      if ((await kindOf(from)) === undefined) {
        if ((await kindOf(to)) === 'file') return
        throw error
      }
      if (tries === MOST_TRIES) throw error
    }
  }
}

const filesOf = (messages: readonly Json[]): readonly string[] =>
  messages.flatMap((message) => outputFromJson(message).files)

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw failedWrite(path, error)
  }
}

const notADirectory = (path: string): MillraceError => failedWrite(path, 'it is a file, not a directory')
