import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { serveConnection } from './connection.js'
import type { BrokerContext } from './context.js'
import { GroupCoordinator } from './groups/coordinator.js'
import { OffsetStore } from './groups/offset-store.js'
import { TopicStore } from './log/topic-store.js'

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

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024
/** Ids are handed out from ranges noted on disk, so that a restart never gives one again. */
const PRODUCER_ID_RANGE = 1000n

/**
 * Starts the embedded broker: one process, no replication, no transactions, no retention. For development and tests; it speaks
 * enough of the Kafka protocol for kafkajs and the Java clients to administer, produce, fetch and use consumer groups.
 * @throws CANNOT_LISTEN, FAILED_WRITE_FILE
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { host = '127.0.0.1' } = options
  const sockets = new Set<Socket>()
  const stop = new AbortController()
  const server = createServer()
  const opening = listen(server, host, options.port).then((port) => openContext(options, host, port, stop.signal))
  // Clients may come as soon as the port is open: they wait until what is kept has been read.
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    opening.then(
      (context) => serveConnection(socket, context),
      () => socket.destroy(),
    )
  })
  const context = await opening.catch((error: unknown) => {
    server.close()
    throw error
  })
  const { port, topics, groups } = context
  return {
    host,
    port,
    bootstrapServers: `${host}:${port}`,
    async close() {
      stop.abort()
      groups.close()
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await topics.close()
    },
  }
}

/** @returns the port @throws CANNOT_LISTEN */
async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new MillraceError('CANNOT_LISTEN', { address: `${host}:${port}`, reason: cause.message }, { cause })),
    )
    server.listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

async function openContext(
  { directory, defaultPartitions = 4, autoCreateTopics = true }: BrokerOptions,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<BrokerContext> {
  const { topics, groups, id } = await openDirectory(directory)
  return {
    nodeId: 1,
    clusterId: id,
    host,
    port,
    topics,
    groups,
    defaultPartitions,
    autoCreateTopics,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    nextProducerId: producerIds(join(directory, 'producer-ids')),
    signal,
  }
}

/** What the broker keeps on disk. It is opened when the port is ours, so that a broker that cannot listen leaves nothing behind. */
async function openDirectory(directory: string) {
  try {
    await mkdir(directory, { recursive: true })
    const id = await clusterId(join(directory, 'cluster-id'))
    const topics = await TopicStore.open(join(directory, 'topics'))
    return {
      id,
      topics,
      groups: new GroupCoordinator(await OffsetStore.open(join(directory, 'committed-offsets.jsonl'))),
    }
  } catch (cause) {
    if (MillraceError.is(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MillraceError('FAILED_WRITE_FILE', { path: directory, reason }, { cause })
  }
}

async function clusterId(path: string): Promise<string> {
  const existing = await readFile(path, 'utf8').catch(() => undefined)
  if (existing !== undefined) return existing
  const id = randomUUID().replaceAll('-', '').slice(0, 22)
  await writeFile(path, id)
  return id
}

function producerIds(path: string): () => Promise<bigint> {
  let next = 0n
  let end = 0n
  let tail: Promise<unknown> = Promise.resolve()
  const take = async (): Promise<bigint> => {
    if (next === end) {
      next = BigInt(await readFile(path, 'utf8').catch(() => '0'))
      end = next + PRODUCER_ID_RANGE
      await writeFile(`${path}.tmp`, String(end))
      await rename(`${path}.tmp`, path)
    }
    return next++
  }
  return () => {
    const id = tail.then(take)
    tail = id.catch(() => undefined)
    return id
  }
}
