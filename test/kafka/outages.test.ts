import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, type Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { eventually } from '../../examples/support/create-topic.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { describe, openReader, readBatch, scan } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { withSession } from '../support/sessions.js'

/** Far less than the minute for which a cluster that has answered once is waited for. */
const SOON_MS = 30_000
const TOPIC = 'events'

async function withBroker(body: (start: () => Promise<Broker>, directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-outage-'))
  let broker: Broker | undefined
  const start = async (): Promise<Broker> => {
    broker = await startBroker({ directory: join(directory, 'broker'), port: broker?.port ?? 0, defaultPartitions: 2 })
    return broker
  }
  try {
    await body(start, directory)
  } finally {
    await broker?.close()
    await closeIdleClients()
    await rm(directory, { recursive: true, force: true })
  }
}

async function produce(broker: Broker, from: number, count: number): Promise<void> {
  const kafka = kafkaClient(broker.bootstrapServers)
  const producer = kafka.producer()
  await producer.connect()
  const messages = Array.from({ length: count }, (_, i) => ({ value: `${from + i}`, partition: i % 2 }))
  await producer.send({ topic: TOPIC, messages })
  await producer.disconnect()
}

const options = (broker: Broker) => ({ 'kafka.bootstrap.servers': broker.bootstrapServers, subscribe: TOPIC })

async function startStream(session: Session, broker: Broker, directory: string): Promise<StreamingQuery> {
  const stream = session.readStream
    .format('kafka')
    .options({ ...options(broker), startingOffsets: 'earliest' })
    .load()
  return await stream
    .select(col('value').cast('string').cast('bigint').as('id'))
    .writeStream.format('parquet')
    .option('checkpointLocation', join(directory, 'checkpoint'))
    .trigger({ processingTime: '0 seconds' })
    .start(join(directory, 'out'))
}

test('a stream goes on by itself when its broker was away for a while', (t) =>
  withBroker(async (start, directory) => {
    t.timeout(SOON_MS)
    const broker = await start()
    await produce(broker, 0, 100)
    await withSession('local[2]', async (session) => {
      const query = await startStream(session, broker, directory)
      await query.processAllAvailable()
      await broker.close()
      await produce(await start(), 100, 100)
      await query.processAllAvailable()
      await query.stop()
      const rows = await session.read.parquet(join(directory, 'out')).orderBy('id').collect()
      t.deepEqual(
        rows.map((row) => Number(row['id'])),
        Array.from({ length: 200 }, (_, i) => i),
      )
    })
  }))

test('a stream that waits for its broker ends when it is stopped', (t) =>
  withBroker(async (start, directory) => {
    t.timeout(SOON_MS)
    const broker = await start()
    await produce(broker, 0, 100)
    await withSession('local[2]', async (session) => {
      const query = await startStream(session, broker, directory)
      await query.processAllAvailable()
      await broker.close()
      await eventually(async () => {
        if (query.status.message !== 'Getting offsets') throw new Error(query.status.message)
      })
      await query.stop()
      t.false(query.isActive)
      t.is(query.exception, undefined)
    })
  }))

test('a task that waits for its broker ends when it is canceled', (t) =>
  withBroker(async (start) => {
    t.timeout(SOON_MS)
    const broker = await start()
    await produce(broker, 0, 100)
    const source = await describe(options(broker))
    const [split] = await kafkaSource.planSplits(scan(source))
    await broker.close()
    const cancel = new AbortController()
    const memory = new LinearMemory()
    const reader = await openReader(source, split!, memory, ['value'], memory.kernels, cancel.signal)
    const next = reader.next()
    cancel.abort()
    t.like(await t.throwsAsync(async () => next), { condition: 'OPERATION_CANCELED' })
    await reader.close()
  }))

test('a server that takes connections and never answers is given up', async (t) => {
  t.timeout(SOON_MS)
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const read = readBatch({
    'kafka.bootstrap.servers': `127.0.0.1:${(silent.address() as AddressInfo).port}`,
    subscribe: TOPIC,
    'kafka.request.timeout.ms': '20000',
    'kafka.default.api.timeout.ms': '1000',
  })
  t.like(await t.throwsAsync(read), { condition: 'KAFKA_UNAVAILABLE' })
  await closeIdleClients()
  for (const socket of sockets) socket.destroy()
  silent.close()
})
