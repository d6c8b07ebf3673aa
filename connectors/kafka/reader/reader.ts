import type { BatchReader, ReadContext, ReaderProvider, ScanRequest, Split } from '../../api.js'
import { leaseClient } from '../client/client-lease.js'
import { sourceOptions } from '../source/source-options.js'
import { splitFromJson } from '../split.js'
import { COLUMNS_BYTES } from './columns.js'
import { FETCH_AHEAD_BYTES } from './fetcher.js'
import { PartitionReader } from './partition-reader.js'

/** Partitions of which a task asks brokers at once, and what each takes: its columns, and what the first Fetch brings. */
const AHEAD = { splits: 7, bytes: COLUMNS_BYTES + FETCH_AHEAD_BYTES }

/** Kafka partitions as batches, executor side. */
export const kafkaReader: ReaderProvider = {
  name: 'kafka',
  opensAhead: AHEAD,

  openReader(request: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const { client, isolationLevel, failOnDataLoss } = sourceOptions(request.source.options)
    const lease = leaseClient(client)
    const options = { split: splitFromJson(split.data), columns: request.columns, isolationLevel, failOnDataLoss }
    try {
      return Promise.resolve(new PartitionReader(options, lease, context))
    } catch (error) {
      lease.release()
      throw error
    }
  },
}
