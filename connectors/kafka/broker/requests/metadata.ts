import type { BrokerContext } from '../context.js'
import { isValidTopicName } from '../log/topic-store.js'
import { ERROR } from '../protocol/error-codes.js'
import type { RequestReader } from '../protocol/reader.js'
import type { ResponseWriter } from '../protocol/writer.js'
import type { Api } from './api.js'

const NO_OPERATIONS = -2147483648
const NO_ID = Buffer.alloc(16)
/** Versions with compact types; from the next one on they tell the ids of topics (KIP-516). */
const FLEXIBLE = 9
const WITH_IDS = 10

/** A topic is asked for by its name or, where that is null, by its id. */
interface Asked {
  readonly name: string | null
  readonly id: Buffer
}

interface Described {
  readonly name: string | null
  readonly id: Buffer
  readonly error: number
  readonly partitions: number
}

export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  minVersion: 0,
  maxVersion: 12,
  flexibleFrom: FLEXIBLE,
  async handle(request, response, { apiVersion }, context) {
    const asked = readTopics(request, apiVersion)
    const mayCreate = apiVersion < 4 || request.boolean()
    // Version 0 asks for all topics with an empty list, later ones with null.
    const all = asked === null || (apiVersion === 0 && asked.length === 0)
    const wanted = all ? [...context.topics.topics().keys()].map((name) => ({ name, id: NO_ID })) : asked
    const topics = await Promise.all(wanted.map((each) => describe(context, each, mayCreate)))
    write(response, apiVersion, topics, context)
    return true
  },
}

const readTopics = (request: RequestReader, apiVersion: number): Asked[] | null =>
  request.nullableArray(() => {
    const id = apiVersion >= WITH_IDS ? request.uuid() : NO_ID
    const name = apiVersion >= WITH_IDS ? request.nullableString() : request.string()
    request.tags()
    return { name, id }
  })

async function describe(context: BrokerContext, asked: Asked, mayCreate: boolean): Promise<Described> {
  const { topics } = context
  const name = asked.name ?? topics.nameOf(asked.id)
  if (name === undefined) return { ...asked, error: ERROR.unknownTopicId, partitions: 0 }
  const failed = (error: number): Described => ({ name, id: NO_ID, error, partitions: 0 })
  if (!isValidTopicName(name)) return failed(ERROR.invalidTopic)
  const known = topics.topics().get(name)
  if (known) return { name, id: known.id, error: ERROR.none, partitions: known.partitions.length }
  if (!mayCreate || !context.autoCreateTopics) return failed(ERROR.unknownTopicOrPartition)
  const created = await topics.create(name, context.defaultPartitions).catch(() => undefined)
  if (created === undefined) return failed(ERROR.kafkaStorageError)
  return { name, id: created.id, error: ERROR.none, partitions: created.partitions.length }
}

function write(
  response: ResponseWriter,
  apiVersion: number,
  topics: readonly Described[],
  { nodeId, host, port, clusterId }: BrokerContext,
): void {
  if (apiVersion >= 3) response.int32(0)
  response.array([0], () => {
    response.int32(nodeId).string(host).int32(port)
    if (apiVersion >= 1) response.nullableString(null)
    response.noTags()
  })
  if (apiVersion >= 2) response.nullableString(clusterId)
  if (apiVersion >= 1) response.int32(nodeId)
  response.array(topics, ({ error, name, id, partitions }) => {
    response.int16(error).nullableString(name)
    if (apiVersion >= WITH_IDS) response.uuid(id)
    if (apiVersion >= 1) response.boolean(false)
    response.array(numbers(partitions), (partition) => {
      response.int16(ERROR.none).int32(partition).int32(nodeId)
      if (apiVersion >= 7) response.int32(0)
      response.array([nodeId], (each) => response.int32(each)).array([nodeId], (each) => response.int32(each))
      if (apiVersion >= 5) response.array([], () => undefined)
      response.noTags()
    })
    if (apiVersion >= 8) response.int32(NO_OPERATIONS)
    response.noTags()
  })
  if (apiVersion >= 8 && apiVersion <= 10) response.int32(NO_OPERATIONS)
  response.noTags()
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number)
