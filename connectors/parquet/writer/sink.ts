import type { SinkProvider } from '../../api.js'
import { fileSink } from '../../files/file-sink.js'
import { codecOfOptions, extensionOf } from './output-options.js'
import { ParquetOutputFile } from './parquet-output-file.js'
import { schemaElements } from './schema-elements.js'

/** Parquet files of a directory, driver side. */
export const parquetSink: SinkProvider = fileSink({
  name: 'parquet',

  check({ options, schema }) {
    codecOfOptions(options)
    schemaElements(schema)
  },

  extension: ({ options }) => extensionOf(options),

  create: (path, { schema, options }) => ParquetOutputFile.create(path, schema, codecOfOptions(options)),
})
