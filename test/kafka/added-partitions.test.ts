import test from 'ava'
import type { Json, StreamSource } from '../../connectors/api.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { FakeKafka } from '../support/fake-kafka.js'
import { describe, readSplits } from '../support/kafka.js'

const PATIENCE_MS = 60_000

interface Place {
  readonly fake: FakeKafka
  /** A stream over a topic of five records in one partition, as a program that was started again has it. */
  open(failOnDataLoss: boolean): Promise<StreamSource>
  read(stream: StreamSource, from: Json, until: Json): Promise<readonly (string | null)[]>
}

async function withStream(body: (place: Place) => Promise<void>): Promise<void> {
  const fake = await FakeKafka.start()
  fake.withIds = true
  fake.create('events', '0a'.repeat(16), ['a', 'b', 'c', 'd', 'e'])
  const streams: StreamSource[] = []
  const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events', startingOffsets: 'earliest' }
  try {
    await body({
      fake,
      open: async (failOnDataLoss) => {
        const source = await describe({ ...options, failOnDataLoss: String(failOnDataLoss) })
        const stream = await kafkaSource.openStream!(source)
        streams.push(stream)
        return stream
      },
      read: async (stream, from, until) => {
        const records = await readSplits(await describe(options), await stream.planSplits(from, until, [], 2))
        return records.map(({ value }) => value)
      },
    })
  } finally {
    for (const stream of streams) await stream.close()
    await closeIdleClients()
    await fake.close()
  }
}

test('a batch that is run again reads an added partition from where it began then, or tells what was lost', async (t) => {
  t.timeout(PATIENCE_MS)
  await withStream(async ({ fake, open, read }) => {
    const stream = await open(true)
    const before = await stream.latestOffset(await stream.initialOffset(), false)
    const added = { epoch: 0, start: 0n, values: ['x', 'y', 'z'] }
    fake.topics.get('events')!.partitions.push(added)
    const until = await stream.latestOffset(before, false)
    t.deepEqual(await read(await open(true), before, until), ['x', 'y', 'z'])
    Object.assign(added, { start: 2n, values: ['z'] })
    t.like(await t.throwsAsync(async () => (await open(true)).planSplits(before, until, [], 2)), {
      condition: 'KAFKA_DATA_LOSS',
      parameters: { topic: 'events', partition: '1' },
    })
    t.deepEqual(await read(await open(false), before, until), ['z'])
  })
})

test('where an added partition began is kept while it has nothing to read, and not longer', async (t) => {
  t.timeout(PATIENCE_MS)
  await withStream(async ({ fake, open, read }) => {
    const stream = await open(true)
    const before = await stream.latestOffset(await stream.initialOffset(), false)
    const added = { epoch: 0, start: 0n, values: [] as string[] }
    fake.topics.get('events')!.partitions.push(added)
    const found = await stream.latestOffset(before, false)
    t.deepEqual(await stream.latestOffset(found, false), found)
    added.values.push('x')
    const moved = await stream.latestOffset(found, false)
    t.deepEqual(await read(stream, found, moved), ['x'])
    t.deepEqual(Object.keys(moved as object), ['events', '#topics'])
  })
})
