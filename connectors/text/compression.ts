import { extname } from 'node:path'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { fileName } from '../files/http/url.js'

export type Compression = 'none' | 'gzip' | 'deflate' | 'bzip2' | 'lz4' | 'snappy' | 'zstd'

/** How a file is compressed that has such an extension, as Hadoop has it. */
const BY_EXTENSION: Readonly<Record<string, Compression>> = {
  '.gz': 'gzip',
  '.deflate': 'deflate',
  '.bz2': 'bzip2',
  '.lz4': 'lz4',
  '.snappy': 'snappy',
  '.zst': 'zstd',
}
const NOT_BUILT: ReadonlySet<string> = new Set(['.xz', '.lzo'])

/** @throws UNSUPPORTED_FEATURE */
export function compressionOf(path: string): Compression {
  const extension = extname(fileName(path)).toLowerCase()
  if (NOT_BUILT.has(extension))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `reading texts compressed as ${extension} (${path})` })
  return BY_EXTENSION[extension] ?? 'none'
}
