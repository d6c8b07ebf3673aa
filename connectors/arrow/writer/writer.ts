import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/commit/task-writer.js'
import { compressed } from '../../files/compressed.js'
import { ArrowOutputFile } from './arrow-output-file.js'
import { writtenCodec } from './output-options.js'

/** The end of the names of files. */
export const EXTENSION = '.arrow'

/** Arrow files of a directory, executor side. */
export const arrowWriter: WriterProvider = fileWriter({
  name: 'arrow',
  extension: () => EXTENSION,

  opener({ options, schema }, context) {
    const codec = writtenCodec(options)
    const kernelCodec = codec === 'lz4' ? 'lz4Frame' : 'zstd'
    const compress = (bytes: Uint8Array): Uint8Array => compressed(kernelCodec, bytes, context)
    return (path) => ArrowOutputFile.create(path, schema, codec === 'none' ? undefined : { codec, compress })
  },

  rowsOf: (schema, block) => ({ schema, block }),
})
