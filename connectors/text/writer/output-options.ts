import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'

/** How files of lines can be written. */
export type WrittenCompression = 'none' | 'gzip' | 'deflate' | 'lz4' | 'snappy' | 'zstd'

/** What files of lines have besides the lines. */
export interface LineOutput {
  readonly compression: WrittenCompression
  /** The end of the names of files, as Spark has it. */
  readonly extension: string
  /** What each file begins with. */
  readonly header: string
}

/** `path`, `compression` and, of formats whose rows become lines, what names of files end in and what files begin with. */
const OPTIONS = ['path', 'compression', 'lines.extension', 'lines.header'] as const

/** The codecs of Spark by their names and `zstd`, and what names of files end in; those without an end are not built. */
const CODECS: Readonly<Record<string, readonly [WrittenCompression, string] | undefined>> = {
  none: ['none', ''],
  uncompressed: ['none', ''],
  gzip: ['gzip', '.gz'],
  deflate: ['deflate', '.deflate'],
  bzip2: undefined,
  lz4: ['lz4', '.lz4'],
  snappy: ['snappy', '.snappy'],
  zstd: ['zstd', '.zst'],
}

/** @throws CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION, UNSUPPORTED_FEATURE */
export function lineOutput(options: Options): LineOutput {
  const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  const known: readonly string[] = OPTIONS
  for (const key of given.keys()) {
    if (!known.includes(key))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the option ${key} of the data sink text` })
  }
  const [compression, end] = codecOf(given.get('compression') ?? 'none')
  return {
    compression,
    extension: `${given.get('lines.extension') ?? '.txt'}${end}`,
    header: given.get('lines.header') ?? '',
  }
}

function codecOf(codecName: string): readonly [WrittenCompression, string] {
  const key = codecName.toLowerCase()
  if (!Object.hasOwn(CODECS, key)) {
    const availableCodecs = Object.keys(CODECS)
      .filter((name) => CODECS[name] !== undefined)
      .join(', ')
    throw new MillraceError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', { codecName, availableCodecs })
  }
  const codec = CODECS[key]
  if (!codec) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing texts compressed as ${codecName}` })
  return codec
}
