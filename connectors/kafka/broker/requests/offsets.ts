import { groupBy } from '../../../../common/group-by.js'
import type { BrokerContext } from '../context.js'
import { ERROR } from '../protocol/error-codes.js'
import type { RequestReader } from '../protocol/reader.js'
import type { ResponseWriter } from '../protocol/writer.js'
import type { Api } from './api.js'
import { readMember } from './member.js'
import { readProducer } from './producer.js'

interface OffsetsOfTopic {
  readonly topic: string
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: string
    readonly metadata: string | null
  }[]
}

function readOffsets(request: RequestReader, hasLeaderEpoch: boolean): readonly OffsetsOfTopic[] {
  return request.array(() => {
    const topic = request.string()
    const partitions = request.array(() => {
      const partition = request.int32()
      const offset = String(request.int64())
      if (hasLeaderEpoch) request.int32()
      const metadata = request.nullableString()
      request.tags()
      return { partition, offset, metadata }
    })
    request.tags()
    return { topic, partitions }
  })
}

const linesOf = (group: string, topics: readonly OffsetsOfTopic[]) =>
  topics.flatMap(({ topic, partitions }) => partitions.map((each) => ({ group, topic, ...each })))

/** The same error for each partition. */
function writeErrors(response: ResponseWriter, topics: readonly OffsetsOfTopic[], error: number): void {
  response.array(topics, ({ topic, partitions }) => {
    response.string(topic).array(partitions, ({ partition }) => response.int32(partition).int16(error).noTags())
    response.noTags()
  })
  response.noTags()
}

export const offsetCommit: Api = {
  key: 8,
  name: 'OffsetCommit',
  minVersion: 2,
  maxVersion: 7,
  async handle(request, response, { apiVersion }, context) {
    const { groupId: group, generation, memberId } = readMember(request)
    if (apiVersion >= 7) request.nullableString() // group instance id
    if (apiVersion <= 4) request.int64() // retention: offsets are kept for ever
    const topics = readOffsets(request, apiVersion >= 6)
    let error: number =
      context.groups.group(group)?.checkCommit(memberId, generation) ??
      (generation < 0 ? ERROR.none : ERROR.unknownMemberId)
    if (error === ERROR.none) {
      // Clients try again when a coordinator is not available, which is what a disk that cannot be written comes to.
      await context.groups.offsets.commit(linesOf(group, topics)).catch(() => {
        error = ERROR.coordinatorNotAvailable
      })
    }
    if (apiVersion >= 3) response.int32(0)
    writeErrors(response, topics, error)
    return true
  },
}

export const txnOffsetCommit: Api = {
  key: 28,
  name: 'TxnOffsetCommit',
  minVersion: 0,
  maxVersion: 3,
  flexibleFrom: 3,
  async handle(request, response, { apiVersion }, { groups, transactions }) {
    const transactionalId = request.string()
    const group = request.string()
    const producer = readProducer(request)
    const generation = apiVersion >= 3 ? request.int32() : -1
    const memberId = apiVersion >= 3 ? request.string() : ''
    if (apiVersion >= 3) request.nullableString() // group instance id
    const topics = readOffsets(request, apiVersion >= 2)
    // Producers that are older do not say which member of the group has read.
    const isMember = generation >= 0 || memberId !== ''
    let error: number = isMember
      ? (groups.group(group)?.checkCommit(memberId, generation) ?? ERROR.illegalGeneration)
      : ERROR.none
    if (error === ERROR.none)
      error = await transactions.addOffsets(transactionalId, producer, group, linesOf(group, topics))
    response.int32(0)
    // A group's coordinator tells of no producer that was replaced, in no version.
    writeErrors(response, topics, error === ERROR.producerFenced ? ERROR.invalidProducerEpoch : error)
    return true
  },
}

export const offsetFetch: Api = {
  key: 9,
  name: 'OffsetFetch',
  minVersion: 1,
  maxVersion: 7,
  flexibleFrom: 6,
  async handle(request, response, { apiVersion }, context) {
    const group = request.string()
    const { offsets } = context.groups
    const asked = request.nullableArray(() => {
      const topic = { topic: request.string(), partitions: request.array(() => request.int32()) }
      request.tags()
      return topic
    })
    const isStableWanted = apiVersion >= 7 && request.boolean()
    const committed = [...groupBy(offsets.all(group), ({ topic }) => topic)]
    const topics =
      asked ?? committed.map(([topic, all]) => ({ topic, partitions: all.map(({ partition }) => partition) }))
    const pending = isStableWanted ? pendingIn(context, group) : NONE_PENDING
    if (apiVersion >= 3) response.int32(0)
    response.array(topics, ({ topic, partitions }) => {
      response.string(topic).array(partitions, (partition) => {
        const isPending = pending.has(keyOf(topic, partition))
        const found = isPending ? undefined : offsets.get(group, topic, partition)
        response.int32(partition).int64(BigInt(found?.offset ?? -1))
        if (apiVersion >= 5) response.int32(-1)
        response.nullableString(found?.metadata ?? '')
        response.int16(isPending ? ERROR.unstableOffsetCommit : ERROR.none).noTags()
      })
      response.noTags()
    })
    if (apiVersion >= 2) response.int16(ERROR.none)
    response.noTags()
    return true
  },
}

const NONE_PENDING: ReadonlySet<string> = new Set()

/** Partitions of which a group gets offsets when a transaction is committed. */
const pendingIn = ({ transactions }: BrokerContext, group: string): ReadonlySet<string> =>
  new Set(transactions.pendingOffsets(group).map(({ topic, partition }) => keyOf(topic, partition)))

const keyOf = (topic: string, partition: number): string => `${topic}-${partition}`
