import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'

export type OutputCodec = 'SNAPPY' | 'UNCOMPRESSED'

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export function codecOfOptions(options: Options): OutputCodec {
  for (const key of Object.keys(options)) {
    if (key !== 'compression' && key !== 'path') {
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${key} of the data sink parquet` })
    }
  }
  const value = options['compression'] ?? 'snappy'
  switch (value.toLowerCase()) {
    case 'snappy':
      return 'SNAPPY'
    case 'none':
    case 'uncompressed':
      return 'UNCOMPRESSED'
    case 'gzip':
    case 'zstd':
    case 'lz4':
    case 'lz4_raw':
    case 'lzo':
    case 'brotli':
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing Parquet with the compression ${value}` })
    default:
      throw new MillraceError('INVALID_OPTION', {
        option: 'compression',
        provider: 'parquet',
        value,
        reason: 'known ones are snappy and none',
      })
  }
}

/** The end of the names of files, as Spark has it. */
export const extensionOf = (options: Options): string =>
  codecOfOptions(options) === 'SNAPPY' ? '.snappy.parquet' : '.parquet'
