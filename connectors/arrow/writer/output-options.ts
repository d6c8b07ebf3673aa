import type { BufferCompression } from '../../../columnar/blocks/block-codec.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { shownValue } from '../../../common/secret-options.js'
import type { Options } from '../../api.js'

export type WrittenCodec = BufferCompression['codec'] | 'none'

/** The codecs of Arrow by their names here and in pyarrow. */
const CODECS: Readonly<Record<string, WrittenCodec>> = {
  none: 'none',
  uncompressed: 'none',
  lz4: 'lz4',
  lz4_frame: 'lz4',
  zstd: 'zstd',
}

/** How the buffers of files are compressed. @throws CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION, UNSUPPORTED_FEATURE */
export function writtenCodec(options: Options): WrittenCodec {
  let codecName = 'none'
  for (const [key, value] of Object.entries(options)) {
    if (key.toLowerCase() === 'compression') codecName = value
    else if (key !== 'path') throw notWritten(`the option ${key}=${shownValue(key, value)} of the data sink arrow`)
  }
  const key = codecName.toLowerCase()
  if (Object.hasOwn(CODECS, key)) return CODECS[key]!
  const availableCodecs = Object.keys(CODECS).join(', ')
  throw new MillraceError('CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION', { codecName, availableCodecs })
}

const notWritten = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
