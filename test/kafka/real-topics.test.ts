import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type kafkajs from 'kafkajs'
import type { Kafka } from 'kafkajs'
import { col, type Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { createTopic, eventually } from '../../examples/support/create-topic.js'
import { describe, readSplits, scan } from '../support/kafka.js'
import { freePorts, KafkaCluster } from '../support/kafka-cluster.js'
import { beforeBrokers, newTopicName, withBrokers } from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

const PATIENCE_MS = 180_000
let cluster: KafkaCluster | undefined
let kafka: Kafka

beforeBrokers(async () => {
  cluster = await KafkaCluster.start(await freePorts(6), 3)
  kafka = cluster.client()
})

test.after.always(async () => {
  await closeIdleClients()
  await cluster?.stop()
})

/** A topic of three partitions, what is in it, and a folder for a checkpoint. */
interface Place {
  readonly topic: string
  readonly directory: string
  send(from: number, count: number, partitions?: number): Promise<void>
  start(session: Session, more?: Record<string, string>): Promise<StreamingQuery>
  ids(session: Session): Promise<readonly number[]>
  /** Where the records that were read lie. */
  places(session: Session): Promise<readonly string[]>
}

async function withTopic(t: ExecutionContext, body: (place: Place, session: Session) => Promise<void>): Promise<void> {
  t.timeout(PATIENCE_MS)
  const directory = await mkdtemp(join(tmpdir(), 'millrace-topics-'))
  const topic = newTopicName()
  await createTopic(kafka, topic, 3)
  const out = join(directory, 'out')
  const place: Place = {
    topic,
    directory,
    send: async (from, count, partitions = 3) => {
      const messages = Array.from({ length: count }, (_, i) => ({ partition: i % partitions, value: `${from + i}` }))
      // The producer's own view of the topic may be behind. A partition at a time, as a try that fails for one would send the others twice.
      for (let partition = 0; partition < partitions; partition++) {
        const its = messages.filter((message) => message.partition === partition)
        await eventually(() => cluster!.produce(topic, its))
      }
    },
    start: (session, more = {}) =>
      session.readStream
        .format('kafka')
        .options({ ...options(topic), startingOffsets: 'earliest', ...more })
        .load()
        .select(col('value').cast('string').cast('bigint').as('id'), col('partition'), col('offset'))
        .writeStream.format('parquet')
        .option('checkpointLocation', join(directory, 'checkpoint'))
        .trigger({ processingTime: '0 seconds' })
        .start(out),
    ids: async (session) => {
      const rows = await session.read.parquet(out).orderBy('id').collect()
      return rows.map((row) => Number(row['id']))
    },
    places: async (session) => {
      const rows = await session.read.parquet(out).orderBy('partition', 'offset').collect()
      return rows.map((row) => `${row['partition']}@${row['offset']}`)
    },
  }
  try {
    await withSession('local[2]', (session) => body(place, session))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const options = (topic: string): Record<string, string> => ({
  'kafka.bootstrap.servers': cluster!.servers,
  subscribe: topic,
})

async function asAdmin<T>(work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  await admin.connect()
  return await work(admin).finally(() => admin.disconnect())
}

async function createAgain(topic: string): Promise<void> {
  await asAdmin((admin) => admin.deleteTopics({ topics: [topic] }))
  await eventually(() => createTopic(kafka, topic, 3))
}

const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)

for (const [size, count] of [
  ['longer', 300],
  ['shorter', 30],
] as const) {
  withBrokers(
    `a topic created again, ${size} than before, ends a stream or is read whole (needs MILLRACE_TEST_KAFKA)`,
    (t) =>
      withTopic(t, async ({ topic, send, start, ids }, session) => {
        await send(0, 100)
        const first = await start(session)
        await first.processAllAvailable()
        await first.stop()
        await createAgain(topic)
        await send(1000, count)
        const strict = await start(session)
        const error = await t.throwsAsync(strict.awaitTermination())
        t.regex(error.message, /KAFKA_DATA_LOSS.*deleted and created again/)
        const lenient = await start(session, { failOnDataLoss: 'false' })
        await lenient.processAllAvailable()
        await lenient.stop()
        t.deepEqual(await ids(session), [...upTo(0, 100), ...upTo(1000, count)])
      }),
  )
}

withBrokers(
  'a topic created again under a running stream is read whole where data may be lost (needs MILLRACE_TEST_KAFKA)',
  (t) =>
    withTopic(t, async ({ topic, send, start, ids }, session) => {
      await send(0, 100)
      const query = await start(session, { failOnDataLoss: 'false' })
      await query.processAllAvailable()
      await createAgain(topic)
      await send(1000, 300)
      await eventually(async () => {
        await query.processAllAvailable()
        t.deepEqual(await ids(session), [...upTo(0, 100), ...upTo(1000, 300)])
      })
      t.true(query.isActive)
      await query.stop()
    }),
)

withBrokers(
  'a batch that was planned over a topic reads nothing of another that got its name (needs MILLRACE_TEST_KAFKA)',
  (t) =>
    withTopic(t, async ({ topic, send }) => {
      await send(0, 90)
      const source = await describe(options(topic))
      const splits = await kafkaSource.planSplits(scan(source))
      t.is((await readSplits(source, splits)).length, 90)
      await createAgain(topic)
      await send(1000, 300)
      const error = await t.throwsAsync(readSplits(source, splits))
      t.like(error, { condition: 'KAFKA_DATA_LOSS' })
      t.regex(error.message, /deleted and created again/)
      const lenient = await describe({ ...options(topic), failOnDataLoss: 'false' })
      t.deepEqual(await readSplits(lenient, splits), [])
      t.is((await readSplits(source, await kafkaSource.planSplits(scan(source)))).length, 300)
    }),
)

withBrokers('partitions added to a topic are read by the stream that is running (needs MILLRACE_TEST_KAFKA)', (t) =>
  withTopic(t, async ({ topic, send, start, places }, session) => {
    await send(0, 99)
    const query = await start(session, { maxOffsetsPerTrigger: '50' })
    await query.processAllAvailable()
    for (const partitions of [4, 7, 12]) {
      await asAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] }))
      await send(0, 120, partitions)
    }
    // What the topic holds now: what was not acknowledged at once may have been sent twice.
    const all = session.read.format('kafka').options(options(topic)).load()
    const rows = await eventually(async () => {
      const rows = await all.select('partition', 'offset').orderBy('partition', 'offset').collect()
      // A broker may not know yet of partitions that others know.
      if (new Set(rows.map((row) => row['partition'])).size < 12) throw new Error('not all partitions are known yet')
      return rows
    })
    await eventually(async () => {
      if (!query.isActive) throw query.exception ?? new Error('the query has ended')
      await query.processAllAvailable()
      if ((await places(session)).length < rows.length) throw new Error('not all is read yet')
    })
    const expected = rows.map((row) => `${row['partition']}@${row['offset']}`)
    t.deepEqual(await places(session), expected)
    await query.stop()
  }),
)

