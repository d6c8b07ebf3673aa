import { closeSync, constants, existsSync, fchownSync, fstatSync, openSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { ARCHIVES_FOLDER } from './archive-store.js'
import { RECORD_FILE } from './record-file.js'
import { REVOKED_TOKENS } from './tokens.js'

/** Whoever may write the folder must not lead us, who may be root, to another file by a link. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

/** @param name of a token, or of a user, all of whose tokens are not taken any more @throws FAILED_WRITE_FILE also where no master has run */
export function revokeToken(directory: string, name: string): void {
  const path = join(directory, REVOKED_TOKENS)
  const refuse = (reason: string, cause?: unknown): MillraceError =>
    new MillraceError('FAILED_WRITE_FILE', { path, reason }, { cause })
  if (![RECORD_FILE, ARCHIVES_FOLDER].some((own) => existsSync(join(directory, own))))
    throw refuse(`${directory} is no folder of a master, which has ${RECORD_FILE} or ${ARCHIVES_FOLDER} in it`)
  try {
    append(directory, path, `${name}\n`)
  } catch (cause) {
    throw refuse((cause as Error).message, cause)
  }
}

/** The master, whose folder it is, has to read what root writes. */
function append(directory: string, path: string, line: string): void {
  const file = openSync(path, APPEND, 0o600)
  try {
    const { uid, gid } = statSync(directory)
    if (process.getuid?.() === 0 && fstatSync(file).size === 0) fchownSync(file, uid, gid)
    writeFileSync(file, line)
  } finally {
    closeSync(file)
  }
}
