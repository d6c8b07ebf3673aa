import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import kafkajs from 'kafkajs'
import type { Options } from '../../connectors/api.js'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { ask, request } from '../support/broker-requests.js'
import { describe, readBatch, readSplits, scan, withoutIdentities } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { recordBatch } from '../support/record-batches.js'

// A process of its own: after the tests of sinks in the same process its broker does not answer within the client's patience.

const { CompressionTypes } = kafkajs
/** All tests of this file make topics at once, each of which the broker has to put on disk, which may be busy. */
const PATIENCE_MS = 240_000
let broker: Broker
let directory: string
let kafka: kafkajs.Kafka

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-kafka-'))
  broker = await startBroker({ directory, port: 0, autoCreateTopics: false })
  kafka = kafkaClient(broker.bootstrapServers)
})

test.after.always(async () => {
  await closeIdleClients()
  await broker.close()
  await rm(directory, { recursive: true, force: true })
})

const options = (more: Options): Options => ({ 'kafka.bootstrap.servers': broker.bootstrapServers, ...more })

async function createTopic(topic: string, numPartitions: number): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions }], timeout: PATIENCE_MS })
  await admin.disconnect()
}

async function produce(
  topic: string,
  messages: readonly kafkajs.Message[],
  compression = CompressionTypes.None,
): Promise<void> {
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [...messages], compression })
  await producer.disconnect()
}

const numbered = (count: number, partition: number, from = 0): kafkajs.Message[] =>
  Array.from({ length: count }, (_, i) => ({
    key: (from + i) % 3 === 0 ? null : `k${from + i}`,
    value: `value ${from + i}`,
    partition,
    timestamp: String(1_700_000_000_000 + from + i),
  }))

test('every column of every record of all partitions is read', async (t) => {
  await createTopic('all', 2)
  await produce('all', numbered(10_000, 0))
  await produce('all', [{ key: 'k', value: null, partition: 1, timestamp: '5' }])
  const records = await readBatch(options({ subscribe: 'all' }))
  t.is(records.length, 10_001)
  t.deepEqual(
    records.filter(({ partition }) => partition === 0).map(({ key, value, offset }) => [key, value, offset]),
    numbered(10_000, 0).map(({ key, value }, i) => [key as string | null, value as string, BigInt(i)]),
  )
  t.deepEqual(records.at(-1), {
    key: 'k',
    value: null,
    topic: 'all',
    partition: 1,
    offset: 0n,
    timestamp: 5000n,
    timestampType: 0,
  })
  t.is(records[7]!.timestamp, 1_700_000_000_007_000n)
})

test('records of a topic whose times are those of its broker have them, and their type', async (t) => {
  await createTopic('timed', 1)
  const logAppendTime = 0x08
  for (const [timestampMs, attributes] of [
    [5, 0],
    [7, logAppendTime],
  ] as const) {
    const records = recordBatch({ values: ['a', 'b'], timestampMs, attributes })
    const produce = request(0, 7, (to) => {
      to.nullableString(null).int16(-1).int32(1000)
      to.array(['timed'], (name) => to.string(name).array([0], (number) => to.int32(number).bytes(records)))
    })
    await ask(broker.bootstrapServers, [produce])
  }
  const read = await readBatch(options({ subscribe: 'timed' }))
  t.deepEqual(
    read.map(({ timestamp, timestampType }) => [timestamp, timestampType]),
    [
      [5000n, 0],
      [5000n, 0],
      [7000n, 1],
      [7000n, 1],
    ],
  )
})

test('exactly the offsets asked for are read, also in the middle of record batches', async (t) => {
  await createTopic('ranges', 1)
  for (let i = 0; i < 5; i++) await produce('ranges', numbered(100, 0, i * 100))
  const offsets = async (from: number, until: number): Promise<readonly bigint[]> => {
    const limits = { startingOffsets: `{"ranges":{"0":${from}}}`, endingOffsets: `{"ranges":{"0":${until}}}` }
    return (await readBatch(options({ subscribe: 'ranges', ...limits }))).map(({ offset }) => offset)
  }
  for (const [from, until] of [
    [0, 500],
    [50, 51],
    [99, 301],
    [100, 200],
    [499, 500],
    [7, 7],
  ] as const) {
    const expected = Array.from({ length: until - from }, (_, i) => BigInt(from + i))
    t.deepEqual(await offsets(from, until), expected)
  }
})

test('batches compressed with gzip are read', async (t) => {
  await createTopic('gzip', 1)
  await produce('gzip', numbered(2_000, 0), CompressionTypes.GZIP)
  const records = await readBatch(options({ subscribe: 'gzip' }))
  t.deepEqual(
    records.map(({ value }) => value),
    numbered(2_000, 0).map(({ value }) => value as string),
  )
})

