import type { Socket } from 'node:net'
import type { SecureVersion } from 'node:tls'
import clusterModule from 'kafkajs/src/cluster/index.js'
import errorsModule from 'kafkajs/src/errors.js'
import loggersModule from 'kafkajs/src/loggers/index.js'
import connectionModule from 'kafkajs/src/network/connection.js'
import encoderModule from 'kafkajs/src/protocol/encoder.js'
import errorCodesModule from 'kafkajs/src/protocol/error.js'
import { brokerAddress } from './broker-address.js'
import { openSocket } from './open-socket.js'

/*
 * Every use of kafkajs's internals, of exactly the version below. Its consumer makes an object of each record, which is an order of
 * magnitude too slow; its connections, security and metadata are what we keep. `test/kafka/kafkajs-internals.test.ts` fails when an
 * upgrade moves something.
 */
export const KAFKAJS_VERSION = '2.2.4'
/** A request or response body being encoded. */
export interface Encoder {
  writeBufferInternal(value: Buffer): void
}

export interface ProtocolRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  encode(): Promise<Encoder>
}

/** How a response is read: `decode` gets the bytes after the correlation id, `parse` what `decode` made of them. */
export interface ProtocolResponse<T> {
  decode(raw: Buffer): Promise<{ readonly clientSideThrottleTime: number; readonly value: T }>
  parse(decoded: { readonly value: T }): Promise<T>
}

/** A socket and what waits for answers on it. */
export interface Connection {
  readonly socket?: Socket
  connectionStatus: 'connected' | 'disconnecting' | 'disconnected'
  /** The pieces that have arrived of a response. */
  chunks: readonly Buffer[]
  readonly versions: object | null
  readonly requestQueue: {
    readonly requestTimeoutIntervalId?: NodeJS.Timeout | null
    readonly pending: readonly unknown[]
    readonly inflight: ReadonlyMap<number, unknown>
    scheduleCheckPendingRequests(): void
    fulfillRequest(answer: { readonly correlationId: number }): void
    maybeThrottle(ms: number | null | undefined): void
    rejectAll(error: Error): void
    destroy(): void
  }
  connect(): Promise<unknown>
  disconnect(): Promise<boolean>
  isConnected(): boolean
  processData(data: Buffer): void
  setVersions(versions: object | null): void
  getSupportAuthenticationProtocol(): boolean | null
  setSupportAuthenticationProtocol(isSupported: boolean | null): void
  send<T>(call: Call<T>): Promise<T>
}

export interface Call<T> {
  readonly request: ProtocolRequest
  readonly response: ProtocolResponse<T>
  readonly requestTimeout?: number
  readonly logResponseError?: boolean
}

export interface ConnectionPool {
  readonly pool: Connection[]
  readonly host: string
  readonly port: number
  readonly rack: string | null
  getConnection(index?: number): Promise<Connection>
  send<T>(call: Call<T>): Promise<T>
}

export interface ListedOffset {
  readonly partition: number
  readonly offset: string
}

interface ProducerNames {
  readonly transactionalId: string
  readonly producerId: string
  readonly producerEpoch: number
}

export interface ClusterBroker {
  readonly nodeId: number | null
  readonly connectionPool: ConnectionPool
  /** What the broker serves, by the number of the API; null before it was asked. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number } | undefined>> | null
  isConnected(): boolean
  disconnect(): Promise<void>
  /** Of all topics when none is named. */
  metadata: (topics: readonly string[]) => Promise<ClusterMetadata>
  listOffsets(request: {
    readonly replicaId: number
    readonly isolationLevel: number
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly timestamp: string }[]
    }[]
  }): Promise<{
    readonly responses: readonly { readonly topic: string; readonly partitions: readonly ListedOffset[] }[]
  }>
  initProducerId(request: {
    readonly transactionalId: string | null
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
  findGroupCoordinator(request: {
    readonly groupId: string
    readonly coordinatorType: number
  }): Promise<{ readonly coordinator: { readonly nodeId: number } }>
  addPartitionsToTxn(
    request: ProducerNames & {
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]
    },
  ): Promise<unknown>
  endTxn(request: ProducerNames & { readonly transactionResult: boolean }): Promise<unknown>
  offsetCommit(request: {
    readonly groupId: string
    readonly groupGenerationId: number
    readonly memberId: string
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }): Promise<unknown>
}

/** What a broker says about the cluster; nothing in it is an error until somebody asks for that topic. */
export interface ClusterMetadata {
  readonly brokers: readonly {
    readonly nodeId: number
    readonly host: string | null
    readonly port: number
    readonly rack: string | null
  }[]
  readonly clusterId: string | null
  readonly controllerId: number
  readonly topicMetadata: readonly {
    readonly topicErrorCode: number
    readonly topic: string | null
    /** Of brokers that give topics an id: another one when the topic was deleted and created again. */
    readonly id: string | undefined
    readonly isInternal: boolean
    readonly partitionMetadata: readonly {
      readonly partitionId: number
      /** -1 for none. */
      readonly leader: number
      readonly leaderEpoch: number
    }[]
  }[]
}

