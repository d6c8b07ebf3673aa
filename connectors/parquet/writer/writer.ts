import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/task-writer.js'
import { blockValues } from './block-values.js'
import { codecOfOptions, extensionOf } from './output-options.js'
import { ParquetOutputFile } from './parquet-output-file.js'

/** Parquet files of a directory, executor side. */
export const parquetWriter: WriterProvider = fileWriter({
  name: 'parquet',
  extension: ({ options }) => extensionOf(options),

  opener({ schema, options }, { memory }) {
    const rowGroupMemory = { held: memory.count('Parquet row group'), share: memory.share }
    return (path) => ParquetOutputFile.create(path, schema, codecOfOptions(options), rowGroupMemory)
  },

  rowsOf: blockValues,
})
