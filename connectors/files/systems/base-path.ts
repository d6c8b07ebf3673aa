import { dirname, relative, resolve, sep } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { isUrl } from '../../../common/is-url.js'
import { localPath } from './local-path.js'
import type { FoundFile } from './paths.js'

/**
 * Files with the folders of partitions in which they lie below a folder that is further up than the paths that name them: the last ones that are called `a=1`.
 * @throws INVALID_OPTION for files that do not lie below it, UNSUPPORTED_FEATURE for URLs
 */
export function belowBase(files: readonly FoundFile[], basePath: string): readonly FoundFile[] {
  if (isUrl(basePath)) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'basePath of URLs' })
  const base = resolve(localPath(basePath))
  return files.map(({ path }) => {
    const folders = relative(base, dirname(resolve(path))).split(sep)
    if (folders[0] === '..')
      throw new MillraceError('INVALID_OPTION', {
        option: 'basePath',
        value: basePath,
        reason: `${path} does not lie below it`,
      })
    const outer = folders.findLastIndex((folder) => !folder.includes('='))
    return { path, folder: folders.slice(outer + 1).join('/') }
  })
}
