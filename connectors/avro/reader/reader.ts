import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { FileFaults } from '../../files/file-faults.js'
import { splitFromJson } from '../split.js'
import { AvroReader } from './avro-reader.js'

/** Files of Avro as batches, executor side. */
export const avroReader: ReaderProvider = {
  name: 'avro',

  openReader({ source, columns }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const fields = columns.map((name) => source.schema.fields.find((field) => field.name === name)!)
    return Promise.resolve(new AvroReader(splitFromJson(split.data), fields, new FileFaults(source.options), context))
  },
}
