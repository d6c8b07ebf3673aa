import { type ProtocolRequest, rawRequest } from '../client/kafkajs-internals.js'
import { ProtocolWriter } from '../client/protocol-writer.js'

export const FETCH_KEY = 1
/** The last version that names the topic, and the first that has its id instead, so that no other topic of the name is read. */
const FETCH_BY_NAME = 11
export const FETCH_BY_ID = 13

const REPLICA_OF_CONSUMERS = -1
const NO_SESSION_EPOCH = -1
const UNKNOWN = -1

export interface FetchOfPartition {
  readonly topic: string
  /** Without one the topic is asked for by its name. */
  readonly topicId: string | undefined
  readonly partition: number
  readonly offset: bigint
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly isolationLevel: 0 | 1
}

/** A Fetch request of one partition. */
export function fetchRequest(fetch: FetchOfPartition): ProtocolRequest {
  const isById = fetch.topicId !== undefined
  const writer = new ProtocolWriter(isById)
  writer.tags() // of the header
  writer.int32(REPLICA_OF_CONSUMERS).int32(fetch.maxWaitMs).int32(1).int32(fetch.maxBytes).int8(fetch.isolationLevel)
  writer.int32(0).int32(NO_SESSION_EPOCH)
  writer.array([fetch], ({ topic, topicId, partition, offset, maxBytes }) => {
    if (topicId === undefined) writer.string(topic)
    else writer.uuid(topicId)
    writer.array([partition], (number) => {
      writer.int32(number).int32(UNKNOWN).int64(offset) // the leader's epoch
      if (isById) writer.int32(UNKNOWN) // the epoch of the last record fetched
      writer.int64(BigInt(UNKNOWN)).int32(maxBytes).tags() // where a replica's log starts
    })
    writer.tags()
  })
  writer
    .array([], () => undefined)
    .string('')
    .tags() // forgotten topics, the rack
  const apiVersion = isById ? FETCH_BY_ID : FETCH_BY_NAME
  return rawRequest({ apiKey: FETCH_KEY, apiVersion, apiName: 'Fetch' }, writer.toBuffer())
}
