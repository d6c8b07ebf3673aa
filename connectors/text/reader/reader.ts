import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { lineRules } from '../options.js'
import { splitFromJson } from '../split.js'
import { LineReader } from './line-reader.js'

/** Lines of files as batches, executor side. */
export const textReader: ReaderProvider = {
  name: 'text',

  async openReader({ source }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    return new LineReader(splitFromJson(split.data), lineRules(source.options), context)
  },
}
