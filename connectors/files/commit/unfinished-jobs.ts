import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { hasCode } from '../../../common/system-errors.js'
import { failedRead, reasonOf } from '../file-errors.js'
import { TEMPORARY } from '../output-names.js'
import { addExclusively, makeRealDirectory, removeEmpty } from './durable.js'
import { isPlainPath } from './log-entry.js'

/**
 * How a job of a directory without a log becomes visible at once. While it has a folder below `_temporary`, readers pass over files that
 * carry its name; a file `_millrace_finished/<job>` ends that, and lists what the job replaces, which is passed over from then on. Then the
 * old files go, the folder, and this file; a crash between shows nothing twice, and whoever writes next goes on with it.
 */
export const FINISHED = '_millrace_finished'

/** What of a directory is not to be seen. */
export interface Unfinished {
  /** Whether a file is of a job that runs, or was killed. */
  isOfRunningJob(name: string): boolean
  /** Such files, and those that a finished job replaces; the name is relative to the directory. */
  isHidden(name: string): boolean
  /** Changes when a job begins or ends. */
  readonly version: string
}

/**
 * Of a directory and those around it of which it is a partition: jobs are of the directory that they were told to write.
 * Synchronous, as all that a read of a small table waits for. @throws FAILED_READ_FILE
 */
export function unfinishedJobs(directory: string): Unfinished {
  const own = jobsOf(directory)
  const folder = basename(resolve(directory))
  if (!folder.includes('=')) return own
  const around = unfinishedJobs(dirname(resolve(directory)))
  return {
    isOfRunningJob: (name) => own.isOfRunningJob(name) || around.isOfRunningJob(name),
    isHidden: (name) => own.isHidden(name) || around.isHidden(`${folder}/${name}`),
    version: `${own.version}//${around.version}`,
  }
}

function jobsOf(directory: string): Unfinished {
  // Finished ones last: a job that ends between the two is still taken for running, so a part of it is never seen.
  const temporary = namesIn(join(directory, TEMPORARY))
  const finished = namesIn(join(directory, FINISHED))
  const running = temporary.filter((job) => !finished.includes(job))
  const replaced = new Set(finished.flatMap((job) => replacedNames(join(directory, FINISHED, job))))
  const isOfRunningJob = (name: string): boolean => running.some((job) => basename(name).includes(`-${job}-`))
  return {
    isOfRunningJob,
    isHidden: (name) => replaced.has(name) || isOfRunningJob(name),
    version: [...running.toSorted(), '', ...finished.toSorted()].join('/'),
  }
}

/** How often a directory is looked at again when a job begins or ends meanwhile. */
const MOST_TRIES = 20

/** What is found in a directory, as it was at one moment between jobs. @throws FAILED_READ_FILE */
export async function settled<T>(directory: string, look: (unfinished: Unfinished) => Promise<T>): Promise<T> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const unfinished = unfinishedJobs(directory)
    const found = await look(unfinished)
    if (unfinishedJobs(directory).version === unfinished.version) return found
  }
  throw failedRead(directory, 'jobs that write it begin and end faster than it can be read')
}

/** Shows what a job made and hides what it replaces, for good. @throws FAILED_WRITE_FILE */
export async function finishJob(directory: string, job: string, replaced: readonly string[]): Promise<void> {
  await makeRealDirectory(join(directory, FINISHED), 'flushed')
  await addExclusively(join(directory, FINISHED, job), JSON.stringify(replaced))
}

export const isFinished = (directory: string, job: string): boolean => namesIn(join(directory, FINISHED)).includes(job)

/** Removes what finished jobs replaced, also of those that were killed while they did so. */
export async function cleanUpFinished(directory: string): Promise<void> {
  for (const job of namesIn(join(directory, FINISHED))) {
    const path = join(directory, FINISHED, job)
    const replaced = replacedNames(path)
    for (const name of replaced) await rm(join(directory, name), { recursive: true, force: true })
    await removeEmptyFolders(directory, replaced)
    // The folder before the file: without the file, files of a job that has a folder are hidden.
    await rm(join(directory, TEMPORARY, job), { recursive: true, force: true, maxRetries: 3 })
    await rm(path, { force: true })
  }
  await removeEmpty(join(directory, FINISHED))
}

/** Folders of partitions in which nothing is left. */
async function removeEmptyFolders(directory: string, removed: readonly string[]): Promise<void> {
  const folders = new Set(removed.map(dirname))
  for (const folder of folders)
    for (let at = folder; at !== '.'; at = dirname(at)) await removeEmpty(join(directory, at))
}

function replacedNames(path: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (Array.isArray(names) && names.every(isPlainPath)) return names
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw failedRead(path, reasonOf(error), error)
  }
  throw failedRead(path, 'it is no list of names of files')
}

/** The jobs that a folder names. What is still being written begins with a point. */
function namesIn(folder: string): readonly string[] {
  // Asked of each folder of each query, and hardly ever there: without an error made for it.
  if (!existsSync(folder)) return []
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw failedRead(folder, reasonOf(error), error)
  }
}
