import { readFile } from 'node:fs/promises'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { splitStatements } from './split-statements.js'

/** The statements of a file. @throws PATH_NOT_FOUND, FAILED_READ_FILE */
export async function readScript(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new MillraceError('PATH_NOT_FOUND', { path }, { cause })
    throw new MillraceError('FAILED_READ_FILE', { path, reason: cause.message }, { cause })
  })
  return splitStatements(text)
}
