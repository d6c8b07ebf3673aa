import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { splitFromJson } from '../split.js'
import { SplitReader } from './split-reader.js'

/** Parquet files as batches, executor side. */
export const parquetReader: ReaderProvider = {
  name: 'parquet',

  openReader(_request: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    return Promise.resolve(new SplitReader(splitFromJson(split.data), context))
  },
}
