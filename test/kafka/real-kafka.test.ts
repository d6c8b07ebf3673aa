import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { col, functions as F } from '../../api/index.js'
import { realClient as client, newTopic, serverOptions as options, SERVER, withKafka } from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

withKafka(
  'a topic of Apache Kafka is read whole, plain and gzip batches alike (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const topic = await newTopic()
    const producer = client().producer()
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
      t.deepEqual(await read('read_uncommitted'), ['a', 'b', 'c'])
    })
  },
)

withKafka(
  'a stream of Apache Kafka is windowed into another topic, which kafkajs reads (needs MILLRACE_TEST_KAFKA)',
  async (t) => {
    const [input, output] = [await newTopic(), await newTopic(1)]
    const producer = client().producer()
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
