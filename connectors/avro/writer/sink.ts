import { writtenSchema } from '../../../columnar/avro/written-schema.js'
import type { SinkProvider } from '../../api.js'
import { fileSink } from '../../files/file-sink.js'
import { AvroOutputFile } from './avro-output-file.js'
import { avroOutput } from './output-options.js'

/** Files of Avro in a directory, driver side. */
export const avroSink: SinkProvider = fileSink({
  name: 'avro',

  check({ options, schema }) {
    writtenSchema(schema, avroOutput(options))
  },

  extension: ({ options }) => avroOutput(options).extension,

  create: (path, { schema, options }) => AvroOutputFile.create(path, schema, avroOutput(options)),
})
