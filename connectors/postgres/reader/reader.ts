import {
  type BatchReader,
  MAX_BATCH_ROWS,
  type ReadContext,
  type ReaderProvider,
  type ScanRequest,
  type Split,
} from '../../api.js'
import type { PostgresFormat } from '../options/format.js'
import { describedOptions } from '../options/read-options.js'
import { splitFromJson } from '../split.js'
import { TableReader } from './table-reader.js'

/** Tables and queries of PostgreSQL as batches, executor side. */
export const postgresReader = (format: PostgresFormat): ReaderProvider => ({
  name: format,

  openReader({ source, columns }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const { server, relation, fetchSize = MAX_BATCH_ROWS } = describedOptions(format, source.options)
    const fields = columns.map((name) => source.schema.fields.find((field) => field.name === name)!)
    const rows = Math.min(fetchSize, MAX_BATCH_ROWS)
    const read = { format, server, relation, fields, rows, split: splitFromJson(split.data) }
    return Promise.resolve(new TableReader(read, context))
  },
})
