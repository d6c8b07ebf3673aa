import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../common/errors/millrace-error.js'

/** @throws UNSUPPORTED_FEATURE for what is not on this machine */
export function localPath(path: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path.replace(/^file:\/*/, 'file:///'))
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `paths other than of local files (${path})` })
  return path
}
