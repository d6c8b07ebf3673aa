import type { BrokerContext } from '../context.js'
import { isValidTopicName } from '../log/topic-store.js'
import { ERROR } from '../protocol/error-codes.js'
import type { ResponseWriter } from '../protocol/writer.js'
import type { Api } from './api.js'

const NO_OPERATIONS = -2147483648

export const metadata: Api = {
  key: 3,
  name: 'Metadata',
  minVersion: 0,
  maxVersion: 8,
  async handle(request, response, { apiVersion }, context) {
    const asked = request.nullableArray(() => request.string())
    const mayCreate = apiVersion < 4 || request.boolean()
    // Version 0 asks for all topics with an empty list, later ones with null.
    const all = asked === null || (apiVersion === 0 && asked.length === 0)
    const names = all ? [...context.topics.topics().keys()] : asked
    const topics = await Promise.all(names.map((name) => describe(context, name, mayCreate)))
    if (apiVersion >= 3) response.int32(0)
    response.array([0], () => {
      response.int32(context.nodeId).string(context.host).int32(context.port)
      if (apiVersion >= 1) response.nullableString(null)
    })
    if (apiVersion >= 2) response.nullableString(context.clusterId)
    if (apiVersion >= 1) response.int32(context.nodeId)
    response.array(topics, (topic) => {
      response.int16(topic.error).string(topic.name)
      if (apiVersion >= 1) response.boolean(false)
      response.array(Array.from(Array(topic.partitions).keys()), (p) =>
        writePartition(response, apiVersion, context.nodeId, p),
      )
      if (apiVersion >= 8) response.int32(NO_OPERATIONS)
    })
    if (apiVersion >= 8) response.int32(NO_OPERATIONS)
    return true
  },
}

async function describe(
  context: BrokerContext,
  name: string,
  mayCreate: boolean,
): Promise<{ name: string; error: number; partitions: number }> {
  if (!isValidTopicName(name)) return { name, error: ERROR.invalidTopic, partitions: 0 }
  const logs = context.topics.topics().get(name)
  if (logs) return { name, error: ERROR.none, partitions: logs.length }
  if (!mayCreate || !context.autoCreateTopics) return { name, error: ERROR.unknownTopicOrPartition, partitions: 0 }
  const created = await context.topics.create(name, context.defaultPartitions)
  return { name, error: ERROR.none, partitions: created.length }
}

function writePartition(response: ResponseWriter, apiVersion: number, nodeId: number, partition: number): void {
  response.int16(ERROR.none).int32(partition).int32(nodeId)
  if (apiVersion >= 7) response.int32(0)
  response.array([nodeId], (id) => response.int32(id)).array([nodeId], (id) => response.int32(id))
  if (apiVersion >= 5) response.array([], () => undefined)
}
