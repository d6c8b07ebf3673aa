import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { unlessMissing } from '../../../common/system-errors.js'
import { failedWrite } from '../file-errors.js'
import { batchOfName, TEMPORARY } from '../output-names.js'
import { committedFiles, LOG_FOLDER } from './commit-log-reader.js'
import { ASIDE, removeEmpty } from './durable.js'
import { namesBelow } from './replaced-files.js'

/**
 * Removes what killed runs of a query left of batches up to `latest`. These are decided: an attempt that slept and did not make the entry
 * in the log never will, so its files are of no use. Files of later batches may belong to a driver that is at work.
 * @returns whether something is left of later batches
 */
export async function removeLeftovers(directory: string, queryId: string, latest: number): Promise<boolean> {
  const committed = new Set(await committedFiles(directory))
  let isMore = false
  const remove = async (
    folder: string,
    isLeft: (name: string) => number | undefined,
    listed = namesIn(folder),
  ): Promise<void> => {
    for (const name of await listed) {
      const batch = isLeft(name)
      if (batch === undefined) continue
      if (batch > latest) isMore = true
      else await rm(join(folder, name), { recursive: true, force: true })
    }
  }
  const temporary = join(directory, TEMPORARY)
  try {
    const ofFile = (name: string): number | undefined =>
      committed.has(name) ? undefined : batchOfName(basename(name), queryId)
    await remove(directory, ofFile, namesBelow(directory, ''))
    await remove(temporary, (name) => batchOfName(name, queryId))
    // No job may come behind that would. What the next one will refuse is left to it.
    if (await isFolder(temporary)) await removeEmpty(temporary)
    await remove(join(directory, LOG_FOLDER), (name) => {
      const id = /^\d{1,15}/.exec(ASIDE.exec(name)?.[1] ?? '')?.[0]
      return id === undefined ? undefined : Number(id)
    })
  } catch (error) {
    throw failedWrite(directory, error)
  }
  return isMore
}

/** The entries of a folder; none when it is missing, or a link to somewhere else. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await isFolder(folder)) ? ((await readdir(folder).catch(unlessMissing)) ?? []) : []
}

const isFolder = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(unlessMissing))?.isDirectory() ?? false
