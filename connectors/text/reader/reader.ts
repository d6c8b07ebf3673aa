import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { FileFaults } from '../../files/file-faults.js'
import { lineRules } from '../options.js'
import { splitFromJson } from '../split.js'
import { LineReader } from './line-reader.js'
import { ShapeReader } from './shape-reader.js'

/** Lines of files as batches, executor side. */
export const textReader: ReaderProvider = {
  name: 'text',

  async openReader({ source }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const texts = splitFromJson(split.data)
    const rules = lineRules(source.options)
    const lines = new LineReader(texts, rules, new FileFaults(source.options), context)
    return rules.shapes ? new ShapeReader(lines, rules.shapes, texts.index, context) : lines
  },
}
