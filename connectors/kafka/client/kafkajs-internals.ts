import { createRequire } from 'node:module'
import type { Socket } from 'node:net'
import type { SecureVersion } from 'node:tls'

/*
 * Every use of kafkajs's internals, of exactly the version below. Its consumer makes an object of each record, which is an order of
 * magnitude too slow; its connections, security and metadata are what we keep. `test/kafka/kafkajs-internals.test.ts` fails when an
 * upgrade moves something.
 */
export const KAFKAJS_VERSION = '2.2.4'
/** Fetches have connections of their own. */
export const FETCH_KEY = 1

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

export interface Connection {
  readonly socket?: Socket
  readonly connectionStatus: 'connected' | 'disconnecting' | 'disconnected'
  disconnect(): Promise<boolean>
  readonly requestQueue: {
    readonly requestTimeoutIntervalId?: NodeJS.Timeout | null
    readonly pending: readonly unknown[]
    scheduleCheckPendingRequests(): void
    rejectAll(error: Error): void
  }
}

export interface ConnectionPool {
  readonly pool: readonly Connection[]
  /** Opens the connection such a request takes, when it is closed. */
  getConnectionByRequest(call: { readonly request: Pick<ProtocolRequest, 'apiKey'> }): Promise<Connection>
  send<T>(call: {
    readonly request: ProtocolRequest
    readonly response: ProtocolResponse<T>
    readonly requestTimeout?: number
    readonly logResponseError?: boolean
  }): Promise<T>
}

export interface ListedOffset {
  readonly partition: number
  readonly offset: string
}

export interface ClusterBroker {
  readonly nodeId: number | null
  readonly connectionPool: ConnectionPool
  disconnect(): Promise<void>
  metadata(topics: readonly string[]): Promise<ClusterMetadata>
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
    readonly transactionalId: null
    readonly transactionTimeout: number
  }): Promise<{ readonly producerId: string; readonly producerEpoch: number }>
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

export interface ClusterMetadata {
  readonly topicMetadata: readonly {
    readonly topic: string
    readonly isInternal?: boolean
    readonly partitionMetadata: readonly { readonly partitionId: number; readonly leader: number }[]
  }[]
}

export interface Cluster {
  readonly connectionPoolBuilder: { build(address?: object): Promise<ConnectionPool> }
  readonly brokerPool: {
    readonly metadata: ClusterMetadata | null
    readonly brokers: Readonly<Record<string, ClusterBroker>>
    readonly seedBroker?: ClusterBroker
    refreshMetadata(topics: readonly string[]): Promise<void>
    findConnectedBroker(): Promise<ClusterBroker>
  }
  connect(): Promise<void>
  disconnect(): Promise<void>
  findBroker(which: { readonly nodeId: string }): Promise<ClusterBroker>
  findGroupCoordinator(which: { readonly groupId: string }): Promise<ClusterBroker>
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

export interface FetchRequest {
  readonly replicaId: number
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
  readonly isolationLevel: number
  readonly topics: readonly {
    readonly topic: string
    readonly partitions: readonly {
      readonly partition: number
      readonly fetchOffset: string
      readonly maxBytes: number
    }[]
  }[]
}

const require = createRequire(import.meta.url)
const ClusterClass = require('kafkajs/src/cluster') as new (options: object) => Cluster
const EncoderClass = require('kafkajs/src/protocol/encoder') as new () => Encoder
const socketFactory = require('kafkajs/src/network/socketFactory') as () => unknown
const { createLogger } = require('kafkajs/src/loggers') as { createLogger(options: object): unknown }
const fetchV11 = require('kafkajs/src/protocol/requests/fetch/v11/request') as (
  request: FetchRequest,
) => ProtocolRequest
const { createErrorFromCode } = require('kafkajs/src/protocol/error') as {
  createErrorFromCode(code: number): { readonly type: string; readonly message: string; readonly retriable: boolean }
}

/** Connections to a cluster. Quiet: what goes wrong arrives as an error, and is told once, by us. */
export function createCluster(options: ClusterOptions): Cluster {
  const logger = createLogger({ level: 0, logCreator: () => () => undefined })
  const cluster = new ClusterClass({ ...options, logger, socketFactory: socketFactory(), enforceRequestTimeout: true })
  const builder = cluster.connectionPoolBuilder
  const build = builder.build.bind(builder)
  builder.build = async (address) => quieted(await build(address))
  return cluster
}

/**
 * A connection on which nothing waits looks every millisecond whether something does, for ever: that takes processor time and keeps
 * the process alive. Whatever comes to wait makes it look. And one that is closed is closed again by whoever gives it up, each time with one
 * more listener on its socket.
 */
function quieted(pool: ConnectionPool): ConnectionPool {
  for (const connection of pool.pool) {
    const { requestQueue } = connection
    const disconnect = connection.disconnect.bind(connection)
    connection.disconnect = async () => isClosed(connection) || disconnect()
    const schedule = requestQueue.scheduleCheckPendingRequests.bind(requestQueue)
    requestQueue.scheduleCheckPendingRequests = () => {
      if (requestQueue.pending.length > 0) schedule()
    }
  }
  return pool
}

/** A connection that is opening counts as disconnected, too. */
const isClosed = ({ connectionStatus, socket }: Connection): boolean =>
  connectionStatus === 'disconnected' && socket?.destroyed === true

/** All connections there are to the brokers of a cluster, open or not. */
export function connectionsOf({ brokerPool: { brokers, seedBroker } }: Cluster): readonly Connection[] {
  const all = new Set([...Object.values(brokers), ...(seedBroker ? [seedBroker] : [])])
  return [...all].flatMap((broker) => broker.connectionPool.pool)
}

/** A Fetch request, version 11. */
export function fetchRequest(request: FetchRequest): ProtocolRequest {
  return fetchV11(request)
}

/** A Produce request, version 7 (record batches of format 2). `body` is everything of the request. */
export function produceRequest(body: Buffer): ProtocolRequest {
  return {
    apiKey: 0,
    apiVersion: 7,
    apiName: 'Produce',
    encode: () => {
      const encoder = new EncoderClass()
      encoder.writeBufferInternal(body)
      return Promise.resolve(encoder)
    },
  }
}

/** What an error code of the protocol means. */
export function protocolError(code: number): {
  readonly type: string
  readonly message: string
  readonly retriable: boolean
} {
  return createErrorFromCode(code)
}
