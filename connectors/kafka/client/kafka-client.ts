import { MillraceError } from '../../../common/errors/millrace-error.js'
import { growingPauseMs } from '../../../common/growing-pause.js'
import { BrokerHealth } from './broker-health.js'
import type { ClientOptions } from './client-options.js'
import { renewConnections } from './connections.js'
import { asCondition, notCommitted } from './failure.js'
import { type Call, type Cluster, type ClusterBroker, connectionsOf, createCluster } from './kafkajs-internals.js'
import { KeepAlive } from './keep-alive.js'
import { askMetadata } from './metadata.js'
import { RETRY_PAUSE, Retries } from './retries.js'
import { contextOf } from './ssl-options.js'
import { type Descriptions, described, type Inquiry, leaderOf, type TopicDescription } from './topic-description.js'

/** How often a topic is looked at again that seems to be another one than before: some three seconds long. */
const DOUBTS = 4
/** How long a commit of offsets that are only shown may hold up a stream. */
const COMMIT_PATIENCE_MS = 30_000
const REPLICA_OF_CONSUMERS = -1
const GROUP_COORDINATOR = 0
/** Whose coordinators are known; more are looked up again. */
const MOST_COORDINATORS = 10_000
const ADD_PARTITIONS_TO_TRANSACTION = 24

