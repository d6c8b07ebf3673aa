import { groupBy } from '../../../../common/group-by.js'
import type { BrokerContext } from '../context.js'
import type { AbortedTransaction } from '../log/aborted-index.js'
import { EMPTY_SLICE, type LogSlice, type PartitionLog } from '../log/partition-log.js'
import { ERROR } from '../protocol/error-codes.js'
import type { RequestReader } from '../protocol/reader.js'
import type { ResponseWriter } from '../protocol/writer.js'
import type { Api } from './api.js'
import { READ_COMMITTED } from './isolation.js'

interface Wanted {
  /** A topic that is asked for by an id that nothing has is none. */
  readonly topic: string | undefined
  readonly id: Buffer
  readonly partition: number
  readonly offset: bigint
  readonly maxBytes: number
}

interface Fetched extends Wanted {
  readonly error: number
  readonly endOffset: bigint
  readonly lastStableOffset: bigint
  readonly aborted: readonly AbortedTransaction[] | null
  readonly records: LogSlice
}

const MAX_WAIT_MS = 30_000
/** The most that one answer brings, whatever was asked for; Kafka's `fetch.max.bytes`. */
const MAX_FETCH_BYTES = 55 * 1024 * 1024
const NO_ID = Buffer.alloc(16)
/** The first version with compact types (KIP-482), and the first that asks by the ids of topics (KIP-516), so that no other topic of the name is read. */
const FLEXIBLE = 12
const BY_ID = 13

export const fetch: Api = {
  key: 1,
  name: 'Fetch',
  minVersion: 4,
  maxVersion: BY_ID,
  flexibleFrom: FLEXIBLE,
  async handle(request, response, { apiVersion, signal }, context) {
    request.int32() // replica id
    const maxWaitMs = Math.min(request.int32(), MAX_WAIT_MS)
    const minBytes = request.int32()
    const maxBytes = Math.min(request.int32(), MAX_FETCH_BYTES)
    const isCommitted = request.int8() === READ_COMMITTED
    if (apiVersion >= 7) {
      request.int32() // session id: every answer is complete, no session is ever opened
      request.int32()
    }
    const wanted = readWanted(request, apiVersion, context)
    if (minBytes > 0 && maxWaitMs > 0) await waitForData(context, wanted, isCommitted, maxWaitMs, signal)
    const fetched = await sliceAll(context, wanted, maxBytes, isCommitted)
    response.int32(0)
    if (apiVersion >= 7) response.int16(ERROR.none).int32(0)
    const topics = [...groupBy(fetched, ({ topic, id }) => topic ?? id.toString('hex')).values()]
    write(response, apiVersion, topics)
    return true
  },
}

function readWanted(request: RequestReader, apiVersion: number, { topics }: BrokerContext): readonly Wanted[] {
  const wanted = request.array(() => {
    const id = apiVersion >= BY_ID ? request.uuid() : NO_ID
    const topic = apiVersion >= BY_ID ? topics.nameOf(id) : request.string()
    const partitions = request.array((): Wanted => {
      const partition = request.int32()
      if (apiVersion >= 9) request.int32() // current leader epoch
      const offset = request.int64()
      if (apiVersion >= FLEXIBLE) request.int32() // epoch of the last record fetched
      if (apiVersion >= 5) request.int64() // log start offset of a follower
      const maxBytes = request.int32()
      request.tags()
      return { topic, id, partition, offset, maxBytes }
    })
    request.tags()
    return partitions
  })
  return wanted.flat()
}

function write(response: ResponseWriter, apiVersion: number, topics: readonly (readonly Fetched[])[]): void {
  response.array(topics, (partitions) => {
    const { topic, id } = partitions[0]!
    if (apiVersion >= BY_ID) response.uuid(id)
    else response.string(topic!)
    response.array(partitions, (p) => {
      response.int32(p.partition).int16(p.error).int64(p.endOffset).int64(p.lastStableOffset)
      if (apiVersion >= 5) response.int64(0n)
      response.nullableArray(p.aborted, ({ producerId, firstOffset }) => {
        response.int64(producerId).int64(firstOffset).noTags()
      })
      if (apiVersion >= 11) response.int32(-1) // preferred read replica
      response.later(p.records).noTags()
    })
    response.noTags()
  })
  response.noTags()
}

/** Waits until there is something to read: an append to a partition asked for, all of which were at their end, or a marker. */
async function waitForData(
  context: BrokerContext,
  wanted: readonly Wanted[],
  isCommitted: boolean,
  maxWaitMs: number,
  signal: AbortSignal,
): Promise<void> {
  const logs = wanted.map((want) => ({ log: logOf(context, want), offset: want.offset }))
  const isReady = (): boolean =>
    logs.some(({ log, offset }) => log === undefined || isSomething(log, offset, isCommitted))
  if (isReady() || signal.aborted) return
  await new Promise<void>((resolve) => {
    let cancels: readonly (() => void)[] = []
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      for (const cancel of cancels) cancel()
      resolve()
    }
    const wait = (): void => {
      for (const cancel of cancels) cancel()
      if (isReady()) return done()
      cancels = logs.map(({ log }) => (log as PartitionLog).onAppend(wait))
    }
    const timer = setTimeout(done, maxWaitMs)
    signal.addEventListener('abort', done)
    wait()
  })
}

/** Whether a reader at the offset is told something: records, or that the offset does not exist. */
const isSomething = (log: PartitionLog, offset: bigint, isCommitted: boolean): boolean =>
  offset < 0n || offset > log.endOffset || offset < (isCommitted ? log.lastStableOffset : log.endOffset)

/** A topic asked for by its id may have been deleted, and its name given to another one, while the request waited. */
function logOf({ topics }: BrokerContext, { topic, id, partition }: Wanted): PartitionLog | undefined {
  const found = topic === undefined ? undefined : topics.topics().get(topic)
  return id === NO_ID || found?.id.equals(id) === true ? found?.partitions[partition] : undefined
}

async function sliceAll(
  context: BrokerContext,
  wanted: readonly Wanted[],
  maxBytes: number,
  isCommitted: boolean,
): Promise<readonly Fetched[]> {
  const fetched: Fetched[] = []
  let left = maxBytes
  for (const want of wanted) {
    const log = logOf(context, want)
    const nothing = { ...want, endOffset: -1n, lastStableOffset: -1n, aborted: null, records: EMPTY_SLICE }
    if (log === undefined) {
      const isKnown = want.topic !== undefined && context.topics.topics().get(want.topic)?.id.equals(want.id)
      const error = want.id === NO_ID || isKnown ? ERROR.unknownTopicOrPartition : ERROR.unknownTopicId
      fetched.push({ ...nothing, error })
      continue
    }
    const ends = { endOffset: log.endOffset, lastStableOffset: log.lastStableOffset }
    if (want.offset < 0n || want.offset > log.endOffset) {
      fetched.push({ ...nothing, ...ends, error: ERROR.offsetOutOfRange })
      continue
    }
    const records = left > 0 ? await log.slice(want.offset, Math.min(left, want.maxBytes), isCommitted) : EMPTY_SLICE
    left -= records.bytes
    const aborted = isCommitted ? await log.aborted(want.offset, records.until) : null
    fetched.push({ ...nothing, ...ends, error: ERROR.none, aborted, records })
  }
  return fetched
}
