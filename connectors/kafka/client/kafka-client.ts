import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { ClientOptions } from './client-options.js'
import { Deadline } from './deadline.js'
import { asCondition, isTransient, typeOf } from './failure.js'
import {
  type Cluster,
  type ClusterBroker,
  type ClusterMetadata,
  type ConnectionPool,
  connectionsOf,
  createCluster,
  FETCH_KEY,
  type ProtocolRequest,
  type ProtocolResponse,
} from './kafkajs-internals.js'
import { KeepAlive } from './keep-alive.js'
import { contextOf } from './ssl-options.js'

/** How often a cluster is tried that has not answered yet: a wrong address is to be told soon. */
const FIRST_RETRIES = 5
/** How often a topic is asked for that should be there, some seconds long. */
const UNKNOWN_RETRIES = 7
const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 2_000
const REPLICA_OF_CONSUMERS = -1
export const EARLIEST = -2n
export const LATEST = -1n

/** Partitions and their leaders (node ids) of a topic. */
export type Leaders = ReadonlyMap<number, number>

/** Questions about topics, all ended by the same signal. */
export interface Inquiry {
  partitions(topics: readonly string[]): Promise<ReadonlyMap<string, Leaders>>
  topics(): Promise<readonly string[]>
  offsets(
    topic: string,
    timestamps: ReadonlyMap<number, bigint>,
    isolationLevel: number,
  ): Promise<ReadonlyMap<number, bigint>>
}

