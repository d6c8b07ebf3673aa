import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriteDescription } from '../api.js'
import { makeRealDirectory } from './durable.js'
import { failedWrite, hasCode } from './file-errors.js'
import { jobFolder, TEMPORARY, targetDirectory } from './output-names.js'

/** Makes the folder in which the tasks of a job write. @throws FAILED_WRITE_FILE */
export async function makeJobFolder(write: WriteDescription): Promise<void> {
  await makeRealDirectory(join(targetDirectory(write), TEMPORARY), 'temporary')
  await makeRealDirectory(jobFolder(write), 'temporary')
}

export async function removeJobFolder(write: WriteDescription): Promise<void> {
  // A task that was cancelled may still be about to make its file.
  await rm(jobFolder(write), { recursive: true, force: true, maxRetries: 3 })
  await removeEmpty(join(targetDirectory(write), TEMPORARY))
}

/** Removes a directory unless something is in it: of another job that writes there, for example. */
export async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw failedWrite(directory, error)
  }
}
