import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hasCode } from '../../../common/system-errors.js'
import type { WriteDescription } from '../../api.js'
import { failedWrite } from '../file-errors.js'
import { TEMPORARY } from '../output-names.js'
import { FINISHED, unfinishedJobs } from './unfinished-jobs.js'

/** What an overwrite replaces, relative to its directory. Files of other jobs that run stay, and so do the folders of partitions: others may write there. */
export async function replacedFiles(
  { replaces }: WriteDescription,
  directory: string,
  published: readonly string[],
): Promise<readonly string[]> {
  const { isOfRunningJob } = unfinishedJobs(directory)
  const kept = new Set([...published, TEMPORARY, FINISHED])
  const isOld = (name: string): boolean => !kept.has(name) && !isOfRunningJob(name)
  if (replaces === undefined) return (await namesBelow(directory, '')).filter(isOld)
  const folders = new Set([...published.map(dirname), ...replaces])
  const names = await Promise.all([...folders].map((folder) => namesBelow(directory, folder)))
  return names.flat().filter(isOld)
}

/** The entries of a folder, and instead of folders of partitions what is in them. */
export async function namesBelow(directory: string, folder: string): Promise<readonly string[]> {
  const names: string[] = []
  const open = [folder]
  for (let at = open.pop(); at !== undefined; at = open.pop())
    for (const entry of await entriesOf(join(directory, at))) {
      const name = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory() && entry.name.includes('=')) open.push(name)
      else names.push(name)
    }
  return names
}

async function entriesOf(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    // Removed by another job as it was empty, or not there yet.
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return []
    throw failedWrite(path, error)
  }
}