type GroupOffsets = Parameters<ClusterBroker['offsetCommit']>[0]['topics']

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
  readonly #topics = new Map<string, TopicDescription>()
  /** Nodes by what they coordinate. */
  readonly #coordinators = new Map<string, number>()
  readonly #retries: Retries
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: ClientOptions, allowAutoTopicCreation: boolean) {
    this.servers = options.brokers.join(',')
    this.requestTimeoutMs = options.requestTimeoutMs
    this.giveUpMs = options.giveUpMs
    this.#retries = new Retries(this.servers)
    this.#createsTopics = allowAutoTopicCreation
    // A request that is waited for no longer must not hold its connection.
    const requestTimeout = Math.min(options.requestTimeoutMs, options.giveUpMs)
    const connectionTimeout = Math.min(options.connectionTimeoutMs, options.giveUpMs)
    const about = {
      brokers: options.brokers,
      clientId: options.clientId,
      ...(options.ssl ? { ssl: contextOf(options.ssl) } : {}),
      ...(options.sasl ? { sasl: options.sasl } : {}),
      connectionTimeout,
      authenticationTimeout: connectionTimeout,
      requestTimeout,
      metadataMaxAge: 0,
      allowAutoTopicCreation,
      retry: { retries: 2, initialRetryTime: 100, maxRetryTime: 500 },
    }
    const health = new BrokerHealth()
    this.#cluster = createCluster(about, {
      adaptPool: (pool, open) =>
        renewConnections(pool, open, {
          maxThrottleMs: requestTimeout,
          onOpening: (connection) => this.#keepAlive.apply(connection),
          onAnswer: () => {
            health.answered(pool)
            this.#retries.answered()
          },
          onSilence: () => health.silent(pool),
        }),
      metadata: (broker, topics) => askMetadata(broker, topics, allowAutoTopicCreation),
      sorted: (brokers) => health.sorted(brokers),
    })
    this.#keepAlive = new KeepAlive(this.#cluster)
  }

  /**
   * Runs what may fail because a broker went away or a leader moved, again and again with pauses between until it is given up; `body`
   * is told whether it is a repetition and metadata should be looked at again.
   * @throws OPERATION_CANCELED, KAFKA_UNAVAILABLE and what `asCondition` says
   */
  async retrying<T>(topic: string, body: (again: boolean) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return await this.#retries.run(body, {
      signal,
      giveUpMs: this.giveUpMs,
      mayBeThere: () => this.#createsTopics || this.#topics.has(topic),
      condition: (error) => asCondition(error, this.servers, topic),
    })
  }

  /** Topics, always asked anew. @throws UNKNOWN_TOPIC_OR_PARTITION, KAFKA_UNAVAILABLE */
  async describe(topics: readonly string[], signal?: AbortSignal): Promise<Descriptions> {
    if (topics.length === 0) return new Map()
    return await this.#retries.run(() => this.#refresh(topics), {
      signal,
      giveUpMs: this.giveUpMs,
      mayBeThere: () => this.#createsTopics || topics.some((topic) => this.#topics.has(topic)),
      condition: (error) => asCondition(error, this.servers, topics.join(', ')),
    })
  }

  /** As `Inquiry` has it. @throws KAFKA_UNAVAILABLE */
  async describeUntil(
    topics: readonly string[],
    isExpected: (found: Descriptions) => boolean,
    signal?: AbortSignal,
  ): Promise<Descriptions> {
    let found: Descriptions = new Map()
    const deadline = this.#retries.deadline(this.giveUpMs, signal)
    try {
      for (let attempt = 0; ; attempt++) {
        found = await this.retrying(topics.join(', '), () => this.#ask(topics), signal)
        if (attempt >= DOUBTS || isExpected(found)) return found
        await deadline.pause(growingPauseMs(RETRY_PAUSE, attempt))
      }
    } finally {
      deadline.release()
    }
  }

  /** The names of all topics but Kafka's own. @throws KAFKA_UNAVAILABLE */
  async topics(signal?: AbortSignal): Promise<readonly string[]> {
    const body = async (): Promise<readonly string[]> => {
      const { topicMetadata } = await (await this.#connected()).metadata([])
      return topicMetadata.flatMap(({ topic, isInternal }) => (isInternal || topic === null ? [] : [topic]))
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
      const description = await this.#known(topic, again)
      const found = new Map<number, bigint>()
      const byLeader = new Map<number, number[]>()
      for (const partition of timestamps.keys()) {
        const leader = leaderOf(description, topic, partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition])
      }
      const ofLeader = async ([leader, some]: readonly [number, readonly number[]]): Promise<void> => {
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
      await Promise.all([...byLeader].map(ofLeader))
      const missing = [...timestamps.keys()].find((partition) => !found.has(partition))
      if (missing !== undefined) throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: `${topic}-${missing}` })
      return found
    }
    return await this.retrying(topic, body, signal)
  }

  /** The same questions, for one who may not want the answers any more. */
  until(signal: AbortSignal): Inquiry {
    return {
      describe: (topics) => this.describe(topics, signal),
      describeUntil: (topics, isExpected) => this.describeUntil(topics, isExpected, signal),
      topics: () => this.topics(signal),
      offsets: (topic, timestamps, isolationLevel) => this.offsets(topic, timestamps, isolationLevel, signal),
    }
  }

  /**
   * Sends to the leader of a partition what `callFor` makes for that broker. With `again` the leader is looked up anew. Throws what kafkajs
   * throws.
   */
  async sendToLeader<T>(
    topic: string,
    partition: number,
    again: boolean,
    callFor: (broker: ClusterBroker) => Call<T>,
  ): Promise<T> {
    const leader = leaderOf(await this.#known(topic, again), topic, partition)
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) })
    return await broker.connectionPool.send(callFor(broker))
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

  /** Whether the brokers know of transactions. @throws KAFKA_UNAVAILABLE */
  async servesTransactions(signal: AbortSignal): Promise<boolean> {
    const { versions } = await this.retrying('*', () => this.#connected(), signal)
    return versions?.[ADD_PARTITIONS_TO_TRANSACTION] !== undefined
  }

  /** The broker that coordinates a group (kind 0) or a transactional id (kind 1). Throws what kafkajs throws. */
  async coordinator(kind: 0 | 1, name: string, again: boolean): Promise<ClusterBroker> {
    const key = `${kind} ${name}`
    let nodeId = again ? undefined : this.#coordinators.get(key)
    if (nodeId === undefined) {
      const broker = await this.#connected()
      nodeId = (await broker.findGroupCoordinator({ groupId: name, coordinatorType: kind })).coordinator.nodeId
      if (this.#coordinators.size >= MOST_COORDINATORS) this.#coordinators.clear()
      this.#coordinators.set(key, nodeId)
    }
    return await this.#cluster.findBroker({ nodeId: String(nodeId) })
  }

  /** What comes of asking each broker of the cluster, some of which may not be reached. Throws what kafkajs throws. */
  async ofAllBrokers<T>(ask: (broker: Promise<ClusterBroker>) => Promise<T>): Promise<readonly T[]> {
    await this.#ask([])
    const nodeIds = Object.keys(this.#cluster.brokerPool.brokers)
    return await Promise.all(nodeIds.map((nodeId) => ask(this.#cluster.findBroker({ nodeId }))))
  }

  /**
   * Notes offsets for a consumer group that has no members.
   * @throws KAFKA_OFFSETS_NOT_COMMITTED soon, also when the cluster is away: nobody is to wait for what is only shown
   */
  async commitOffsets(signal: AbortSignal, groupId: string, topics: GroupOffsets): Promise<void> {
    const body = async (again: boolean): Promise<void> => {
      const broker = await this.coordinator(GROUP_COORDINATOR, groupId, again)
      await broker.offsetCommit({ groupId, groupGenerationId: -1, memberId: '', topics })
    }
    await this.#retries.run(body, {
      signal,
      giveUpMs: Math.min(this.giveUpMs, COMMIT_PATIENCE_MS),
      mayBeThere: () => false,
      condition: (error) => notCommitted(error, groupId),
    })
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

  async #known(topic: string, again: boolean): Promise<TopicDescription> {
    const known = again ? undefined : this.#topics.get(topic)
    return known ?? (await this.#refresh([topic])).get(topic)!
  }

  async #connected(): Promise<ClusterBroker> {
    await this.#cluster.connect()
    return await this.#cluster.brokerPool.findConnectedBroker()
  }

  /** @throws UNKNOWN_TOPIC_OR_PARTITION naming the first topic that does not exist */
  async #refresh(topics: readonly string[]): Promise<Descriptions> {
    const found = await this.#ask(topics)
    const missing = topics.find((topic) => !found.has(topic))
    if (missing !== undefined) throw new MillraceError('UNKNOWN_TOPIC_OR_PARTITION', { topic: missing })
    return found
  }

  /** The topics that exist. One question at a time: kafkajs keeps the metadata of the last call only. */
  #ask(topics: readonly string[]): Promise<Descriptions> {
    const next = this.#last
      .catch(() => undefined)
      .then(async () => {
        await this.#cluster.connect()
        await this.#cluster.brokerPool.refreshMetadata(topics)
        const found = described(this.#cluster.brokerPool.metadata, topics)
        for (const [topic, description] of found) this.#topics.set(topic, description)
        return found
      })
    this.#last = next
    return next
  }
}
