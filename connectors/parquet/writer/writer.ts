import { gzipSync } from 'node:zlib'
import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/commit/task-writer.js'
import { compressed } from '../../files/compressed.js'
import { blockValues } from './block-values.js'
import { codecOfOptions, extensionOf } from './output-options.js'
import { ParquetOutputFile } from './parquet-output-file.js'

/** Parquet files of a directory, executor side. */
export const parquetWriter: WriterProvider = fileWriter({
  name: 'parquet',
  extension: ({ options }) => extensionOf(options),

  opener({ schema, options }, context) {
    const { memory } = context
    const compressors = {
      SNAPPY: (bytes: Uint8Array) => compressed('snappy', bytes, context),
      GZIP: (bytes: Uint8Array) => gzipSync(bytes),
      ZSTD: (bytes: Uint8Array) => compressed('zstd', bytes, context),
    }
    const writing = { held: memory.count('Parquet row group'), share: memory.share, compressors }
    return (path) => ParquetOutputFile.create(path, schema, codecOfOptions(options), writing)
  },

  rowsOf: blockValues,
})
