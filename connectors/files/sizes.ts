import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { failedRead, hasCode, reasonOf } from './file-errors.js'

/** After so many files other work of the process gets its turn. */
const FILES_AT_A_TIME = 256

/** How many bytes some files have together. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function sizeOf(paths: readonly string[]): Promise<number> {
  let bytes = 0
  for (const [i, path] of paths.entries()) {
    if (i > 0 && i % FILES_AT_A_TIME === 0) await setImmediate()
    try {
      bytes += statSync(path).size
    } catch (error) {
      if (hasCode(error, 'ENOENT')) throw new MillraceError('PATH_NOT_FOUND', { path })
      throw failedRead(path, reasonOf(error), error)
    }
  }
  return bytes
}
