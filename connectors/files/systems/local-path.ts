import { fileURLToPath } from 'node:url'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUrl } from '../../../common/is-url.js'

/** Where a path leads that only may be one of this machine, as all that is written. @throws UNSUPPORTED_FEATURE for others */
export function localPath(path: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path.replace(/^file:\/*/, 'file:///'))
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path))
    throw new MillraceError('UNSUPPORTED_FEATURE', {
      feature: isUrl(path)
        ? `writing to URLs, which are only read (${path})`
        : `paths other than of local files (${path})`,
    })
  return path
}
