import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { committedFiles, LOG_FOLDER } from './commit-log-reader.js'
import { settled, unfinishedJobs } from './unfinished-jobs.js'

export interface VisibleEntry {
  readonly name: string
  readonly isDirectory: boolean
}

/**
 * The data of a directory, in no order: what its log lists when a streaming query writes it, otherwise all that is neither hidden by its
 * name, as Spark and Hive have it, nor part of a job that is not finished. @throws FAILED_READ_FILE
 */
export function visibleEntries(directory: string): Promise<readonly VisibleEntry[]> {
  return settled(directory, async ({ isHidden }) => {
    const log = isHidden(LOG_FOLDER) ? undefined : await committedFiles(directory)
    return log?.map((name) => ({ name, isDirectory: false })) ?? dataIn(directory, isHidden)
  })
}

/** Whether a file that was named outright may be seen. */
export async function isVisible(file: string): Promise<boolean> {
  const [folder, name] = [dirname(file), basename(file)]
  const { isHidden } = unfinishedJobs(folder)
  const log = isHidden(LOG_FOLDER) ? undefined : await committedFiles(folder)
  return log === undefined ? !isHidden(name) : log.includes(name)
}

async function dataIn(directory: string, isHidden: (name: string) => boolean): Promise<readonly VisibleEntry[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries
    .filter(({ name }) => !name.startsWith('_') && !name.startsWith('.') && !isHidden(name))
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
}
