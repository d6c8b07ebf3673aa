import kafkajs from 'kafkajs'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Options } from '../../api.js'
import { clientOptions, lowerCaseNames } from '../client/client-options.js'
import { asCondition, typeOf } from '../client/failure.js'
import { unknownOption } from '../client/option-reader.js'
import { contextOf } from '../client/ssl-options.js'

export interface NewTopic {
  readonly name: string
  /** What the brokers have as default when it is not given. */
  readonly partitions?: number
  readonly replicationFactor?: number
}

export interface PartitionInfo {
  readonly partition: number
  /** The node id of the leader, -1 when there is none. */
  readonly leader: number
  readonly replicas: readonly number[]
  readonly firstOffset: string
  readonly endOffset: string
}

/** Topics of a cluster, for people: to make, list, look at and delete them. */
export interface TopicAdmin {
  list(): Promise<readonly string[]>
  /** @throws KAFKA_TOPIC_ALREADY_EXISTS, KAFKA_REQUEST_REFUSED */
  create(topic: NewTopic): Promise<void>
  /** @throws UNKNOWN_TOPIC_OR_PARTITION */
  describe(name: string): Promise<readonly PartitionInfo[]>
  /** @throws UNKNOWN_TOPIC_OR_PARTITION */
  delete(name: string): Promise<void>
  close(): Promise<void>
}

const PATIENCE = { option: 'default.api.timeout.ms', defaultMs: 10_000 }
const CLUSTER_DEFAULT = -1

/**
 * Connects to a cluster.
 * @param options those of the source: `kafka.bootstrap.servers` and the ones of security
 * @throws INVALID_OPTION, KAFKA_UNAVAILABLE, KAFKA_AUTHENTICATION_FAILED, KAFKA_CERTIFICATE_NOT_TRUSTED
 */
export async function connectTopicAdmin(options: Options): Promise<TopicAdmin> {
  // Others say what to read; here there is nothing to read.
  for (const name of lowerCaseNames(options).keys()) if (!name.startsWith('kafka.')) throw unknownOption(name)
  const { brokers, clientId, ssl, sasl, connectionTimeoutMs, requestTimeoutMs } = clientOptions(
    options,
    new Set(),
    PATIENCE,
  )
  const servers = brokers.join(',')
  const kafka = new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 3 },
    ...(ssl ? { ssl: contextOf(ssl) } : {}),
    ...(sasl ? { sasl: sasl as kafkajs.SASLOptions } : {}),
  })
  const admin = kafka.admin()
  const asked = async <T>(topic: string, action: string, request: Promise<T>): Promise<T> => {
    try {
      return await request
    } catch (error) {
      throw refusal(error, servers, topic, action)
    }
  }
  await asked('*', 'be connected', admin.connect())
  return {
    list: async () => (await asked('*', 'list topics', admin.listTopics())).toSorted(),
    async create({ name, partitions = CLUSTER_DEFAULT, replicationFactor = CLUSTER_DEFAULT }) {
      const topics = [{ topic: name, numPartitions: partitions, replicationFactor }]
      const created = await asked(
        name,
        `create the topic ${name}`,
        admin.createTopics({ topics, waitForLeaders: false }),
      )
      if (!created) throw new MillraceError('KAFKA_TOPIC_ALREADY_EXISTS', { topic: name })
    },
    async describe(name) {
      const action = `describe the topic ${name}`
      const { topics } = await asked(name, action, admin.fetchTopicMetadata({ topics: [name] }))
      const offsets = await asked(name, action, admin.fetchTopicOffsets(name))
      return topics[0]!.partitions
        .map(({ partitionId: partition, leader, replicas }) => {
          const { low = '', high = '' } = offsets.find((each) => each.partition === partition) ?? {}
          return { partition, leader, replicas, firstOffset: low, endOffset: high }
        })
        .toSorted((a, b) => a.partition - b.partition)
    },
    delete: (name) => asked(name, `delete the topic ${name}`, admin.deleteTopics({ topics: [name] })),
    close: () => admin.disconnect(),
  }
}

/** Errors of single topics come together in one; the first says what was wrong. */
function refusal(error: unknown, servers: string, topic: string, action: string): MillraceError {
  const errors = (error as { readonly errors?: readonly Error[] }).errors ?? [error]
  const first = errors[0] as Error
  const type = typeOf(first)
  if (type === undefined || type === 'UNKNOWN_TOPIC_OR_PARTITION') return asCondition(first, servers, topic)
  return new MillraceError('KAFKA_REQUEST_REFUSED', { servers, action, reason: first.message }, { cause: error })
}
