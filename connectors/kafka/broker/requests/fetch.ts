import { groupBy } from '../../../../common/group-by.js'
import type { BrokerContext } from '../context.js'
import type { LogSlice, PartitionLog } from '../log/partition-log.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'

interface Wanted {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly maxBytes: number
}

interface Fetched extends Wanted {
  readonly error: number
  readonly endOffset: bigint
  readonly records: LogSlice | undefined
}

const MAX_WAIT_MS = 30_000
/** The most that one answer brings, whatever was asked for; Kafka's `fetch.max.bytes`. */
const MAX_FETCH_BYTES = 55 * 1024 * 1024
const NO_BYTES = Buffer.alloc(0)

export const fetch: Api = {
  key: 1,
  name: 'Fetch',
  minVersion: 4,
  maxVersion: 11,
  async handle(request, response, { apiVersion, signal }, context) {
    request.int32() // replica id
    const maxWaitMs = Math.min(request.int32(), MAX_WAIT_MS)
    const minBytes = request.int32()
    const maxBytes = Math.min(request.int32(), MAX_FETCH_BYTES)
    request.int8() // isolation level: without transactions all that is written is committed
    if (apiVersion >= 7) {
      request.int32() // session id: every answer is complete, no session is ever opened
      request.int32()
    }
    const wanted = request
      .array(() => {
        const topic = request.string()
        return request.array((): Wanted => {
          const partition = request.int32()
          if (apiVersion >= 9) request.int32() // current leader epoch
          const offset = request.int64()
          if (apiVersion >= 5) request.int64() // log start offset of a follower
          return { topic, partition, offset, maxBytes: request.int32() }
        })
      })
      .flat()
    await waitForData(context, wanted, minBytes, maxWaitMs, signal)
    const fetched = await sliceAll(context, wanted, maxBytes)
    response.int32(0)
    if (apiVersion >= 7) response.int16(ERROR.none).int32(0)
    const topics = [...groupBy(fetched, ({ topic }) => topic)]
    response.array(topics, ([topic, partitions]) => {
      response.string(topic).array(partitions, (p) => {
        response.int32(p.partition).int16(p.error).int64(p.endOffset).int64(p.endOffset)
        if (apiVersion >= 5) response.int64(0n)
        response.int32(-1) // aborted transactions
        if (apiVersion >= 11) response.int32(-1) // preferred read replica
        if (p.records === undefined) response.bytes(NO_BYTES)
        else response.later(p.records)
      })
    })
    return true
  },
}

/** Waits until `minBytes` may be there: any append to a partition asked for, all of which were at their end, wakes it. */
async function waitForData(
  context: BrokerContext,
  wanted: readonly Wanted[],
  minBytes: number,
  maxWaitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const logs = wanted.map(({ topic, partition, offset }) => ({
    log: context.topics.partition(topic, partition),
    offset,
  }))
  const ready = logs.some(({ log, offset }) => log === undefined || offset !== log.endOffset)
  if (ready || minBytes <= 0 || maxWaitMs <= 0 || signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      for (const cancel of cancels) cancel()
      resolve()
    }
    const timer = setTimeout(done, maxWaitMs)
    signal.addEventListener('abort', done)
    const cancels = logs.map(({ log }) => (log as PartitionLog).onAppend(done))
  })
}

async function sliceAll(
  context: BrokerContext,
  wanted: readonly Wanted[],
  maxBytes: number,
): Promise<readonly Fetched[]> {
  const fetched: Fetched[] = []
  let left = maxBytes
  for (const want of wanted) {
    const log = context.topics.partition(want.topic, want.partition)
    const nothing = { ...want, endOffset: log?.endOffset ?? -1n, records: undefined }
    if (log === undefined) fetched.push({ ...nothing, error: ERROR.unknownTopicOrPartition, endOffset: -1n })
    else if (want.offset < 0n || want.offset > log.endOffset)
      fetched.push({ ...nothing, error: ERROR.offsetOutOfRange })
    else {
      const records = left > 0 ? await log.slice(want.offset, Math.min(left, want.maxBytes)) : undefined
      left -= records?.bytes ?? 0
      fetched.push({ ...nothing, error: ERROR.none, endOffset: log.endOffset, records })
    }
  }
  return fetched
}