export interface Cluster {
  readonly connectionPoolBuilder: { build(address?: object): Promise<ConnectionPool> }
  readonly brokerPool: {
    readonly metadata: ClusterMetadata | null
    createBroker(options: object): ClusterBroker
    readonly brokers: Readonly<Record<string, ClusterBroker>>
    readonly seedBroker?: ClusterBroker
    refreshMetadata(topics: readonly string[]): Promise<void>
    findConnectedBroker(): Promise<ClusterBroker>
    findBroker(which: { readonly nodeId: string }): Promise<ClusterBroker>
  }
  connect(): Promise<void>
  disconnect(): Promise<void>
  findBroker(which: { readonly nodeId: string }): Promise<ClusterBroker>
}

export interface SaslOptions {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
  readonly username: string
  readonly password: string
}

export interface SslOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** PKCS12 in base64. */
  readonly pfx?: string
  readonly passphrase?: string
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  readonly checkServerIdentity?: () => undefined
}

export interface ClusterOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Options of `tls.connect`. */
  readonly ssl?: object
  readonly sasl?: SaslOptions
  readonly connectionTimeout: number
  readonly authenticationTimeout: number
  readonly requestTimeout: number
  readonly metadataMaxAge: number
  readonly allowAutoTopicCreation: boolean
  readonly retry: { readonly retries: number; readonly initialRetryTime: number; readonly maxRetryTime: number }
}

const ClusterClass = clusterModule as new (options: object) => Cluster
const EncoderClass = encoderModule as new () => Encoder
const { createLogger } = loggersModule as { createLogger(options: object): unknown }
const ConnectionClass = connectionModule as new (options: object) => Connection
const { KafkaJSConnectionError } = errorsModule as {
  KafkaJSConnectionError: new (message: string, options: { readonly broker: string }) => Error
}
const { createErrorFromCode } = errorCodesModule as {
  createErrorFromCode(code: number): { readonly type: string; readonly message: string; readonly retriable: boolean }
}

/** What the connections of a cluster are made with. */
export interface ClusterParts {
  /** Changes what a pool does about connections that end; `open` makes a new one to the same broker. */
  adaptPool(pool: ConnectionPool, open: () => Connection): void
  /** Asks a broker for metadata. */
  readonly metadata: (broker: ClusterBroker, topics: readonly string[]) => Promise<ClusterMetadata>
  /** The brokers in the order in which to ask them what any of them knows. */
  readonly sorted: (brokers: readonly ClusterBroker[]) => readonly ClusterBroker[]
}

/** Connections to a cluster. Quiet: what goes wrong arrives as an error, and is told once, by us. */
export function createCluster(options: ClusterOptions, parts: ClusterParts): Cluster {
  const logger = createLogger({ level: 0, logCreator: () => () => undefined })
  const ofConnections = { ...options, logger, socketFactory: openSocket, enforceRequestTimeout: true }
  const cluster = new ClusterClass(ofConnections)
  const { brokerPool, connectionPoolBuilder: builder } = cluster
  const build = builder.build.bind(builder)
  let seeds = 0
  builder.build = async (address) => {
    // Left to itself it takes what is before the first colon for the host of a seed, also of an IPv6 address.
    const pool = await build(address ?? brokerAddress(options.brokers[seeds++ % options.brokers.length]!))
    const { host, port, rack } = pool
    parts.adaptPool(pool, () => new ConnectionClass({ ...ofConnections, host, port, rack }))
    return pool
  }
  const createBroker = brokerPool.createBroker.bind(brokerPool)
  brokerPool.createBroker = (about) => {
    const broker = createBroker(about)
    broker.metadata = (topics) => parts.metadata(broker, topics)
    return broker
  }
  brokerPool.findConnectedBroker = async () => {
    for (const { nodeId } of parts.sorted(Object.values(brokerPool.brokers))) {
      const found = await brokerPool.findBroker({ nodeId: String(nodeId) }).catch(() => undefined)
      if (found !== undefined) return found
    }
    // None of those we know of can be reached: they may all have moved.
    await cluster.connect()
    return brokerPool.seedBroker!
  }
  return cluster
}

/** All connections there are to the brokers of a cluster, open or not. */
export function connectionsOf({ brokerPool: { brokers, seedBroker } }: Cluster): readonly Connection[] {
  const all = new Set([...Object.values(brokers), ...(seedBroker ? [seedBroker] : [])])
  return [...all].flatMap((broker) => broker.connectionPool.pool)
}

/** A connection that broke, as kafkajs itself tells it. */
export function connectionError(message: string, broker: string): Error {
  return new KafkaJSConnectionError(message, { broker })
}

/** A request of which `body` is everything behind its header. */
export function rawRequest(
  head: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string },
  body: Buffer,
): ProtocolRequest {
  return {
    ...head,
    encode: () => {
      const encoder = new EncoderClass()
      encoder.writeBufferInternal(body)
      return Promise.resolve(encoder)
    },
  }
}

/** What an error code of the protocol means. */
export function protocolError(code: number): ReturnType<typeof createErrorFromCode> {
  return createErrorFromCode(code)
}
