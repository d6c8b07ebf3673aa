import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { hasCode } from '../../common/system-errors.js'
import { committedBelow, LOG_FOLDER } from './commit/commit-log-reader.js'
import { settled, unfinishedJobs } from './commit/unfinished-jobs.js'
import { failedBySystem } from './file-errors.js'

export interface VisibleEntry {
  readonly name: string
  readonly isDirectory: boolean
  /** What a log lists below this folder; without a log the disk tells. */
  readonly listed?: readonly string[]
}

/**
 * The data of a directory, in no order: what its log lists when a streaming query writes it, otherwise all that is neither hidden by its
 * name, as Spark and Hive have it, nor part of a job that is not finished. @throws FAILED_READ_FILE
 * @param listed what the log of a directory around lists below this one, where it was read already: it is long, and folders are many
 */
export async function visibleEntries(directory: string, listed?: readonly string[]): Promise<readonly VisibleEntry[]> {
  if (listed) return entriesOf(listed)
  return settled(directory, async ({ isHidden }) => {
    const log = isHidden(LOG_FOLDER) ? undefined : await committedBelow(directory)
    return log ? entriesOf(log) : dataIn(directory, isHidden)
  })
}

/** Names below a directory as what is in it: files, and the folders of others. */
function entriesOf(names: readonly string[]): readonly VisibleEntry[] {
  const below = new Map<string, string[] | undefined>()
  for (const path of names) {
    const end = path.indexOf('/')
    const name = end < 0 ? path : path.slice(0, end)
    const inFolder = end < 0 ? undefined : (below.get(name) ?? [])
    inFolder?.push(path.slice(end + 1))
    below.set(name, inFolder)
  }
  return [...below].map(([name, listed]) => ({
    name,
    isDirectory: listed !== undefined,
    ...(listed ? { listed } : {}),
  }))
}

/** Tells of files that were named outright whether they may be seen. Each folder is looked at once: there may be thousands of files of it. */
export function visibleFiles(): (file: string) => Promise<boolean> {
  const folders = new Map<string, (name: string) => boolean>()
  return async (file) => {
    const folder = dirname(file)
    const isVisible = folders.get(folder) ?? (await visibleIn(folder))
    folders.set(folder, isVisible)
    return isVisible(basename(file))
  }
}

async function visibleIn(folder: string): Promise<(name: string) => boolean> {
  const { isHidden } = unfinishedJobs(folder)
  const log = isHidden(LOG_FOLDER) ? undefined : await committedBelow(folder)
  if (log === undefined) return (name) => !isHidden(name)
  const committed = new Set(log)
  return (name) => committed.has(name)
}

async function dataIn(directory: string, isHidden: (name: string) => boolean): Promise<readonly VisibleEntry[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    // Whoever asks knows what a folder means that is gone.
    throw hasCode(error, 'ENOENT', 'ENOTDIR') ? error : failedBySystem(directory, error)
  })
  return entries
    .filter(({ name }) => !name.startsWith('_') && !name.startsWith('.') && !isHidden(name))
    .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
}
