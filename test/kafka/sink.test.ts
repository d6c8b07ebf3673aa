import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import kafkajs from 'kafkajs'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT, type Schema, STRING } from '../../columnar/types.js'
import type { Options, WriteDescription } from '../../connectors/api.js'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSink } from '../../connectors/kafka/sink/sink.js'
import { sinkOptions } from '../../connectors/kafka/sink/sink-options.js'
import { kafkaWriter } from '../../connectors/kafka/sink/writer.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { readBatch } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { prepared, Streamed } from '../support/streamed-writes.js'

let broker: Broker
let directory: string

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-kafka-sink-'))
  broker = await startBroker({ directory, port: 0, defaultPartitions: 3 })
})

test.after.always(async () => {
  await closeIdleClients()
  await broker.close()
  await rm(directory, { recursive: true, force: true })
})

const options = (more: Options): Options => ({ 'kafka.bootstrap.servers': broker.bootstrapServers, ...more })

async function write(
  schema: Schema,
  blocks: readonly (readonly object[])[],
  more: Options = {},
  beforeEach = async (_block: number): Promise<void> => {},
): Promise<number> {
  const description: WriteDescription = {
    provider: 'kafka',
    options: options(more),
    mode: 'append',
    schema,
    jobId: 'j',
  }
  const memory = new LinearMemory()
  const before = memory.taskBytes
  let mostSent = 0
  memory.count = (owner) => {
    const own = LinearMemory.prototype.count.call(memory, owner)
    const hold = (bytes: number): void => {
      mostSent = Math.max(mostSent, bytes)
      own.hold(bytes)
    }
    return {
      hold,
      get bytes() {
        return own.bytes
      },
    }
  }
  const signal = new AbortController().signal
  const context = { memory, kernels: memory.kernels, signal, partition: 0, attempt: 0 }
  await kafkaSink.begin(description)
  const writer = await kafkaWriter.openWriter(description, context)
  try {
    for (const [i, rows] of blocks.entries()) {
      await beforeEach(i)
      await writer.write(blockFromRows(schema, rows))
    }
    await kafkaSink.commit(description, [await writer.prepare()])
  } catch (error) {
    await writer.abort()
    throw error
  }
  if (memory.taskBytes !== before) throw new Error(`the writer kept ${memory.taskBytes - before} bytes`)
  return mostSent
}

const keyed: Schema = { fields: [field('key', STRING), field('value', STRING)] }

test('rows with keys go where the usual clients would put them', async (t) => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    key: `key ${i % 97}${'x'.repeat(i % 7)}`,
    value: `value ${i}`,
  }))
  await write(keyed, [rows.slice(0, 3000), rows.slice(3000)], { topic: 'keyed' })
  const records = await readBatch(options({ subscribe: 'keyed' }))
  t.is(records.length, 5000)
  t.deepEqual(records.map(({ value }) => value).toSorted(), rows.map(({ value }) => value).toSorted())
  const topic = 'keyed'
  const partitionMetadata = [0, 1, 2].map((partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  }))
  const choose = kafkajs.Partitioners.DefaultPartitioner()
  t.deepEqual(
    records.map(({ partition }) => partition),
    records.map(({ key, value }) => choose({ topic, partitionMetadata, message: { key, value } })),
  )
})

test('what is written is read by a usual consumer, NULLs included', async (t) => {
  await write(
    keyed,
    [
      [
        { key: null, value: 'é😀' },
        { key: 'k', value: null },
        { key: '', value: '' },
      ],
    ],
    { topic: 'nulls' },
  )
  const kafka = kafkaClient(broker.bootstrapServers)
  const consumer = kafka.consumer({ groupId: 'g', maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'nulls', fromBeginning: true })
  const got: (string | null)[][] = []
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: kafkajs.EachMessagePayload): Promise<void> => {
      got.push([message.key?.toString() ?? null, message.value?.toString() ?? null])
      if (got.length === 3) resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  t.deepEqual(
    got.toSorted((a, b) => String(a[0]).localeCompare(String(b[0]))),
    [
      ['', ''],
      ['k', null],
      [null, 'é😀'],
    ],
  )
})

test('columns name topic and partition of each row', async (t) => {
  const schema: Schema = { fields: [field('value', STRING), field('topic', STRING), field('partition', INT)] }
  const rows = Array.from({ length: 30 }, (_, i) => ({ value: `${i}`, topic: i % 4 < 2 ? 'a' : 'b', partition: i % 3 }))
  await write(schema, [rows])
  const records = [...(await readBatch(options({ subscribe: 'a,b' })))]
  t.deepEqual(
    records
      .map(({ value, topic, partition }) => ({ value, topic, partition }))
      .toSorted((x, y) => +x.value! - +y.value!),
    rows,
  )
  const odd = await t.throwsAsync(write(schema, [[{ value: 'x', topic: 'a', partition: 3 }]]))
  t.like(odd, { condition: 'UNKNOWN_TOPIC_OR_PARTITION', parameters: { topic: 'a-3' } })
  const none = await t.throwsAsync(write(schema, [[{ value: 'x', topic: null, partition: 0 }]]))
  t.like(none, { condition: 'KAFKA_NULL_TOPIC' })
})

