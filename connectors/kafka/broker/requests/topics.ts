import type { BrokerContext } from '../context.js'
import { isValidTopicName } from '../log/topic-store.js'
import { ERROR } from '../protocol/error-codes.js'
import type { Api } from './api.js'

const MAX_PARTITIONS = 10_000

interface NewTopic {
  readonly name: string
  readonly partitions: number
  readonly replication: number
  readonly assignments: number
}

interface Outcome {
  readonly name: string
  readonly error: number
  readonly message: string | null
}

const outcome = (name: string, error: number, message: string | null = null): Outcome => ({ name, error, message })

export const createTopics: Api = {
  key: 19,
  name: 'CreateTopics',
  minVersion: 2,
  maxVersion: 4,
  async handle(request, response, _header, context) {
    const topics = request.array((): NewTopic => {
      const name = request.string()
      const partitions = request.int32()
      const replication = request.int16()
      const assignments = request.array(() => {
        request.int32()
        request.array(() => request.int32())
      }).length
      request.array(() => {
        request.string() // a setting of the topic: this broker keeps everything for ever, whatever it says
        request.nullableString()
      })
      return { name, partitions, replication, assignments }
    })
    request.int32() // timeout
    const validateOnly = request.boolean()
    const results: Outcome[] = []
    for (const topic of topics) results.push(await create(context, topic, validateOnly))
    response.int32(0).array(results, ({ name, error, message }) => {
      response.string(name).int16(error).nullableString(message)
    })
    return true
  },
}

async function create(context: BrokerContext, topic: NewTopic, validateOnly: boolean): Promise<Outcome> {
  const { name, replication } = topic
  const partitions =
    topic.assignments > 0 ? topic.assignments : topic.partitions === -1 ? context.defaultPartitions : topic.partitions
  if (!isValidTopicName(name)) return outcome(name, ERROR.invalidTopic, `'${name}' is no valid topic name`)
  if (context.topics.topics().has(name))
    return outcome(name, ERROR.topicAlreadyExists, `Topic '${name}' already exists.`)
  if (partitions < 1 || partitions > MAX_PARTITIONS) {
    return outcome(name, ERROR.invalidPartitions, `Number of partitions must be from 1 to ${MAX_PARTITIONS}.`)
  }
  if (replication !== -1 && replication !== 1) {
    return outcome(name, ERROR.invalidReplicationFactor, 'This is a single broker: the replication factor must be 1.')
  }
  return validateOnly ? outcome(name, ERROR.none) : stored(name, context.topics.create(name, partitions))
}

/** What came of a change on disk. */
async function stored(name: string, change: Promise<unknown>): Promise<Outcome> {
  try {
    await change
    return outcome(name, ERROR.none)
  } catch (error) {
    return outcome(name, ERROR.kafkaStorageError, error instanceof Error ? error.message : String(error))
  }
}

export const deleteTopics: Api = {
  key: 20,
  name: 'DeleteTopics',
  minVersion: 1,
  maxVersion: 3,
  async handle(request, response, _header, context) {
    const names = request.array(() => request.string())
    request.int32() // timeout
    const results: Outcome[] = []
    for (const name of names) {
      if (!context.topics.topics().has(name)) results.push(outcome(name, ERROR.unknownTopicOrPartition))
      else results.push(await stored(name, deleteTopic(context, name)))
    }
    response.int32(0).array(results, ({ name, error }) => response.string(name).int16(error))
    return true
  },
}

/** Offsets and transactions go first: left behind, they would hold for a later topic of the same name. */
async function deleteTopic({ topics, groups, transactions }: BrokerContext, name: string): Promise<void> {
  await transactions.forget(name)
  await groups.offsets.forget(name)
  await topics.delete(name)
}

export const createPartitions: Api = {
  key: 37,
  name: 'CreatePartitions',
  minVersion: 0,
  maxVersion: 1,
  async handle(request, response, _header, context) {
    const topics = request.array(() => {
      const name = request.string()
      const total = request.int32()
      request.nullableArray(() => request.array(() => request.int32())) // assignments: there is one broker
      return { name, total }
    })
    request.int32() // timeout
    const validateOnly = request.boolean()
    const results: Outcome[] = []
    for (const { name, total } of topics) {
      const count = context.topics.topics().get(name)?.partitions.length
      if (count === undefined) results.push(outcome(name, ERROR.unknownTopicOrPartition))
      else if (total <= count || total > MAX_PARTITIONS) {
        results.push(outcome(name, ERROR.invalidPartitions, `Topic '${name}' has ${count} partitions.`))
      } else if (validateOnly) results.push(outcome(name, ERROR.none))
      else results.push(await stored(name, context.topics.grow(name, total)))
    }
    response.int32(0).array(results, ({ name, error, message }) => {
      response.string(name).int16(error).nullableString(message)
    })
    return true
  },
}
