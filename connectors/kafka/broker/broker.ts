import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { listenReason } from '../../../common/listen-reason.js'
import { type BrokerDirectory, openDirectory } from './broker-directory.js'
import { serveConnection } from './connection.js'
import type { BrokerContext } from './context.js'
import { MAX_APPEND_BYTES } from './log/partition-log.js'

export interface BrokerOptions {
  /** Where topics and offsets are kept. */
  readonly directory: string
  /** 0 takes a free port. */
  readonly port: number
  readonly host?: string
  /** Partitions of a topic created without saying how many. */
  readonly defaultPartitions?: number
  readonly autoCreateTopics?: boolean
}

export interface Broker {
  readonly host: string
  readonly port: number
  /** For `kafka.bootstrap.servers`. */
  readonly bootstrapServers: string
  close(): Promise<void>
}

/** Connections at a time; one more is closed at once. */
const MAX_CONNECTIONS = 1000

/**
 * Starts the embedded broker: one process, no replication, no retention. For development and tests; it speaks enough of the Kafka
 * protocol for kafkajs and the Java clients to administer, produce, also in transactions, fetch and use consumer groups.
 * @throws CANNOT_LISTEN, FOLDER_IN_USE, CORRUPT_RECORD, FAILED_WRITE_FILE
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { host = '127.0.0.1' } = options
  const sockets = new Set<Socket>()
  const server = createServer()
  server.maxConnections = MAX_CONNECTIONS
  // The directory comes after the port, so that a broker that cannot listen leaves nothing behind.
  const opening = listen(server, host, options.port).then(async (port) => {
    const kept = await openDirectory(options.directory)
    return { kept, context: contextOf(options, host, port, kept) }
  })
  // Clients may come as soon as the port is open: they wait until what is kept has been read.
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    opening.then(
      ({ context }) => serveConnection(socket, context),
      () => socket.destroy(),
    )
  })
  const { kept, context } = await opening.catch((error: unknown) => {
    server.close()
    throw error
  })
  const { port } = context
  return {
    host,
    port,
    bootstrapServers: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await kept.close()
    },
  }
}

/** @returns the port @throws CANNOT_LISTEN */
async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new MillraceError('CANNOT_LISTEN', { address: `${host}:${port}`, reason: listenReason(cause) }, { cause }),
      ),
    )
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function contextOf(
  { defaultPartitions = 4, autoCreateTopics = true }: BrokerOptions,
  host: string,
  port: number,
  { clusterId, topics, groups, transactions, nextProducerId }: BrokerDirectory,
): BrokerContext {
  return {
    nodeId: 1,
    clusterId,
    host,
    port,
    topics,
    groups,
    transactions,
    defaultPartitions,
    autoCreateTopics,
    maxMessageBytes: MAX_APPEND_BYTES,
    nextProducerId,
  }
}
