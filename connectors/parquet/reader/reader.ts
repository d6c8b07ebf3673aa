import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { FileFaults } from '../../files/file-faults.js'
import { splitFromJson } from '../split.js'
import { SplitReader } from './split-reader.js'

/** Parquet files as batches, executor side. */
export const parquetReader: ReaderProvider = {
  name: 'parquet',

  openReader({ source }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    return Promise.resolve(new SplitReader(splitFromJson(split.data), new FileFaults(source.options), context))
  },
}
