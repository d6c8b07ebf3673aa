import { type Call, type ClusterBroker, type ClusterMetadata, rawRequest } from './kafkajs-internals.js'
import { ProtocolReader } from './protocol-reader.js'
import { ProtocolWriter } from './protocol-writer.js'

const METADATA_KEY = 3
/** The first version with ids of topics, which is flexible too, and the last one we know. */
const FIRST_WITH_IDS = 10
const LAST = 12
/** The version for brokers without: it has the epochs of leaders. */
const WITHOUT_IDS = 7

/** Asks a broker about the cluster and some topics, all of them when none is named. */
export async function askMetadata(
  { connectionPool, versions }: ClusterBroker,
  topics: readonly string[],
  mayCreate: boolean,
): Promise<ClusterMetadata> {
  const most = versions?.[METADATA_KEY]?.maxVersion ?? 0
  const version = most >= FIRST_WITH_IDS ? Math.min(most, LAST) : WITHOUT_IDS
  return await connectionPool.send(metadataCall(version, topics.length === 0 ? null : topics, mayCreate))
}

function metadataCall(version: number, topics: readonly string[] | null, mayCreate: boolean): Call<ClusterMetadata> {
  return {
    request: rawRequest(
      { apiKey: METADATA_KEY, apiVersion: version, apiName: 'Metadata' },
      requestBody(version, topics, mayCreate),
    ),
    response: {
      decode: (raw) => Promise.resolve(decode(new ProtocolReader(raw, version >= FIRST_WITH_IDS), version)),
      parse: ({ value }) => Promise.resolve(value),
    },
  }
}

function requestBody(version: number, topics: readonly string[] | null, mayCreate: boolean): Buffer {
  const hasIds = version >= FIRST_WITH_IDS
  const writer = new ProtocolWriter(hasIds)
  writer.tags() // of the header
  writer.array(topics, (topic) => {
    if (hasIds) writer.uuid(undefined)
    writer.string(topic).tags()
  })
  writer.boolean(mayCreate)
  if (version === FIRST_WITH_IDS) writer.boolean(false) // what one may do with the cluster
  if (hasIds) writer.boolean(false) // what one may do with topics
  return writer.tags().toBuffer()
}

function decode(
  reader: ProtocolReader,
  version: number,
): { readonly clientSideThrottleTime: number; readonly value: ClusterMetadata } {
  reader.tags() // of the header
  const clientSideThrottleTime = reader.int32()
  const brokers = reader.array(() => {
    const broker = { nodeId: reader.int32(), host: reader.string(), port: reader.int32(), rack: reader.string() }
    reader.tags()
    return broker
  })
  const clusterId = reader.string()
  const controllerId = reader.int32()
  const topicMetadata = reader.array(() => topicOf(reader, version))
  return { clientSideThrottleTime, value: { brokers, clusterId, controllerId, topicMetadata } }
}

function topicOf(reader: ProtocolReader, version: number): ClusterMetadata['topicMetadata'][number] {
  const hasIds = version >= FIRST_WITH_IDS
  const topicErrorCode = reader.int16()
  const topic = reader.string()
  const id = hasIds ? reader.uuid() : undefined
  const isInternal = reader.boolean()
  const partitionMetadata = reader.array(() => {
    reader.int16() // what is wrong with the partition is seen by its leader
    const partition = { partitionId: reader.int32(), leader: reader.int32(), leaderEpoch: reader.int32() }
    for (let list = 0; list < 3; list++) reader.array(() => reader.int32()) // replicas, in sync, offline
    reader.tags()
    return partition
  })
  if (hasIds) reader.int32() // what one may do with it
  reader.tags()
  return { topicErrorCode, topic, id, isInternal, partitionMetadata }
}