withBrokers(
  'a group that has a member does not end the stream that would tell it its offsets (needs MILLRACE_TEST_KAFKA)',
  (t) =>
    withTopic(t, async ({ topic, send, start, ids }, session) => {
      await send(0, 50)
      const consumer = kafka.consumer({ groupId: topic })
      await consumer.connect()
      await consumer.subscribe({ topics: [topic] })
      const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve))
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() })
      await joined
      const query = await start(session, { 'kafka.group.id': topic })
      await query.processAllAvailable()
      await send(50, 50)
      await query.processAllAvailable()
      t.true(query.isActive)
      await query.stop()
      await consumer.disconnect()
      t.deepEqual(await ids(session), upTo(0, 100))
    }),
)

withBrokers(
  'a stream goes on by other brokers when one keeps its connections and does not answer (needs MILLRACE_TEST_KAFKA)',
  (t) =>
    withTopic(t, async ({ topic, send, start, ids }, session) => {
      await send(0, 100)
      const query = await start(session, { 'kafka.request.timeout.ms': '2000' })
      await query.processAllAvailable()
      await send(100, 100)
      const stuck = await cluster!.leader(topic, 0)
      await cluster!.pause(stuck)
      try {
        await query.processAllAvailable()
      } finally {
        await cluster!.resume(stuck)
      }
      t.true(query.isActive)
      await query.stop()
      t.deepEqual(await ids(session), upTo(0, 200))
    }),
)
