import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type kafkajs from 'kafkajs'
import { col, Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { describe, scan } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'

let broker: Broker
let directory: string
let kafka: kafkajs.Kafka
let session: Session

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-kafka-options-'))
  broker = await startBroker({ directory: join(directory, 'broker'), port: 0, autoCreateTopics: false })
  kafka = kafkaClient(broker.bootstrapServers)
  session = await Session.builder().master('local[2]').config('log.level', 'error').getOrCreate()
})

test.after.always(async () => {
  await session.stop()
  await closeIdleClients()
  await broker.close()
  await rm(directory, { recursive: true, force: true })
})

type Given = Readonly<Record<string, string>>
const options = (more: Given): Given => ({ 'kafka.bootstrap.servers': broker.bootstrapServers, ...more })

/** Creates a topic of two partitions; record i of each has the value `p:i` and was written at the time i, in a batch of its own. */
async function topicOf(topic: string, counts: readonly number[]): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: counts.length }] })
  await admin.disconnect()
  for (const [partition, count] of counts.entries()) await append(topic, partition, 0, count)
}

async function append(topic: string, partition: number, from: number, until: number): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  for (let i = from; i < until; i++) {
    await producer.send({ topic, messages: [{ partition, value: `${partition}:${i}`, timestamp: String(1000 + i) }] })
  }
  await producer.disconnect()
}

/** The values that a batch query reads, in order. */
async function read(given: Given): Promise<readonly unknown[]> {
  const table = session.read.format('kafka').options(options(given)).load()
  const value = col('value').cast('string')
  const rows = await table.select('topic', value.as('value')).orderBy('topic', 'value').collect()
  return rows.map((row) => `${row['topic']} ${row['value']}`)
}

const named = (topic: string, ...values: readonly string[]): readonly string[] =>
  values.map((value) => `${topic} ${value}`)

async function startStream(given: Given, name: string): Promise<StreamingQuery> {
  const stream = session.readStream.format('kafka').options(options(given)).load()
  return await stream
    .select('topic', col('value').cast('string').as('value'))
    .writeStream.format('memory')
    .queryName(name)
    .option('checkpointLocation', join(directory, `checkpoint-${name}`))
    .trigger({ processingTime: '0 seconds' })
    .start()
}

const streamed = async (name: string): Promise<readonly unknown[]> =>
  (await session.sql(`select topic, value from ${name} order by topic, value`).collect()).map(
    (row) => `${row['topic']} ${row['value']}`,
  )

test('subscribe takes several topics, subscribePattern those whose whole name fits, assign some partitions', async (t) => {
  await topicOf('named-a', [1, 2])
  await topicOf('named-b', [1])
  await topicOf('unnamed-a', [1])
  const a = named('named-a', '0:0', '1:0', '1:1')
  const b = named('named-b', '0:0')
  t.deepEqual(await read({ subscribe: 'named-b, named-a' }), [...a, ...b])
  t.deepEqual(await read({ subscribePattern: 'named-.*' }), [...a, ...b])
  t.deepEqual(await read({ subscribePattern: 'named' }), [])
  t.deepEqual(await read({ assign: '{"named-a":[1],"named-b":[0]}' }), [...a.slice(1), ...b])
  const none = await t.throwsAsync(read({ assign: '{"named-a":[2]}' }))
  t.like(none, { condition: 'UNKNOWN_TOPIC_OR_PARTITION', parameters: { topic: 'named-a-2' } })
})

test('a stream over a pattern goes on with topics that come later, from their beginning', async (t) => {
  await topicOf('later-1', [1])
  const query = await startStream({ subscribePattern: 'later-.*', startingOffsets: 'earliest' }, 'later')
  await query.processAllAvailable()
  await topicOf('later-2', [0, 2])
  await query.processAllAvailable()
  await query.stop()
  t.deepEqual(await streamed('later'), [...named('later-1', '0:0'), ...named('later-2', '1:0', '1:1')])
})

test('offsets of each partition limit a batch, -2 being the earliest and -1 the latest', async (t) => {
  await topicOf('limited', [4, 4])
  const limits = { startingOffsets: '{"limited":{"0":2,"1":-2}}', endingOffsets: '{"limited":{"0":-1,"1":1}}' }
  t.deepEqual(await read({ subscribe: 'limited', ...limits }), named('limited', '0:2', '0:3', '1:0'))
  t.is((await read({ subscribe: 'limited', startingOffsets: 'earliest', endingOffsets: 'latest' })).length, 8)
  const missing = await t.throwsAsync(read({ subscribe: 'limited', startingOffsets: '{"limited":{"0":2}}' }))
  t.like(missing, { condition: 'INVALID_OPTION', parameters: { option: 'startingOffsets' } })
})