test('a row of a partition that was added while the task runs is written', async (t) => {
  const schema: Schema = { fields: [field('value', STRING), field('topic', STRING), field('partition', INT)] }
  const rows = Array.from({ length: 20 }, (_, i) => ({
    value: `${i}`,
    topic: 'grows',
    partition: i < 10 ? i % 3 : i % 5,
  }))
  const grow = async (block: number): Promise<void> => {
    if (block === 0) return
    const admin = kafkaClient(broker.bootstrapServers).admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic: 'grows', count: 5 }] })
    await admin.disconnect()
  }
  await write(schema, [rows.slice(0, 10), rows.slice(10)], {}, grow)
  const records = [...(await readBatch(options({ subscribe: 'grows' })))]
  const found = records.map(({ value, topic, partition }) => ({ value, topic, partition }))
  t.deepEqual(
    found.toSorted((x, y) => +x.value! - +y.value!),
    rows,
  )
  for (const partition of [5, -1]) {
    const odd = await t.throwsAsync(write(schema, [[{ value: 'x', topic: 'grows', partition }]]))
    t.like(odd, { condition: 'UNKNOWN_TOPIC_OR_PARTITION', parameters: { topic: `grows-${partition}` } })
  }
})

test('batches are cut below a megabyte, bigger messages go alone, those too big are refused', async (t) => {
  const schema: Schema = { fields: [field('value', STRING)] }
  const rows = Array.from({ length: 300 }, (_, i) => ({ value: `${i}`.padEnd(10_000, '.') }))
  const big = { value: 'y'.repeat(2_000_000) }
  const mostSent = await write(schema, [[...rows, big, { value: 'last' }]], { topic: 'sized' })
  t.true(mostSent > 2 * 2_000_000, 'batches under way count as the task`s memory')
  const records = await readBatch(options({ subscribe: 'sized' }))
  t.is(records.length, 302)
  t.true(records.some(({ value }) => value === big.value))
  const tooBig = await t.throwsAsync(write(schema, [[{ value: 'z'.repeat(17_000_000) }]], { topic: 'sized' }))
  t.like(tooBig, { condition: 'KAFKA_MESSAGE_TOO_LARGE' })
})

for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  test(`batches compressed with ${compression} are written and read again, also those that do not get smaller`, async (t) => {
    const topic = `compressed-${compression}`
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ key: `k${i}`, value: `value ${i} `.repeat(i % 9) }))
    const odd = { key: 'odd', value: 'x' }
    await write(keyed, [rows, [odd]], { topic, 'kafka.compression.type': compression })
    await write(keyed, [[odd]], { topic, 'kafka.compression.type': compression })
    const records = await readBatch(options({ subscribe: topic }))
    const text = (row: { key: string | null; value: string | null }): string => `${row.key}=${row.value}`
    t.deepEqual(records.map(text).toSorted(), [...rows, odd, odd].map(text).toSorted())
    const log = await stat(join(directory, 'topics', `${topic}-0`, '00000000000000000000.log'))
    if (compression !== 'none') t.true(log.size < 200_000, `it takes ${log.size} bytes`)
  })
}

test('a batch whose acknowledgement is lost is sent again, and is there once', async (t) => {
  const given = { topic: 'acknowledged', 'kafka.client.id': 'forgetful' }
  const { client, release } = leaseClient(sinkOptions({ options: options(given), schema: keyed }).client, true)
  const send = client.sendToLeader.bind(client)
  let lost = 0
  client.sendToLeader = async (...call: Parameters<typeof send>) => {
    const answer = await send(...call)
    if (++lost % 2 === 1) throw Object.assign(new Error('gone'), { name: 'KafkaJSConnectionClosedError' })
    return answer as never
  }
  const rows = Array.from({ length: 40_000 }, (_, i) => ({ key: null, value: `${i}`.padEnd(100) }))
  await write(keyed, [rows.slice(0, 20_000), rows.slice(20_000)], given)
  await write(keyed, [[{ key: null, value: 'of another task' }]], given)
  release()
  t.true(lost >= 8, `${lost} answers`)
  const records = await readBatch(options({ subscribe: 'acknowledged' }))
  t.is(records.length, 40_001)
  t.is(new Set(records.map(({ value }) => value)).size, 40_001)
  t.is(
    new Set(records.map(({ partition }) => partition)).size,
    3,
    'rows without keys go to another partition with each batch',
  )
})