/** The connections of this thread to one cluster, shared by all that read or write it with the same options. */
export class KafkaClient {
  readonly servers: string
  readonly requestTimeoutMs: number
  /** How long what fails for a passing reason is tried again. */
  readonly giveUpMs: number
  readonly #cluster: Cluster
  readonly #keepAlive: KeepAlive
  /** A topic that is being created is unknown for a moment. */
  readonly #createsTopics: boolean
  readonly #leaders = new Map<string, Leaders>()
  readonly #opening = new WeakMap<ConnectionPool, Map<boolean, Promise<unknown>>>()
  /** Whether the cluster has answered since it was given up last: then it is worth to wait for it. */
  #hasAnswered = false
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ClientOptions, allowAutoTopicCreation: boolean) {
    this.servers = options.brokers.join(',')
    this.requestTimeoutMs = options.requestTimeoutMs
    this.giveUpMs = options.giveUpMs
    this.#createsTopics = allowAutoTopicCreation
    this.#cluster = createCluster({
      brokers: options.brokers,
      clientId: options.clientId,
      ...(options.ssl ? { ssl: contextOf(options.ssl) } : {}),
      ...(options.sasl ? { sasl: options.sasl } : {}),
      connectionTimeout: options.connectionTimeoutMs,
      authenticationTimeout: options.connectionTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      metadataMaxAge: 0,
      allowAutoTopicCreation,
      retry: { retries: 2, initialRetryTime: FIRST_PAUSE_MS, maxRetryTime: 500 },
    })
    this.#keepAlive = new KeepAlive(this.#cluster)
  }

  /**
   * Runs what may fail because a broker went away or a leader moved, again and again with pauses between until it is given up; `body`
   * is told whether it is a repetition and metadata should be looked at again.
   * @throws OPERATION_CANCELED, KAFKA_UNAVAILABLE and what `asCondition` says
   */
  async retrying<T>(topic: string, body: (again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const late = (): MillraceError =>
      new MillraceError('KAFKA_UNAVAILABLE', { servers: this.servers, reason: `no answer in ${this.giveUpMs} ms` })
    const deadline = new Deadline(this.giveUpMs, signal, late)
    let last: unknown
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          const result = await deadline.within(body(attempt > 0))
          this.#hasAnswered = true
          return result
        } catch (error) {
          if (deadline.isOver) throw error
          last = error
          this.#hasAnswered ||= typeOf(error) !== undefined
          const isHopeless = !this.#hasAnswered && attempt >= FIRST_RETRIES
          if (isHopeless || !this.#isTransient(error, topic, attempt)) throw error
          await deadline.pause(Math.min(FIRST_PAUSE_MS * 2 ** Math.min(attempt, 8), MAX_PAUSE_MS))
        }
      }
    } catch (error) {
      if (deadline.isOver) this.#hasAnswered = false
      throw asCondition(deadline.isOver && !signal?.aborted ? (last ?? error) : error, this.servers, topic)
    } finally {
      deadline.release()
    }
  }

  /** The partitions of topics. @throws UNKNOWN_TOPIC_OR_PARTITION, KAFKA_UNAVAILABLE */
  async partitions(topics: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, Leaders>> {
    const found = new Map<string, Leaders>()
    for (const topic of topics) {
      found.set(topic, await this.retrying(topic, () => this.#refresh(topic), signal))
    }
    return found
  }

  /** The names of all topics but Kafka's own. @throws KAFKA_UNAVAILABLE */
  async topics(signal?: AbortSignal): Promise<readonly string[]> {
    const body = async (): Promise<readonly string[]> => {
      const broker = await this.#connected()
      const { topicMetadata } = await broker.metadata([])
      return topicMetadata.filter(({ isInternal }) => !isInternal).map(({ topic }) => topic)
    }
    return await this.retrying('*', body, signal)
  }

  /** Offsets by a timestamp in milliseconds for each partition, or LATEST and EARLIEST; -1 where no record is as young. */
  async offsets(
    topic: string,
    timestamps: ReadonlyMap<number, bigint>,
    isolationLevel: number,
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, bigint>> {
    const body = async (again: boolean): Promise<ReadonlyMap<number, bigint>> => {
      const leaders = await this.#leadersOf(topic, again)
      const found = new Map<number, bigint>()
      const byLeader = new Map<number, number[]>()
      for (const partition of timestamps.keys()) {
        const leader = leaders.get(partition)
        if (leader === undefined) throw unknownPartition(topic, partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
      }
      for (const [leader, some] of byLeader) {
        const broker = await this.#cluster.findBroker({ nodeId: String(leader) })
        const asked = some.map((partition) => ({ partition, timestamp: String(timestamps.get(partition)) }))
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
    }
    return await this.retrying(topic, body, signal)
  }

  /** The same questions, for one who may not want the answers any more. */
  until(signal: AbortSignal): Inquiry {
    return {
      partitions: (topics) => this.partitions(topics, signal),
      topics: () => this.topics(signal),
      offsets: (topic, timestamps, isolationLevel) => this.offsets(topic, timestamps, isolationLevel, signal),
    }
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
    const { connectionPool } = await this.#cluster.findBroker({ nodeId: String(leader) })
    await this.#open(connectionPool, request)
    return await connectionPool.send({ request, response, logResponseError: false })
  }

  /** A producer that is told from others by its id, without transactions. */
  async newProducer(signal: AbortSignal): Promise<{ readonly producerId: bigint; readonly producerEpoch: number }> {
    const body = async (): Promise<{ readonly producerId: string; readonly producerEpoch: number }> => {
      const broker = await this.#connected()
      return await broker.initProducerId({ transactionalId: null, transactionTimeout: this.requestTimeoutMs })
    }
    const { producerId, producerEpoch } = await this.retrying('*', body, signal)
    return { producerId: BigInt(producerId), producerEpoch }
  }

  /** Notes offsets for a consumer group that has no members. */
  async commitOffsets(
    signal: AbortSignal,
    groupId: string,
    topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[],
  ): Promise<void> {
    const body = async (): Promise<void> => {
      await this.#connected()
      const coordinator = await this.#cluster.findGroupCoordinator({ groupId })
      await coordinator.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics })
    }
    await this.retrying('__consumer_offsets', body, signal)
  }

  /** Ends the connections; what is under way on them fails, so that nobody waits for an answer that may not come. */
  async close(): Promise<void> {
    const closed = new MillraceError('KAFKA_UNAVAILABLE', { servers: this.servers, reason: 'the client is closed' })
    for (const { requestQueue } of connectionsOf(this.#cluster)) requestQueue.rejectAll(closed)
    await this.#cluster.disconnect()
  }

  /** Whether open connections keep the process alive. */
  setKeepsAlive(alive: boolean): void {
    this.#keepAlive.set(alive)
  }

  /** A topic that is being created, or of which another broker has heard already, is unknown to some for a moment. */
  #isTransient(error: unknown, topic: string, attempt: number): boolean {
    if (isTransient(error)) return true
    const mayBeThere = this.#createsTopics || this.#leaders.has(topic)
    return mayBeThere && attempt < UNKNOWN_RETRIES && typeOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
  }

  /** Of two that ask for a closed connection at once kafkajs opens a socket for each, and loses one of them. */
  #open(pool: ConnectionPool, request: ProtocolRequest): Promise<unknown> {
    const opening = this.#opening.get(pool) ?? new Map<boolean, Promise<unknown>>()
    this.#opening.set(pool, opening)
    const isFetch = request.apiKey === FETCH_KEY
    const known = opening.get(isFetch)
    if (known !== undefined) return known
    const made = pool.getConnectionByRequest({ request }).finally(() => opening.delete(isFetch))
    opening.set(isFetch, made)
    return made
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