test('big ranges are cut into as many splits as are asked for', async (t) => {
  await createTopic('cut', 2)
  await produce('cut', numbered(900, 0))
  await produce('cut', numbered(100, 1))
  const source = await describe(options({ subscribe: 'cut', minPartitions: '10' }))
  const splits = await kafkaSource.planSplits(scan(source))
  t.is(splits.length, 10)
  t.is((await readSplits(source, splits)).length, 1000)
})

test('a stream reads what is new, at most so many records of each partition in proportion', async (t) => {
  await createTopic('stream', 2)
  await produce('stream', numbered(300, 0))
  await produce('stream', numbered(100, 1))
  const source = await describe(
    options({ subscribe: 'stream', startingOffsets: 'earliest', maxOffsetsPerTrigger: '100' }),
  )
  const stream = await kafkaSource.stream!.open(source)
  const first = await stream.initialOffset()
  t.deepEqual(withoutIdentities(first), { stream: { 0: 0n, 1: 0n } })
  const next = await stream.latestOffset(first, true)
  t.deepEqual(withoutIdentities(next), { stream: { 0: 75n, 1: 25n } })
  t.deepEqual(withoutIdentities(await stream.latestOffset(first, false)), { stream: { 0: 300n, 1: 100n } })
  const bounded = await stream.latestOffset(first, true, { stream: { 0: 10n, 1: 3n } })
  t.deepEqual(withoutIdentities(bounded), { stream: { 0: 10n, 1: 3n } })
  const ends = { stream: { 0: 300n, 1: 100n } }
  t.deepEqual(await stream.lag!(next), { latestOffset: ends, behind: { 'stream-0': 225n, 'stream-1': 75n } })
  const records = await readSplits(source, await stream.planSplits(next, { stream: { 0: 80n, 1: 26n } }, [], 2))
  t.deepEqual(
    records.map(({ partition, offset }) => `${partition}:${offset}`),
    ['0:75', '0:76', '0:77', '0:78', '0:79', '1:25'],
  )
  await stream.close()
})

test('a stream finds partitions added while it runs and reads them from their beginning', async (t) => {
  await createTopic('grown', 1)
  const stream = await kafkaSource.stream!.open(await describe(options({ subscribe: 'grown' })))
  const first = await stream.initialOffset()
  const admin = kafka.admin()
  await admin.connect()
  await admin.createPartitions({ topicPartitions: [{ topic: 'grown', count: 2 }] })
  await admin.disconnect()
  await produce('grown', numbered(5, 1))
  const latest = await stream.latestOffset(first, true)
  t.deepEqual(withoutIdentities(latest), { grown: { 0: 0n, 1: 5n } })
  t.deepEqual(
    (await stream.planSplits(first, latest, [], 2)).map(({ data }) => ({ ...(data as object), topicId: 'of it' })),
    [{ topic: 'grown', topicId: 'of it', partition: 1, from: 0n, until: 5n }],
  )
  await stream.close()
})

test('a topic of the embedded broker that was deleted and created again is told apart', async (t) => {
  const createAgain = async (count: number): Promise<void> => {
    const admin = kafka.admin()
    await admin.connect()
    await admin.deleteTopics({ topics: ['renewed'] })
    await admin.disconnect()
    await createTopic('renewed', 1)
    await produce('renewed', numbered(count, 0))
  }
  await createTopic('renewed', 1)
  await produce('renewed', numbered(20, 0))
  const source = await describe(options({ subscribe: 'renewed', startingOffsets: 'earliest' }))
  const stream = await kafkaSource.stream!.open(source)
  const first = await stream.latestOffset(await stream.initialOffset(), false)
  await createAgain(30)
  t.like(await t.throwsAsync(stream.latestOffset(first, true)), { condition: 'KAFKA_DATA_LOSS' })
  await stream.close()
  const lenient = await describe(options({ subscribe: 'renewed', failOnDataLoss: 'false' }))
  const reading = await kafkaSource.stream!.open(lenient)
  const second = await reading.latestOffset(first, true)
  t.is((await readSplits(lenient, await reading.planSplits(first, second, [], 2))).length, 30)
  await reading.close()
})

test('a task reads nothing of another topic of the embedded broker that got the name after it was planned', async (t) => {
  await createTopic('replaced', 1)
  await produce('replaced', numbered(20, 0))
  const source = await describe(options({ subscribe: 'replaced' }))
  const splits = await kafkaSource.planSplits(scan(source))
  t.is((await readSplits(source, splits)).length, 20)
  const admin = kafka.admin()
  await admin.connect()
  await admin.deleteTopics({ topics: ['replaced'] })
  await admin.disconnect()
  await createTopic('replaced', 1)
  await produce('replaced', numbered(30, 0))
  t.like(await t.throwsAsync(readSplits(source, splits)), {
    condition: 'KAFKA_DATA_LOSS',
    parameters: { reason: 'the topic was deleted and created again' },
  })
})

