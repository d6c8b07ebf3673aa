import type { BrokerContext } from '../context.js'
import { isValidTopicName } from '../log/topic-store.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'

interface PartitionResult {
  readonly partition: number
  readonly error: number
  readonly baseOffset: bigint
}

const NO_TIMESTAMP = -1n

export const produce: Api = {
  key: 0,
  name: 'Produce',
  minVersion: 3,
  maxVersion: 7,
  async handle(request, response, { apiVersion }, context) {
    request.nullableString() // transactional id
    const acks = request.int16()
    request.int32() // timeout: an append either happens at once or fails
    const topics = request.array(() => ({
      topic: request.string(),
      partitions: request.array(() => ({ partition: request.int32(), records: request.nullableBytes() })),
    }))
    const results = await Promise.all(
      topics.map(async ({ topic, partitions }) => ({
        topic,
        partitions: await Promise.all(partitions.map((p) => append(context, topic, p.partition, p.records))),
      })),
    )
    if (acks === 0) return false
    response.array(results, ({ topic, partitions }) => {
      response.string(topic).array(partitions, (result) => {
        response.int32(result.partition).int16(result.error).int64(result.baseOffset).int64(NO_TIMESTAMP)
        if (apiVersion >= 5) response.int64(0n)
      })
    })
    response.int32(0)
    return true
  },
}

async function append(
  context: BrokerContext,
  topic: string,
  partition: number,
  records: Buffer | null,
): Promise<PartitionResult> {
  const failed = (error: number): PartitionResult => ({ partition, error, baseOffset: -1n })
  if (!isValidTopicName(topic)) return failed(ERROR.invalidTopic)
  const log = context.topics.partition(topic, partition)
  if (log === undefined) return failed(ERROR.unknownTopicOrPartition)
  if (records === null) return failed(ERROR.invalidRequest)
  if (records.length > context.maxMessageBytes) return failed(ERROR.messageTooLarge)
  // A disk that is full or broken is told to the producer, who may try again.
  const result = await log.append(records).catch(() => undefined)
  return result === undefined ? failed(ERROR.kafkaStorageError) : { partition, ...result }
}
