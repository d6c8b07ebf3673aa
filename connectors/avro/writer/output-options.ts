import { MillraceError } from '../../../common/errors/millrace-error.js'
import { shownValue } from '../../../common/secret-options.js'
import type { Options } from '../../api.js'

export type WrittenCodec = 'null' | 'deflate' | 'snappy' | 'zstandard'

/** How files are written. */
export interface AvroOutput {
  readonly codec: WrittenCodec
  /** The end of the names of files, as Spark has it. */
  readonly extension: string
  readonly recordName: string
  readonly namespace: string
}

/** Spark's codecs by their names; those without a codec here are not built. */
const CODECS: Readonly<Record<string, readonly [WrittenCodec, string] | undefined>> = {
  uncompressed: ['null', '.avro'],
  deflate: ['deflate', '.deflate.avro'],
  snappy: ['snappy', '.snappy.avro'],
  bzip2: undefined,
  xz: undefined,
  zstandard: ['zstandard', '.zstandard.avro'],
}

/** @throws CODEC_SHORT_NAME_NOT_FOUND, UNSUPPORTED_FEATURE */
export function avroOutput(options: Options): AvroOutput {
  const given = new Map(Object.entries(options).map(([key, value]) => [key.toLowerCase(), value]))
  for (const [key, value] of given)
    if (!['path', 'compression', 'recordname', 'recordnamespace'].includes(key)) {
      const feature = `the option ${key}=${shownValue(key, value)} of the data sink avro`
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
    }
  const [codec, extension] = codecOf(given.get('compression') ?? 'snappy')
  return {
    codec,
    extension,
    recordName: given.get('recordname') ?? 'topLevelRecord',
    namespace: given.get('recordnamespace') ?? '',
  }
}

function codecOf(codecName: string): readonly [WrittenCodec, string] {
  const key = codecName.toLowerCase()
  if (!Object.hasOwn(CODECS, key)) throw new MillraceError('CODEC_SHORT_NAME_NOT_FOUND', { codecName })
  const codec = CODECS[key]
  if (!codec) throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `writing Avro compressed by ${codecName}` })
  return codec
}
