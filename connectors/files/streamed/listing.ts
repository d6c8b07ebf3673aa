import { resolve } from 'node:path'
import { append } from '../../../common/append.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUrl } from '../../../common/is-url.js'
import type { Options } from '../../api.js'
import { FileFaults } from '../file-faults.js'
import { fileSelection } from '../file-selection.js'
import { listedFiles } from '../named-files.js'
import { plannedFiles } from '../systems/file-systems.js'
import { isPattern } from '../systems/glob.js'
import { localPath } from '../systems/local-path.js'
import type { FoundFile } from '../systems/paths.js'
import type { StreamedFile } from './batch-files.js'

/** A file that is gone again is not read. */
const IN_MOTION = new FileFaults({ ignoreMissingFiles: 'true' })

/** A path that means the same wherever the program is started. @throws UNSUPPORTED_FEATURE */
export const absolutePath = (path: string): string => (isUrl(path) ? path : resolve(localPath(path)))

/** The files that there are now; those that a pattern names may all come later. @throws PATH_NOT_FOUND, FAILED_READ_FILE, UNSUPPORTED_FEATURE */
export async function foundNow(named: readonly string[], options: Options): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = []
  for (const path of named) {
    try {
      append(found, await listedFiles([path], options))
    } catch (error) {
      const isToCome = MillraceError.is(error) && error.condition === 'PATH_NOT_FOUND' && isPattern(path)
      if (!isToCome) throw error
    }
  }
  return found
}

/** Of them those that are wanted, with what is known of each. */
export async function filesNow(
  named: readonly string[],
  options: Options,
  isWanted: (path: string) => boolean,
): Promise<readonly StreamedFile[]> {
  const { isOfTime = () => true } = fileSelection(options)
  const folders = new Map<string, string>()
  for (const { path, folder } of await foundNow(named, options)) if (isWanted(path)) folders.set(path, folder)
  const planned = await plannedFiles([...folders.keys()], IN_MOTION)
  return planned.flatMap(({ path, size, modifiedMs }) =>
    isOfTime(modifiedMs) ? [{ path, size, modifiedMs: Math.floor(modifiedMs), folder: folders.get(path)! }] : [],
  )
}