test('committed offsets are seen by the usual tools', async (t) => {
  await createTopic('committed', 1)
  const stream = await kafkaSource.stream!.open(
    await describe(options({ subscribe: 'committed', 'kafka.group.id': 'shown' })),
  )
  await stream.committed!({ committed: { 0: 42n } })
  const admin = kafka.admin()
  await admin.connect()
  const [topic] = await admin.fetchOffsets({ groupId: 'shown', topics: ['committed'] })
  await admin.disconnect()
  await stream.close()
  t.is(topic!.partitions[0]!.offset, '42')
})

test('offsets that a partition no longer or not yet has are a data loss', async (t) => {
  await createTopic('lost', 1)
  await produce('lost', numbered(10, 0))
  const source = await describe(options({ subscribe: 'lost' }))
  const stream = await kafkaSource.stream!.open(source)
  const error = await t.throwsAsync(stream.latestOffset({ lost: { 0: 11n } }, true))
  t.like(error, { condition: 'KAFKA_DATA_LOSS' })
  t.like(await t.throwsAsync(stream.latestOffset({ lost: { 0: 0n, 7: 3n } }, true)), { condition: 'KAFKA_DATA_LOSS' })
  await stream.close()
  const split = { data: { topic: 'lost', partition: 0, from: 20n, until: 30n } }
  t.like(await t.throwsAsync(readSplits(source, [split])), { condition: 'KAFKA_DATA_LOSS' })
  const lenient = await describe(options({ subscribe: 'lost', failOnDataLoss: 'false' }))
  t.deepEqual(await readSplits(lenient, [split]), [])
})

test('a missing topic and a missing broker are told as such', async (t) => {
  const missing = await t.throwsAsync(readBatch(options({ subscribe: 'nowhere' })))
  t.like(missing, { condition: 'UNKNOWN_TOPIC_OR_PARTITION' })
  const down = { subscribe: 'x', 'kafka.bootstrap.servers': '127.0.0.1:1', 'kafka.request.timeout.ms': '500' }
  t.like(await t.throwsAsync(readBatch(down)), { condition: 'KAFKA_UNAVAILABLE' })
})

for (const [option, given] of [
  ['subscribe', {}],
  ['subscribe', { subscribe: 'a', assign: '{"a":[0]}' }],
  ['kafka.bootstrap.servers', { subscribe: 'a', 'kafka.bootstrap.servers': 'nowhere' }],
  ['kafka.fetch.speed', { subscribe: 'a', 'kafka.fetch.speed': 'high' }],
  ['startingOffset', { subscribe: 'a', startingOffset: 'latest' }],
  ['startingOffsets', { subscribe: 'a', startingOffsets: '{"a":{"0":-3}}' }],
  ['endingOffsets', { subscribe: 'a', endingOffsets: 'earliest' }],
  ['maxOffsetsPerTrigger', { subscribe: 'a', maxOffsetsPerTrigger: '0' }],
  ['failOnDataLoss', { subscribe: 'a', failOnDataLoss: 'maybe' }],
  ['assign', { assign: '[1]' }],
  ['kafka.sasl.mechanism', { subscribe: 'a', 'kafka.security.protocol': 'SASL_SSL' }],
] as const) {
  test(`the options ${JSON.stringify(given)} are refused for ${option}`, async (t) => {
    const error = await t.throwsAsync(async () => describe(options({ ...given })))
    t.like(error, { condition: 'INVALID_OPTION', parameters: { option } })
  })
}

test('the checksum is the CRC-32C of RFC 3720', (t) => {
  const memory = new LinearMemory()
  const { crc32c } = memory.kernels
  const at = memory.allocate(64)
  const of = (bytes: Uint8Array): number => {
    memory.bytes.set(bytes, at)
    return crc32c(at, bytes.length) >>> 0
  }
  t.is(of(Buffer.from('123456789')), 0xe3069283)
  t.is(of(new Uint8Array(32)), 0x8a9136aa)
  t.is(of(new Uint8Array(32).fill(255)), 0x62a8ab43)
  t.is(of(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e)
  t.is(of(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c)
})

test('a byte that changed on its way or on the disk of the broker stops the reader, and the records before are read', async (t) => {
  await createTopic('checked', 1)
  for (const from of [0, 10, 20]) await produce('checked', numbered(10, 0, from))
  const source = await describe(options({ subscribe: 'checked' }))
  const path = join(directory, 'topics', 'checked-0', '00000000000000000000.log')
  const bytes = await readFile(path)
  const at = bytes.indexOf('value 15')
  bytes[at] = bytes[at]! ^ 1
  await writeFile(path, bytes)
  const read = (until: bigint) => readSplits(source, [{ data: { topic: 'checked', partition: 0, from: 0n, until } }])
  t.is((await read(10n)).length, 10)
  const error = await t.throwsAsync(read(30n))
  t.like(error, { condition: 'CORRUPT_RECORD' })
  t.regex(error.message, /offset 10 of partition 0 of the topic checked.*CRC/)
})