test('times limit a batch, for all partitions or for each', async (t) => {
  await topicOf('timed', [4, 6])
  const subscribe = 'timed'
  t.deepEqual(
    await read({ subscribe, startingTimestamp: '1002', endingTimestamp: '1003' }),
    named('timed', '0:2', '1:2'),
  )
  t.deepEqual(
    await read({ subscribe, startingOffsetsByTimestamp: '{"timed":{"0":1003,"1":1004}}' }),
    named('timed', '0:3', '1:4', '1:5'),
  )
  t.deepEqual(
    await read({ subscribe, endingOffsetsByTimestamp: '{"timed":{"0":0,"1":1001}}', startingOffsets: 'earliest' }),
    named('timed', '1:0'),
  )
  t.is((await read({ subscribe, endingTimestamp: '9999' })).length, 10, 'after the last record is the end')
})

test('a starting time after which nothing was written is refused, or is the end when that is wanted', async (t) => {
  await topicOf('young', [1, 3])
  const young = { subscribe: 'young', startingTimestamp: '1001' }
  const error = await t.throwsAsync(read(young))
  t.like(error, { condition: 'INVALID_OPTION', parameters: { option: 'startingTimestamp' } })
  t.regex(error!.message, /partition 0 of the topic young/)
  t.deepEqual(await read({ ...young, startingOffsetsByTimestampStrategy: 'latest' }), named('young', '1:1', '1:2'))
})

test('a stream starts at the latest offsets unless told otherwise, and where it was after that', async (t) => {
  await topicOf('started', [2, 2])
  const query = await startStream({ subscribe: 'started' }, 'started')
  await query.processAllAvailable()
  await append('started', 0, 2, 4)
  await query.processAllAvailable()
  await query.stop()
  t.deepEqual(await streamed('started'), named('started', '0:2', '0:3'))
  const from = '{"started":{"0":3,"1":-2}}'
  const other = await startStream({ subscribe: 'started', startingOffsets: from }, 'restarted')
  await other.processAllAvailable()
  await other.stop()
  t.deepEqual(await streamed('restarted'), named('started', '0:3', '1:0', '1:1'))
})

test('minPartitions and maxRecordsPerPartition make more tasks, which read the same', async (t) => {
  await topicOf('tasks', [12, 3])
  for (const [given, sizes] of [
    [{}, [12, 3]],
    [{ minPartitions: '5' }, [3, 3, 3, 3, 3]],
    [{ maxRecordsPerPartition: '5' }, [4, 4, 4, 3]],
    [{ maxRecordsPerPartition: '2', minPartitions: '2' }, [2, 2, 2, 2, 2, 2, 1, 2]],
  ] as const) {
    const splits = await kafkaSource.planSplits(scan(await describe(options({ subscribe: 'tasks', ...given }))))
    t.deepEqual(
      splits.map(({ rows }) => rows),
      [...sizes],
    )
    t.is(new Set(await read({ subscribe: 'tasks', ...given })).size, 15)
  }
})

for (const [what, condition, given] of [
  ['headers as a column', 'UNSUPPORTED_FEATURE', { includeHeaders: 'true' }],
  ['an option of Spark that there is not', 'UNSUPPORTED_FEATURE', { minOffsetsPerTrigger: '5' }],
  ['a batch from the latest offsets on', 'INVALID_OPTION', { startingOffsets: 'latest' }],
  ['a batch from a latest offset on', 'INVALID_OPTION', { startingOffsets: '{"a":{"0":-1}}' }],
  ['a batch up to an earliest offset', 'INVALID_OPTION', { endingOffsets: '{"a":{"0":-2}}' }],
  ['a batch of a trigger', 'INVALID_OPTION', { maxOffsetsPerTrigger: '5' }],
  ['a batch of a consumer group', 'INVALID_OPTION', { 'kafka.group.id': 'g' }],
  ['times that are none', 'INVALID_OPTION', { startingOffsetsByTimestamp: '{"a":{"0":-1}}' }],
  ['a time that is none', 'INVALID_OPTION', { endingTimestamp: 'now' }],
  ['a strategy that there is not', 'INVALID_OPTION', { startingOffsetsByTimestampStrategy: 'first' }],
  ['a pattern that is none', 'INVALID_OPTION', { subscribe: '', subscribePattern: '(' }],
] as const) {
  test(`${what} is refused as ${condition}`, async (t) => {
    const { subscribe = 'a', ...rest } = given as Given
    const error = await t.throwsAsync(read(subscribe === '' ? rest : { subscribe, ...rest }))
    t.like(error, { condition })
  })
}

test('a topic that is not there and that the broker does not create cannot be written', async (t) => {
  const written = session
    .range(5)
    .select(col('id').cast('string').as('value'))
    .write.format('kafka')
    .mode('append')
    .options(options({ topic: 'absent' }))
  const error = await t.throwsAsync(written.save())
  t.like(error, { condition: 'UNKNOWN_TOPIC_OR_PARTITION', parameters: { topic: 'absent' } })
})

test('a stream with an end is refused', async (t) => {
  const error = await t.throwsAsync(startStream({ subscribe: 'a', endingTimestamp: '1' }, 'ended'))
  t.like(error, { condition: 'INVALID_OPTION', parameters: { option: 'endingTimestamp' } })
})
