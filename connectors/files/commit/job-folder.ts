import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WriteDescription } from '../../api.js'
import { jobFolder, TEMPORARY, targetDirectory } from '../output-names.js'
import { makeRealDirectory, removeEmpty } from './durable.js'

/**
 * Makes the folder in which the tasks of a job write. Tasks do not make it: one that is late would hide what was committed.
 * @throws FAILED_WRITE_FILE */
export async function makeJobFolder(write: WriteDescription): Promise<void> {
  await makeRealDirectory(join(targetDirectory(write), TEMPORARY), 'temporary')
  await makeRealDirectory(jobFolder(write), 'temporary')
}

export async function removeJobFolder(write: WriteDescription): Promise<void> {
  // A task that was cancelled may still be about to make its file.
  await rm(jobFolder(write), { recursive: true, force: true, maxRetries: 3 })
  await removeEmpty(join(targetDirectory(write), TEMPORARY))
}
