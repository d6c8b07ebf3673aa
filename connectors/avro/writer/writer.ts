import { storedValues } from '../../../columnar/stored-values.js'
import type { WriterProvider } from '../../api.js'
import { fileWriter } from '../../files/commit/task-writer.js'
import { AvroOutputFile } from './avro-output-file.js'
import { avroOutput } from './output-options.js'

/** Files of Avro in a directory, executor side. */
export const avroWriter: WriterProvider = fileWriter({
  name: 'avro',
  extension: ({ options }) => avroOutput(options).extension,

  opener({ schema, options }, context) {
    const output = avroOutput(options)
    return (path) => AvroOutputFile.create(path, schema, output, context)
  },

  rowsOf: storedValues,
})
