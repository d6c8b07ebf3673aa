import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { FileFaults } from '../../files/file-faults.js'
import { splitFromJson } from '../split.js'
import { ArrowReader } from './arrow-reader.js'

/** Files of Arrow's IPC format as batches, executor side. */
export const arrowReader: ReaderProvider = {
  name: 'arrow',

  openReader({ source, columns }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const fields = columns.map((name) => source.schema.fields.find((field) => field.name === name)!)
    return Promise.resolve(
      new ArrowReader(splitFromJson(split.data), { fields }, new FileFaults(source.options), context),
    )
  },
}
