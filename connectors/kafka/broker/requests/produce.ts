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
    const transactionalId = request.nullableString()
    const acks = request.int16()
    request.int32() // timeout: an append either happens at once or fails
    const topics = request.array(() => ({
      topic: request.string(),
      partitions: request.array(() => ({ partition: request.int32(), records: request.nullableBytes() })),
    }))
    const results = await Promise.all(
      topics.map(async ({ topic, partitions }) => ({
        topic,
        partitions: await Promise.all(partitions.map((p) => append(context, transactionalId, topic, p))),
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
  { topics, transactions, maxMessageBytes }: BrokerContext,
  transactionalId: string | null,
  topic: string,
  { partition, records }: { readonly partition: number; readonly records: Buffer | null },
): Promise<PartitionResult> {
  const failed = (error: number): PartitionResult => ({ partition, error, baseOffset: -1n })
  if (!isValidTopicName(topic)) return failed(ERROR.invalidTopic)
  const log = topics.partition(topic, partition)
  if (log === undefined) return failed(ERROR.unknownTopicOrPartition)
  if (records === null) return failed(ERROR.invalidRequest)
  if (records.length > maxMessageBytes) return failed(ERROR.messageTooLarge)
  // A disk that is full or broken is told to the producer, who may try again.
  const admission = transactions.admission(transactionalId, topic, partition)
  const result = await log.append(records, admission).catch(() => undefined)
  return result === undefined ? failed(ERROR.kafkaStorageError) : { partition, ...result }
}