test('a broker that knows a batch already has it', async (t) => {
  const given = { topic: 'known', 'kafka.client.id': 'told twice' }
  const { client, release } = leaseClient(sinkOptions({ options: options(given), schema: keyed }).client, true)
  const send = client.sendToLeader.bind(client)
  client.sendToLeader = async (...call: Parameters<typeof send>) => {
    await send(...call)
    return ERROR.duplicateSequence as never
  }
  await write(keyed, [[{ key: 'k', value: 'v' }]], given)
  release()
  t.is((await readBatch(options({ subscribe: 'known' }))).length, 1)
})

test('of a partition one batch is on its way at a time, of a task four, each for all replicas, and a task ends when all are acknowledged', async (t) => {
  const given = { topic: 'flights', 'kafka.client.id': 'watched' }
  const admin = kafkaClient(broker.bootstrapServers).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'flights', numPartitions: 6 }] })
  await admin.disconnect()
  const partitioned: Schema = { fields: [field('value', STRING), field('partition', INT)] }
  const { client, release } = leaseClient(sinkOptions({ options: options(given), schema: partitioned }).client, true)
  const send = client.sendToLeader.bind(client)
  const underWay: number[] = []
  const most = { inAll: 0, ofPartition: 0 }
  const acks = new Set<number>()
  const batches: number[] = []
  let refuses: (batch: number) => boolean = () => false
  client.sendToLeader = async (...call: Parameters<typeof send>) => {
    const [, , , callFor] = call
    const { buf } = (await callFor({} as never).request.encode()) as unknown as { readonly buf: Buffer }
    acks.add(buf.readInt16BE(2))
    const partition = call[1]
    underWay.push(partition)
    const batch = batches.push(partition)
    most.inAll = Math.max(most.inAll, underWay.length)
    most.ofPartition = Math.max(most.ofPartition, underWay.filter((one) => one === partition).length)
    // Whatever the writer would send meanwhile, it sends now.
    for (let i = 0; i < 50; i++) await new Promise(setImmediate)
    try {
      if (refuses(batch)) throw Object.assign(new Error('refused'), { name: 'KafkaJSNonRetriableError' })
      return (await send(...call)) as never
    } finally {
      underWay.splice(underWay.indexOf(partition), 1)
    }
  }
  const rows = (partition: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ value: `${partition} ${i}`.padEnd(10_000), partition }))
  await write(partitioned, [rows(0, 300), [1, 2, 3, 4, 5].flatMap((partition) => rows(partition, 100))], given)
  t.deepEqual(underWay, [], 'none is on its way any more')
  t.deepEqual(most, { inAll: 4, ofPartition: 1 })
  t.deepEqual([...acks], [-1])
  t.true(batches.filter((partition) => partition === 0).length >= 3)
  t.is((await readBatch(options({ subscribe: 'flights' }))).length, 800)
  for (const refused of [1, 2]) {
    batches.length = 0
    refuses = (batch) => batch === refused
    await t.throwsAsync(
      write(partitioned, [[...rows(0, 1), ...rows(1, 1)]], given),
      { message: /refused/ },
      `${refused}`,
    )
    t.deepEqual(underWay, [])
  }
  release()
})

test('small batches of a stream go to other partitions in turn, as do those of its tasks', async (t) => {
  const stream = new Streamed(broker.bootstrapServers, 'turns')
  for (const batchId of [0, 1, 2])
    for (const number of [0, 1]) {
      const write = stream.batch(batchId, 1, [], { deliveryGuarantee: 'at-least-once' })
      await prepared(write, number, [`${batchId} ${number}`])
    }
  const records = await readBatch(options({ subscribe: 'turns' }))
  const places = Object.fromEntries(records.map(({ value, partition }) => [value, partition]))
  t.deepEqual(places, { '0 0': 0, '0 1': 1, '1 0': 1, '1 1': 2, '2 0': 2, '2 1': 0 })
})

test('a compression that there is not is refused', async (t) => {
  const odd = await t.throwsAsync(write(keyed, [], { topic: 'x', 'kafka.compression.type': 'rar' }))
  t.like(odd, { condition: 'INVALID_OPTION', parameters: { option: 'kafka.compression.type' } })
})

test('a sink without value, with a column of another kind or with an unknown option is refused', async (t) => {
  const noValue = await t.throwsAsync(write({ fields: [field('key', STRING)] }, [], { topic: 'x' }))
  t.like(noValue, { condition: 'INVALID_OPTION' })
  const odd = await t.throwsAsync(write({ fields: [field('value', INT)] }, [], { topic: 'x' }))
  t.like(odd, { condition: 'UNSUPPORTED_FEATURE' })
  t.like(await t.throwsAsync(write(keyed, [], { topics: 'x' })), { condition: 'INVALID_OPTION' })
})
