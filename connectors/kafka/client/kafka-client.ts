import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { ClientOptions } from './client-options.js'
import { asCondition, isTransient, typeOf } from './failure.js'
import {
  type Cluster,
  type ClusterBroker,
  type ClusterMetadata,
  createCluster,
  type ProtocolRequest,
  type ProtocolResponse,
} from './kafkajs-internals.js'

const RETRIES = 6
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2_000
const IDLE_MS = 30_000
const REPLICA_OF_CONSUMERS = -1
export const EARLIEST = -2n
export const LATEST = -1n

/** Partitions and their leaders (node ids) of a topic. */
export type Leaders = ReadonlyMap<number, number>

/** The connections of this thread to one cluster, shared by all that read or write it with the same options. */
export class KafkaClient {
  readonly servers: string
  readonly requestTimeoutMs: number
  readonly #cluster: Cluster
  /** A topic that is being created is unknown for a moment. */
  readonly #createsTopics: boolean
  readonly #leaders = new Map<string, Leaders>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ClientOptions, allowAutoTopicCreation: boolean) {
    this.servers = options.brokers.join(',')
    this.requestTimeoutMs = options.requestTimeoutMs
    this.#createsTopics = allowAutoTopicCreation
    this.#cluster = createCluster({
      brokers: options.brokers,
      clientId: options.clientId,
      ...(options.ssl ? { ssl: options.ssl } : {}),
      ...(options.sasl ? { sasl: options.sasl } : {}),
      connectionTimeout: options.connectionTimeoutMs,
      authenticationTimeout: options.connectionTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      metadataMaxAge: 0,
      allowAutoTopicCreation,
      retry: { retries: 2, initialRetryTime: FIRST_PAUSE_MS, maxRetryTime: 500 },
    })
  }

  /**
   * Runs what may fail because a broker went away or a leader moved, several times with pauses between; `body` is told
   * whether it is a repetition and metadata should be looked at again.
   * @throws KAFKA_UNAVAILABLE and what `asCondition` says
   */
  async retrying<T>(topic: string, body: (again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const deadline = Date.now() + this.requestTimeoutMs
    for (let attempt = 0; ; attempt++) {
      try {
        return await body(attempt > 0)
      } catch (error) {
        signal?.throwIfAborted()
        const isTransientHere =
          isTransient(error) || (this.#createsTopics && typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION')
        if (!isTransientHere || attempt >= RETRIES || Date.now() >= deadline) {
          throw asCondition(error, this.servers, topic)
        }
        await pause(Math.min(FIRST_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS))
      }
    }
  }

  /** The partitions of topics. @throws UNKNOWN_TOPIC_OR_PARTITION, KAFKA_UNAVAILABLE */
  async partitions(topics: readonly string[]): Promise<ReadonlyMap<string, Leaders>> {
    const found = new Map<string, Leaders>()
    for (const topic of topics) {
      found.set(topic, await this.retrying(topic, () => this.#refresh(topic)))
    }
    return found
  }

  /** The names of all topics but Kafka's own. @throws KAFKA_UNAVAILABLE */
  async topics(): Promise<readonly string[]> {
    return await this.retrying('*', async () => {
      const broker = await this.#connected()
      const { topicMetadata } = await broker.metadata([])
      return topicMetadata.filter(({ isInternal }) => !isInternal).map(({ topic }) => topic)
    })
  }

  /** Offsets by timestamp in milliseconds, or LATEST and EARLIEST; -1 where no record is as young. */
  async offsets(
    topic: string,
    partitions: readonly number[],
    timestamp: bigint,
    isolationLevel: number,
  ): Promise<ReadonlyMap<number, bigint>> {
    return await this.retrying(topic, async (again) => {
      const leaders = await this.#leadersOf(topic, again)
      const found = new Map<number, bigint>()
      const byLeader = new Map<number, number[]>()
      for (const partition of partitions) {
        const leader = leaders.get(partition)
        if (leader === undefined) throw unknownPartition(topic, partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
      }
      for (const [leader, some] of byLeader) {
        const broker = await this.#cluster.findBroker({ nodeId: String(leader) })
        const asked = some.map((partition) => ({ partition, timestamp: String(timestamp) }))
        const { responses } = await broker.listOffsets({
          replicaId: REPLICA_OF_CONSUMERS,
          isolationLevel,
          topics: [{ topic, partitions: asked }],
        })
        for (const { partition, offset } of responses.flatMap((response) => response.partitions)) {
          found.set(partition, BigInt(offset))
        }
      }
      return found
    })
  }

  /** Sends to the leader of a partition. With `again` the leader is looked up anew. Throws what kafkajs throws. */
  async sendToLeader<T>(
    topic: string,
    partition: number,
    again: boolean,
    request: ProtocolRequest,
    response: ProtocolResponse<T>,
  ): Promise<T> {
    const leader = (await this.#leadersOf(topic, again)).get(partition)
    if (leader === undefined) throw unknownPartition(topic, partition)
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) })
    return await broker.connectionPool.send({ request, response, logResponseError: false })
  }

  /** Notes offsets for a consumer group that has no members. */
  async commitOffsets(
    groupId: string,
    topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[],
  ): Promise<void> {
    await this.retrying('__consumer_offsets', async () => {
      await this.#connected()
      const coordinator = await this.#cluster.findGroupCoordinator({ groupId })
      await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics })
    })
  }

  async close(): Promise<void> {
    await this.#cluster.disconnect()
  }

  /** Whether open connections keep the process alive. */
  setKeepsAlive(alive: boolean): void {
    const { brokers, seedBroker } = this.#cluster.brokerPool
    const all: ClusterBroker[] = [...Object.values(brokers), ...(seedBroker ? [seedBroker] : [])]
    for (const { socket, requestQueue } of all.flatMap((broker) => broker.connectionPool.pool)) {
      const timer = requestQueue.requestTimeoutIntervalId
      if (alive) {
        socket?.ref()
        timer?.ref()
      } else {
        socket?.unref()
        timer?.unref()
      }
    }
  }

  async #leadersOf(topic: string, again: boolean): Promise<Leaders> {
    const known = again ? undefined : this.#leaders.get(topic)
    return known ?? (await this.#refresh(topic))
  }

  async #connected(): Promise<ClusterBroker> {
    await this.#cluster.connect()
    return await this.#cluster.brokerPool.findConnectedBroker()
  }

  /** One at a time: kafkajs keeps the metadata of the last call only. */
  #refresh(topic: string): Promise<Leaders> {
    const next = this.#last
      .catch(() => undefined)
      .then(async () => {
        await this.#cluster.connect()
        await this.#cluster.brokerPool.refreshMetadata([topic])
        const leaders = leadersIn(this.#cluster.brokerPool.metadata, topic)
        if (leaders.size === 0) throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic })
        this.#leaders.set(topic, leaders)
        return leaders
      })
    this.#last = next
    return next
  }
}

