import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { col, functions as F, type Session } from '../../api/index.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { describe, readBatch, readSplits } from '../support/kafka.js'
import {
  realClient as client,
  newTopic,
  serverOptions as options,
  realProducer,
  SERVER,
  withKafka,
} from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

withKafka(
  'a topic of Apache Kafka is read whole, plain and gzip batches alike (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const topic = await newTopic()
    const producer = realProducer()
    await producer.connect()
    const values = Array.from({ length: 3000 }, (_, i) => `value ${i} é`)
    await producer.send({ topic, messages: values.slice(0, 1000).map((value, i) => ({ key: `k${i}`, value })) })
    await producer.send({
      topic,
      compression: kafkajs.CompressionTypes.GZIP,
      messages: values.slice(1000).map((value) => ({ value })),
    })
    await producer.disconnect()
    await withSession('local[2]', async (session) => {
      const read = session.read
        .format('kafka')
        .options(options({ subscribe: topic }))
        .load()
      const rows = await read.select(col('value').cast('string').as('value'), col('partition'), col('offset')).collect()
      t.deepEqual(rows.map((row) => String(row['value'])).toSorted(), values.toSorted())
      t.is(new Set(rows.map((row) => `${row['partition']}@${row['offset']}`)).size, 3000)
    })
  },
)

withKafka(
  'read_committed sees committed transactions only, read_uncommitted all (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const topic = await newTopic(1)
    const producer = client().producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (const [value, commit] of [
      ['a', true],
      ['b', false],
      ['c', true],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ value }] })
      await (commit ? transaction.commit() : transaction.abort())
    }
    // A broker answers a commit before its markers are in the log, and takes the next transaction of a producer only when they are.
    const last = await producer.transaction()
    await last.send({ topic, messages: [{ value: 'd' }] })
    await last.abort()
    await producer.disconnect()
    await withSession('local[1]', async (session) => {
      const read = async (level: string) => {
        const df = session.read
          .format('kafka')
          .options(options({ subscribe: topic, 'kafka.isolation.level': level }))
          .load()
        return (await df.select(col('value').cast('string').as('v')).orderBy('v').collect()).map((row) => row['v'])
      }
      t.deepEqual(await read('read_committed'), ['a', 'c'])
      t.deepEqual(await read('read_uncommitted'), ['a', 'b', 'c', 'd'])
    })
  },
)

withKafka(
  'a stream of Apache Kafka is windowed into another topic, which kafkajs reads (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const [input, output] = [await newTopic(), await newTopic(1)]
    const producer = realProducer()
    await producer.connect()
    const messages = Array.from({ length: 2000 }, (_, i) => ({
      value: JSON.stringify({ user: i % 5, ts: 1_700_000_000_000 + i * 100, amount: 0.25 }),
    }))
    await producer.send({ topic: input, messages })
    await producer.disconnect()
    const directory = await mkdtemp(join(tmpdir(), 'millrace-real-'))
    await withSession('local[2]', async (session) => {
      const query = await session.readStream
        .format('kafka')
        .options(options({ subscribe: input, startingOffsets: 'earliest' }))
        .load()
        .select(F.fromJson(col('value').cast('string'), 'user bigint, ts bigint, amount decimal(12,2)').as('e'))
        .select('e.*')
        .withColumn('at', F.timestampMillis('ts'))
        .groupBy(F.window('at', '10 seconds'), 'user')
        .agg(F.count().as('n'), F.sum('amount').as('amount'))
        .select(F.toJson(F.struct('*')).as('value'))
        .writeStream.format('kafka')
        .option('kafka.bootstrap.servers', SERVER!)
        .option('topic', output)
        .outputMode('update')
        .option('checkpointLocation', join(directory, 'checkpoint'))
        .trigger({ availableNow: true })
        .start()
      t.true(await query.awaitTermination(60_000))
    }).finally(() => rm(directory, { recursive: true, force: true }))
    const consumer = client().consumer({ groupId: output })
    await consumer.connect()
    await consumer.subscribe({ topic: output, fromBeginning: true })
    const results: { n: number; amount: number }[] = []
    await new Promise<void>((resolve, reject) => {
      const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
        results.push(JSON.parse(String(message.value)))
        if (results.reduce((sum, { n }) => sum + n, 0) >= 2000) resolve()
      }
      consumer.run({ eachMessage }).catch(reject)
    })
    await consumer.disconnect()
    t.is(results.length, 20 * 5)
    t.true(results.every(({ n, amount }) => n === 20 && amount === 5))
  },
)

const numbers = (from: number, until: number): number[] => Array.from({ length: until - from }, (_, i) => from + i)

async function produceNumbers(topic: string, from: number, until: number): Promise<void> {
  const producer = realProducer()
  await producer.connect()
  await producer.send({
    topic,
    messages: numbers(from, until).map((id) => ({ value: `{"id":${id}}`, timestamp: String(1_700_000_000_000 + id) })),
  })
  await producer.disconnect()
}

withKafka(
  'records deleted before they were read are a data loss, or left out when that is wanted (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const topic = await newTopic(1)
    await produceNumbers(topic, 0, 50)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-lost-'))
    const out = join(directory, 'out')
    const body = async (session: Session): Promise<void> => {
      const run = async (more: Record<string, string>): Promise<void> => {
        const query = await session.readStream
          .format('kafka')
          .options(options({ subscribe: topic, startingOffsets: 'earliest', ...more }))
          .load()
          .select(F.fromJson(col('value').cast('string'), 'id bigint').as('e'))
          .select('e.*')
          .writeStream.format('parquet')
          .option('checkpointLocation', join(directory, 'checkpoint'))
          .trigger({ availableNow: true })
          .start(out)
        await query.awaitTermination()
      }
      await run({})
      await produceNumbers(topic, 50, 300)
      const admin = client().admin()
      await admin.connect()
      await admin.fetchTopicOffsets(topic) // Else kafkajs does not know the leader.
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '100' }] })
      await admin.disconnect()
      await t.throwsAsync(run({}), { message: /KAFKA_DATA_LOSS/ })
      await run({ failOnDataLoss: 'false' })
      const rows = await session.read.parquet(out).select('id').orderBy('id').collect()
      t.deepEqual(
        rows.map((row) => Number(row['id'])),
        [...numbers(0, 50), ...numbers(100, 300)],
      )
      // A task that finds out only while it reads goes on with what is left as well.
      const split = { data: { topic, partition: 0, from: 60n, until: 300n } }
      const lenient = await describe(options({ subscribe: topic, failOnDataLoss: 'false' }))
      const records = await readSplits(lenient, [split])
      t.deepEqual(
        records.map(({ offset }) => Number(offset)),
        numbers(100, 300),
      )
      const strict = await describe(options({ subscribe: topic }))
      t.like(await t.throwsAsync(readSplits(strict, [split])), { condition: 'KAFKA_DATA_LOSS' })
    }
    await withSession('local[2]', body).finally(() => rm(directory, { recursive: true, force: true }))
    await closeIdleClients()
  },
)

withKafka('a time starts a batch in the middle of what was written at once (needs MILLRACE_TEST_KAFKA)', async (t) => {
  const topic = await newTopic(1)
  await produceNumbers(topic, 0, 100)
  const limits = { startingTimestamp: '1700000000040', endingTimestamp: '1700000000043' }
  const records = await readBatch(options({ subscribe: topic, ...limits }))
  t.deepEqual(
    records.map(({ offset }) => Number(offset)),
    [40, 41, 42],
  )
})
