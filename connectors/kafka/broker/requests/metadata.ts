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
    const asked = apiVersion >= FLEXIBLE ? readFlexible(request, apiVersion) : readNames(request)
    const mayCreate = apiVersion < 4 || request.boolean()
    // Version 0 asks for all topics with an empty list, later ones with null.
    const all = asked === null || (apiVersion === 0 && asked.length === 0)
    const wanted = all ? [...context.topics.topics().keys()].map((name) => ({ name, id: NO_ID })) : asked
    const topics = await Promise.all(wanted.map((each) => describe(context, each, mayCreate)))
    if (apiVersion >= FLEXIBLE) writeFlexible(response, apiVersion, topics, context)
    else writePlain(response, apiVersion, topics, context)
    return true
  },
}

const readNames = (request: RequestReader): Asked[] | null =>
  request.nullableArray(() => ({ name: request.string(), id: NO_ID }))

const readFlexible = (request: RequestReader, apiVersion: number): Asked[] | null =>
  request.compactNullableArray(() => {
    const id = apiVersion >= WITH_IDS ? request.uuid() : NO_ID
    const name = request.compactNullableString()
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

function writePlain(
  response: ResponseWriter,
  apiVersion: number,
  topics: readonly Described[],
  { nodeId, host, port, clusterId }: BrokerContext,
): void {
  if (apiVersion >= 3) response.int32(0)
  response.array([0], () => {
    response.int32(nodeId).string(host).int32(port)
    if (apiVersion >= 1) response.nullableString(null)
  })
  if (apiVersion >= 2) response.nullableString(clusterId)
  if (apiVersion >= 1) response.int32(nodeId)
  response.array(topics, ({ error, name, partitions }) => {
    response.int16(error).nullableString(name)
    if (apiVersion >= 1) response.boolean(false)
    response.array(numbers(partitions), (partition) => {
      response.int16(ERROR.none).int32(partition).int32(nodeId)
      if (apiVersion >= 7) response.int32(0)
      response.array([nodeId], (id) => response.int32(id)).array([nodeId], (id) => response.int32(id))
      if (apiVersion >= 5) response.array([], () => undefined)
    })
    if (apiVersion >= 8) response.int32(NO_OPERATIONS)
  })
  if (apiVersion >= 8) response.int32(NO_OPERATIONS)
}

function writeFlexible(
  response: ResponseWriter,
  apiVersion: number,
  topics: readonly Described[],
  { nodeId, host, port, clusterId }: BrokerContext,
): void {
  response.int32(0).compactArray([0], () => {
    response.int32(nodeId).compactNullableString(host).int32(port).compactNullableString(null).noTags()
  })
  response.compactNullableString(clusterId).int32(nodeId)
  response.compactArray(topics, ({ error, name, id, partitions }) => {
    response.int16(error).compactNullableString(name)
    if (apiVersion >= WITH_IDS) response.uuid(id)
    response.boolean(false).compactArray(numbers(partitions), (partition) => {
      response.int16(ERROR.none).int32(partition).int32(nodeId).int32(0)
      response.compactArray([nodeId], (each) => response.int32(each))
      response.compactArray([nodeId], (each) => response.int32(each))
      response.compactArray([], () => undefined).noTags()
    })
    response.int32(NO_OPERATIONS).noTags()
  })
  if (apiVersion <= 10) response.int32(NO_OPERATIONS)
  response.noTags()
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, number) => number)