function leadersIn(metadata: ClusterMetadata | null, topic: string): Leaders {
  const found = metadata?.topicMetadata.find((entry) => entry.topic === topic)
  return new Map((found?.partitionMetadata ?? []).map(({ partitionId, leader }) => [partitionId, leader]))
}

const unknownPartition = (topic: string, partition: number): MillraceError =>
  new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: `${topic}-${partition}` })

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Cached {
  readonly client: KafkaClient
  users: number
  idle?: NodeJS.Timeout | undefined
}

const clients = new Map<string, Cached>()

export interface ClientLease {
  readonly client: KafkaClient
  /** Must be called; the connections stay for a while for the next user, without keeping the process alive. */
  release(): void
}

/** The thread's connections for these options. */
export function leaseClient(options: ClientOptions, allowAutoTopicCreation = false): ClientLease {
  const checksHosts = options.ssl?.checkServerIdentity === undefined
  const key = JSON.stringify([options, checksHosts, allowAutoTopicCreation])
  const cached: Cached = clients.get(key) ?? { client: new KafkaClient(options, allowAutoTopicCreation), users: 0 }
  clients.set(key, cached)
  cached.users++
  clearTimeout(cached.idle)
  cached.client.setKeepsAlive(true)
  let released = false
  return {
    client: cached.client,
    release() {
      if (released) return
      released = true
      if (--cached.users > 0) return
      cached.client.setKeepsAlive(false)
      cached.idle = setTimeout(() => {
        clients.delete(key)
        // Nobody waits for it; a connection that is already gone needs no closing.
        cached.client.close().catch(() => undefined)
      }, IDLE_MS).unref()
    },
  }
}

/** Closes the connections nobody uses, at the end of a session. */
export async function closeIdleClients(): Promise<void> {
  for (const [key, { client, users, idle }] of [...clients]) {
    if (users > 0) continue
    clearTimeout(idle)
    clients.delete(key)
    await client.close()
  }
}
