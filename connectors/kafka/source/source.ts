import { BIGINT, BINARY, INT, type Schema, STRING, TIMESTAMP } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options, ScanRequest, SourceDescription, SourceProvider, Split, StreamSource } from '../../api.js'
import { leaseClient } from '../client/client-lease.js'
import { asSplit } from '../split.js'
import { splitsBetween } from './offsets.js'
import type { GivenPosition } from './position-options.js'
import { checkedAgainstLog, resolvePosition, subscribed } from './positions.js'
import { checkBatch, checkStream, sourceOptions, subscriptionText } from './source-options.js'
import { KafkaStream } from './stream.js'

const EARLIEST_OFFSETS: GivenPosition = { option: 'startingOffsets', position: { kind: 'earliest' } }
const LATEST_OFFSETS: GivenPosition = { option: 'endingOffsets', position: { kind: 'latest' } }

/** The columns of every topic, as in Spark. */
export const KAFKA_SCHEMA: Schema = Object.freeze({
  fields: [
    { name: 'key', type: BINARY, nullable: true },
    { name: 'value', type: BINARY, nullable: true },
    { name: 'topic', type: STRING, nullable: false },
    { name: 'partition', type: INT, nullable: false },
    { name: 'offset', type: BIGINT, nullable: false },
    { name: 'timestamp', type: TIMESTAMP, nullable: false },
    { name: 'timestampType', type: INT, nullable: false },
  ],
})

/** Kafka topics as a table or a stream, driver side. */
export const kafkaSource: SourceProvider = {
  name: 'kafka',

  describe(options: Options, paths: readonly string[], schema: Schema | undefined): Promise<SourceDescription> {
    if (schema !== undefined || paths.length > 0) {
      const what = schema === undefined ? 'paths' : 'a schema'
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${what} for the data source kafka` })
    }
    sourceOptions(options)
    return Promise.resolve({ provider: 'kafka', options, paths: [], schema: KAFKA_SCHEMA })
  },

  async planSplits(request: ScanRequest): Promise<readonly Split[]> {
    const options = sourceOptions(request.source.options)
    checkBatch(options)
    const { starting = EARLIEST_OFFSETS, ending = LATEST_OFFSETS, isolationLevel } = options
    const lease = leaseClient(options.client)
    try {
      const { client } = lease
      const { partitions, descriptions } = await subscribed(client, options)
      const from = await resolvePosition(client, starting, partitions, isolationLevel)
      const until = await resolvePosition(client, ending, partitions, isolationLevel)
      const checked = await checkedAgainstLog(client, from, options)
      return splitsBetween(checked, until, options, (topic) => descriptions.get(topic)?.id).map(asSplit)
    } finally {
      lease.release()
    }
  },

  stream: {
    identity: ({ options }) => `kafka[${subscriptionText(sourceOptions(options))}]`,
    isReplayable: true,
    open(source: SourceDescription): Promise<StreamSource> {
      const options = sourceOptions(source.options)
      checkStream(options)
      return Promise.resolve(new KafkaStream(options, leaseClient(options.client)))
    },
  },
}
