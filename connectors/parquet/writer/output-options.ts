import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'

export type OutputCodec = 'SNAPPY' | 'UNCOMPRESSED' | 'GZIP' | 'ZSTD'

/** The codecs of Spark by their names; those without one of Parquet are not built. */
const CODECS: Readonly<Record<string, OutputCodec | undefined>> = {
  snappy: 'SNAPPY',
  none: 'UNCOMPRESSED',
  uncompressed: 'UNCOMPRESSED',
  gzip: 'GZIP',
  zstd: 'ZSTD',
  lz4: undefined,
  lz4_raw: undefined,
  lzo: undefined,
  brotli: undefined,
}

/** @throws INVALID_OPTION, UNSUPPORTED_FEATURE */
export function codecOfOptions(options: Options): OutputCodec {
  for (const key of Object.keys(options)) {
    if (key !== 'compression' && key !== 'path') {
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${key} of the data sink parquet` })
    }
  }
  const value = options['compression'] ?? 'snappy'
  const key = value.toLowerCase()
  if (!Object.hasOwn(CODECS, key)) {
    const reason = 'known ones are snappy, gzip, zstd and none'
    throw new MillraceError('INVALID_OPTION', { option: 'compression', provider: 'parquet', value, reason })
  }
  const codec = CODECS[key]
  if (codec) return codec
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing Parquet with the compression ${value}` })
}

const EXTENSIONS: Readonly<Record<OutputCodec, string>> = {
  SNAPPY: '.snappy.parquet',
  UNCOMPRESSED: '.parquet',
  GZIP: '.gz.parquet',
  ZSTD: '.zstd.parquet',
}

/** The end of the names of files, as Spark has it. */
export const extensionOf = (options: Options): string => EXTENSIONS[codecOfOptions(options)]
