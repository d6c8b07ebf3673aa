import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'

const RESOURCE_TOPIC = 2
const SOURCE_DEFAULT = 5

export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  minVersion: 0,
  maxVersion: 2,
  async handle(request, response, { apiVersion }, context) {
    const resources = request.array(() => ({
      type: request.int8(),
      name: request.string(),
      keys: request.nullableArray(() => request.string()),
    }))
    const topicSettings = new Map([
      ['cleanup.policy', 'delete'],
      ['retention.ms', '-1'],
      ['retention.bytes', '-1'],
      ['max.message.bytes', String(context.maxMessageBytes)],
      ['message.timestamp.type', 'CreateTime'],
    ])
    const brokerSettings = new Map([
      ['num.partitions', String(context.defaultPartitions)],
      ['auto.create.topics.enable', String(context.autoCreateTopics)],
      ['message.max.bytes', String(context.maxMessageBytes)],
    ])
    response.int32(0).array(resources, ({ type, name, keys }) => {
      const missing = type === RESOURCE_TOPIC && !context.topics.topics().has(name)
      const settings = [...(type === RESOURCE_TOPIC ? topicSettings : brokerSettings)].filter(
        ([key]) => keys === null || keys.includes(key),
      )
      response
        .int16(missing ? ERROR.unknownTopicOrPartition : ERROR.none)
        .nullableString(null)
        .int8(type)
        .string(name)
      response.array(missing ? [] : settings, ([key, value]) => {
        response.string(key).nullableString(value).boolean(true)
        if (apiVersion === 0) response.boolean(true)
        else response.int8(SOURCE_DEFAULT)
        response.boolean(false)
        if (apiVersion >= 1) response.array([], () => undefined)
      })
    })
    return true
  },
}
