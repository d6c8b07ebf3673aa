import type { Options } from '../api.js'
import { FileFaults } from './file-faults.js'
import { plannedFiles } from './systems/file-systems.js'
import type { PlannedFile } from './systems/open-file.js'

/** How many bytes some files have together. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function sizeOf(paths: readonly string[], faults: FileFaults): Promise<number> {
  return (await plannedFiles(paths, faults)).reduce((sum, { size }) => sum + size, 0)
}

/** What tells of files whether they are still the same; undefined when the server of one does not. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function versionsOf(paths: readonly string[], options: Options): Promise<readonly string[] | undefined> {
  const files = await plannedFiles(paths, new FileFaults(options))
  const text = ({ path, size, version }: PlannedFile): string => JSON.stringify([path, size, version])
  return files.some(({ version }) => version === '') ? undefined : files.map(text)
}
