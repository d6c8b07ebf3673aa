import { once } from 'node:events'
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type Broker, type BrokerOptions, startBroker } from '../../connectors/kafka/broker/broker.js'
import { kafkaClient } from '../support/kafka-client.js'

const client = (broker: Broker) => kafkaClient(broker.bootstrapServers)

const withDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  await body(directory).finally(() => rm(directory, { recursive: true, force: true }))
}

const withBroker = (
  body: (broker: Broker, directory: string) => Promise<void>,
  options: Partial<BrokerOptions> = {},
): Promise<void> =>
  withDirectory(async (directory) => {
    const broker = await startBroker({ directory, port: 0, ...options })
    await body(broker, directory).finally(() => broker.close())
  })

const produce = async (
  broker: Broker,
  topic: string,
  messages: { key?: string; value: string; partition?: number }[],
): Promise<void> => {
  const producer = client(broker).producer()
  await producer.connect()
  await producer.send({ topic, messages })
  await producer.disconnect()
}

/** Reads with a consumer group until so many messages have come. */
const consume = async (broker: Broker, groupId: string, topic: string, count: number): Promise<string[]> => {
  const consumer = client(broker).consumer({ groupId, maxWaitTimeInMs: 100 })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: async ({ message }) => {
          values.push(String(message.value))
          if (values.length >= count) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  return values.toSorted()
}

test('topics are created, listed, grown and deleted, and wrong ones are refused', (t) =>
  withBroker(async (broker) => {
    const admin = client(broker).admin()
    await admin.connect()
    await admin.createTopics({
      topics: [
        { topic: 'a', numPartitions: 3 },
        { topic: 'b', numPartitions: 1 },
      ],
    })
    t.deepEqual((await admin.listTopics()).toSorted(), ['a', 'b'])
    await admin.createPartitions({ topicPartitions: [{ topic: 'b', count: 2 }] })
    const { topics } = await admin.fetchTopicMetadata({ topics: ['a', 'b'] })
    t.deepEqual(topics.map((topic) => [topic.name, topic.partitions.length]).toSorted(), [
      ['a', 3],
      ['b', 2],
    ])
    t.false(await admin.createTopics({ topics: [{ topic: 'a' }] }))
    for (const [topic, type] of [
      [{ topic: 'no/slash' }, 'INVALID_TOPIC_EXCEPTION'],
      [{ topic: 'c', replicationFactor: 2 }, 'INVALID_REPLICATION_FACTOR'],
    ] as const)
      t.like(await t.throwsAsync(admin.createTopics({ topics: [topic] })), { errors: [{ type }] })
    await admin.deleteTopics({ topics: ['a'] })
    t.deepEqual(await admin.listTopics(), ['b'])
    await admin.disconnect()
  }))

test('what is produced is consumed by a group, and offsets are listed by position and time', (t) =>
  withBroker(async (broker) => {
    const messages = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: `v${i}` }))
    await produce(broker, 'events', messages)
    t.deepEqual(await consume(broker, 'g', 'events', 50), messages.map((m) => m.value).toSorted())
    const admin = client(broker).admin()
    await admin.connect()
    const offsets = await admin.fetchTopicOffsets('events')
    t.is(
      offsets.reduce((sum, o) => sum + Number(o.high), 0),
      50,
    )
    const future = await admin.fetchTopicOffsetsByTimestamp('events', Date.now() + 60_000)
    t.deepEqual(future.map((o) => o.offset).toSorted(), offsets.map((o) => o.high).toSorted())
    const past = await admin.fetchTopicOffsetsByTimestamp('events', Date.now() - 60_000)
    t.true(past.every((o) => o.offset === '0'))
    const committed = await admin.fetchOffsets({ groupId: 'g', topics: ['events'] })
    t.is(
      committed[0]!.partitions.reduce((sum, p) => sum + Number(p.offset), 0),
      50,
    )
    await admin.disconnect()
  }))

test('two members of a group share the partitions, and one takes over what the other leaves', (t) =>
  withBroker(async (broker) => {
    const kafka = client(broker)
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: 'shared', numPartitions: 4 }] })
    const assigned = new Map<string, number>()
    const start = async (name: string) => {
      const consumer = kafka.consumer({ groupId: 'pair', maxWaitTimeInMs: 100, heartbeatInterval: 200 })
      consumer.on('consumer.group_join', ({ payload }) => {
        assigned.set(name, payload.memberAssignment['shared']?.length ?? 0)
        for (const check of waiting) check()
      })
      await consumer.connect()
      await consumer.subscribe({ topic: 'shared', fromBeginning: true })
      await consumer.run({ eachMessage: async () => undefined })
      return consumer
    }
    let waiting: (() => void)[] = []
    const until = (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        const check = () => condition() && resolve()
        waiting = [check]
        check()
      })
    const first = await start('first')
    await until(() => assigned.get('first') === 4)
    const second = await start('second')
    await until(() => assigned.get('first') === 2 && assigned.get('second') === 2)
    await first.disconnect()
    await until(() => assigned.get('second') === 4)
    await second.disconnect()
    await admin.disconnect()
    t.pass()
  }))

test('topics, records and committed offsets outlive the broker, and a torn tail is cut off', (t) =>
  withDirectory(async (directory) => {
    const first = await startBroker({ directory, port: 0, defaultPartitions: 1 })
    await produce(first, 'kept', [{ value: 'one' }, { value: 'two' }])
    await consume(first, 'g', 'kept', 2)
    await first.close()
    const log = join(directory, 'topics', 'kept-0', '00000000000000000000.log')
    const { size } = await stat(log)
    await appendFile(log, Buffer.alloc(70, 1))
    const second = await startBroker({ directory, port: 0 })
    await produce(second, 'kept', [{ value: 'three' }])
    t.true((await stat(log)).size > size)
    t.deepEqual(await consume(second, 'g', 'kept', 1), ['three'])
    t.deepEqual(await consume(second, 'other', 'kept', 3), ['one', 'three', 'two'])
    await second.close()
  }))

test('a port in use is one clear condition', (t) =>
  withBroker(async (broker) => {
    await withDirectory(async (directory) => {
      await t.throwsAsync(startBroker({ directory, port: broker.port }), { message: /CANNOT_LISTEN.*127\.0\.0\.1/ })
    })
  }))

test('bytes that are no request end the connection and leave the broker serving', (t) =>
  withBroker(async (broker) => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0, 0, 0, 8, 0, 3, 0, 99, 0, 0, 0, 1]),
      Buffer.from([0, 0, 0, 2, 0, 0]),
    ]) {
      const socket = connect(broker.port, broker.host)
      socket.on('error', () => undefined)
      socket.end(bytes)
      socket.resume()
      await new Promise((resolve) => socket.on('close', resolve))
    }
    await produce(broker, 'alive', [{ value: 'yes' }])
    t.deepEqual(await consume(broker, 'g', 'alive', 1), ['yes'])
  }))

/** A socket that is connected as soon as the port is open. */
async function connectedSoon(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
    })
    if (isOpen) return socket
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a client that comes while the broker is still starting is answered', (t) =>
  withDirectory(async (directory) => {
    t.timeout(120_000)
    const first = await startBroker({ directory, port: 0 })
    const { port } = first
    await first.close()
    const apiVersions = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff])
    for (let i = 0; i < 10; i++) {
      const coming = connectedSoon(port)
      const starting = startBroker({ directory, port })
      const socket = await coming
      const answer = once(socket, 'data')
      socket.write(apiVersions)
      const [response] = (await answer) as [Buffer]
      t.is(response.readInt32BE(4), 7)
      socket.destroy()
      await (await starting).close()
    }
  }))
