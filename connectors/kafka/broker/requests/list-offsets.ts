import type { PartitionLog } from '../log/partition-log.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'
import { READ_COMMITTED } from './isolation.js'

const LATEST = -1n
const EARLIEST = -2n
interface Found {
  readonly offset: bigint
  readonly timestampMs: bigint
}

const NONE: Found = { offset: -1n, timestampMs: -1n }

export const listOffsets: Api = {
  key: 2,
  name: 'ListOffsets',
  minVersion: 1,
  maxVersion: 5,
  async handle(request, response, { apiVersion }, context) {
    request.int32() // replica id
    const isCommitted = apiVersion >= 2 && request.int8() === READ_COMMITTED
    const topics = request.array(() => ({
      topic: request.string(),
      partitions: request.array(() => {
        const partition = request.int32()
        if (apiVersion >= 4) request.int32() // current leader epoch
        return { partition, timestampMs: request.int64() }
      }),
    }))
    const results = await Promise.all(
      topics.map(async ({ topic, partitions }) => ({
        topic,
        partitions: await Promise.all(
          partitions.map(async ({ partition, timestampMs }) => {
            const log = context.topics.partition(topic, partition)
            if (log === undefined) return { partition, error: ERROR.unknownTopicOrPartition, ...NONE }
            return { partition, error: ERROR.none, ...(await find(log, timestampMs, isCommitted)) }
          }),
        ),
      })),
    )
    if (apiVersion >= 2) response.int32(0)
    response.array(results, ({ topic, partitions }) => {
      response.string(topic).array(partitions, ({ partition, error, timestampMs, offset }) => {
        response.int32(partition).int16(error).int64(timestampMs).int64(offset)
        if (apiVersion >= 4) response.int32(0)
      })
    })
    return true
  },
}

async function find(log: PartitionLog, timestampMs: bigint, isCommitted: boolean): Promise<Found> {
  const end = isCommitted ? log.lastStableOffset : log.endOffset
  if (timestampMs === LATEST) return { offset: end, timestampMs: -1n }
  if (timestampMs === EARLIEST) return { offset: 0n, timestampMs: -1n }
  const found = await log.offsetByTimestamp(timestampMs)
  return found !== undefined && found.offset < end ? found : NONE
}
