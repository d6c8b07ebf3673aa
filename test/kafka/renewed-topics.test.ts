import test from 'ava'
import type { Json } from '../../connectors/api.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { API, type FakeKafka } from '../support/fake-kafka.js'
import { type FakeTopic, FIRST_ID, withFakeTopic } from '../support/fake-topic.js'
import { describe, readSplits, scan, withoutIdentities } from '../support/kafka.js'

const SECOND = '0b'.repeat(16)
const numbered = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)

const LENIENT = { failOnDataLoss: 'false' }

/** Makes the topic anew; brokers without ids tell by the epoch of the leader, or by where the log starts. */
function renew(fake: FakeKafka, values: readonly string[], how: 'id' | 'epoch' | 'start'): void {
  const old = fake.topics.get('events')!.partitions[0]!
  fake.create('events', SECOND, values)
  const partition = fake.topics.get('events')!.partitions[0]!
  if (how === 'start') partition.epoch = old.epoch
}

for (const how of ['id', 'epoch', 'start'] as const) {
  const prepare = ({ fake }: FakeTopic): void => {
    const partition = fake.topics.get('events')!.partitions[0]!
    if (how === 'epoch') partition.epoch = 3
    if (how === 'start') partition.start = 2n
  }

  for (const [size, count] of [
    ['longer', 9],
    ['shorter', 2],
  ] as const) {
    test(`a topic deleted and created again, ${size} than before, is a data loss, as its ${how} shows`, (t) =>
      withFakeTopic(t, how === 'id', async (place) => {
        prepare(place)
        const stream = await place.open()
        const until = await stream.latestOffset(await stream.initialOffset(), false)
        renew(place.fake, numbered(count, 'new '), how)
        const error = await t.throwsAsync(stream.latestOffset(until, true))
        t.like(error, { condition: 'KAFKA_DATA_LOSS', parameters: { topic: 'events', partition: '0' } })
        t.regex(error.message, /deleted and created again/)
      }))

    test(`a topic created again, ${size} than before, is read from its beginning where data may be lost: ${how}`, (t) =>
      withFakeTopic(t, how === 'id', async (place) => {
        prepare(place)
        const stream = await place.open(LENIENT)
        const first = await stream.latestOffset(await stream.initialOffset(), false)
        renew(place.fake, numbered(count, 'new '), how)
        const second = await stream.latestOffset(first, true)
        t.deepEqual(withoutIdentities(second), { events: { 0: BigInt(count) } })
        t.deepEqual(await place.read(stream, first, second), numbered(count, 'new '))
        t.deepEqual(await stream.latestOffset(second, true), second, 'nothing more is new')
      }))
  }

  test(`a batch that was begun over a topic that is another one now is a data loss, or empty: ${how}`, (t) =>
    withFakeTopic(t, how === 'id', async (place) => {
      prepare(place)
      const before = await place.open()
      const from = await before.initialOffset()
      const until = await before.latestOffset(from, false)
      renew(place.fake, numbered(9, 'new '), how)
      const [strict, lenient] = [await place.open(), await place.open(LENIENT)]
      t.like(await t.throwsAsync(strict.planSplits(from, until, [], 2)), { condition: 'KAFKA_DATA_LOSS' })
      t.deepEqual(await lenient.planSplits(from, until, [], 2), [])
      const next = await lenient.latestOffset(until, true)
      t.deepEqual(await place.read(lenient, until, next), numbered(9, 'new '))
    }))
}

test('the end of a topic that was asked for before it was created again is not taken for that of the new one', (t) =>
  withFakeTopic(t, true, async ({ fake, open }) => {
    const stream = await open(LENIENT)
    const first = await stream.latestOffset(await stream.initialOffset(), false)
    const old = fake.topics.get('events')!
    renew(fake, numbered(9, 'new '), 'id')
    const renewed = fake.topics.get('events')!
    let ends = 0
    fake.misbehave = ({ apiKey, body }) => {
      const isOfEnd = apiKey === API.listOffsets && body.readBigInt64BE(body.length - 8) === -1n
      // The answer to one request alone is of the topic of before, also when the next one came with it.
      fake.topics.set('events', isOfEnd && ++ends === 1 ? old : renewed)
      return undefined
    }
    const second = await stream.latestOffset(first, false)
    t.deepEqual(withoutIdentities(second), { events: { 0: 9n } })
    t.true(ends > 1)
  }))

test('a task reads no records of another topic that got the name after it was planned', (t) =>
  withFakeTopic(t, true, async ({ fake }) => {
    const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events' }
    const [strict, lenient] = [await describe(options), await describe({ ...options, ...LENIENT })]
    const splits = await kafkaSource.planSplits(scan(strict))
    renew(fake, numbered(9, 'new '), 'id')
    const error = await t.throwsAsync(readSplits(strict, splits))
    t.like(error, { condition: 'KAFKA_DATA_LOSS' })
    t.regex(error.message, /deleted and created again/)
    t.deepEqual(await readSplits(lenient, splits), [])
  }))

test('a leader that has not heard of a new topic yet is asked again', (t) =>
  withFakeTopic(t, true, async ({ fake }) => {
    const source = await describe({ 'kafka.bootstrap.servers': fake.servers, subscribe: 'events' })
    const splits = await kafkaSource.planSplits(scan(source))
    fake.topics.get('events')!.id = SECOND
    fake.misbehave = ({ apiKey }) => {
      const isThird = fake.requests.filter((request) => request.apiKey === API.fetch).length === 3
      if (apiKey === API.fetch && isThird) fake.topics.get('events')!.id = FIRST_ID
      return undefined
    }
    t.is((await readSplits(source, splits)).length, 5)
  }))

test('a broker that still tells of the topic of before is not believed', (t) =>
  withFakeTopic(t, true, async ({ fake, open }) => {
    const stream = await open()
    const from = await stream.initialOffset()
    const topic = fake.topics.get('events')!
    topic.id = SECOND
    const before = fake.requests.length
    fake.misbehave = ({ apiKey }) => {
      const asked = fake.requests.slice(before).filter((request) => request.apiKey === API.metadata).length
      if (apiKey === API.metadata && asked === 3) topic.id = FIRST_ID
      return undefined
    }
    const until = (await stream.latestOffset(from, false)) as Record<string, Json>
    t.deepEqual(withoutIdentities(until), { events: { 0: 5n } })
    t.deepEqual(until['#topics'], { events: { id: FIRST_ID } })
  }))

test('a checkpoint from before topics were told apart is read on, and they are told apart from then on', (t) =>
  withFakeTopic(t, true, async ({ fake, open, read }) => {
    const old = { events: { 0: 3n } }
    const stream = await open()
    const until = await stream.latestOffset(old, true)
    t.deepEqual(await read(stream, old, until), ['old 3', 'old 4'])
    t.deepEqual((until as Record<string, Json>)['#topics'], { events: { id: FIRST_ID } })
    renew(fake, numbered(9, 'new '), 'id')
    t.like(await t.throwsAsync(stream.latestOffset(until, true)), { condition: 'KAFKA_DATA_LOSS' })
  }))

test('offsets saved by brokers without ids are read on when the brokers have them', (t) =>
  withFakeTopic(t, false, async ({ fake, open, read }) => {
    const old = await open()
    const until = await old.latestOffset(await old.initialOffset(), false)
    fake.withIds = true
    fake.topics.get('events')!.partitions[0]!.values.push('late')
    // Another client, which has not asked what the brokers serve.
    const stream = await open({ 'kafka.client.id': 'another' })
    const next = await stream.latestOffset(until, true)
    t.deepEqual(await read(stream, until, next), ['late'])
    t.deepEqual((next as Record<string, Json>)['#topics'], { events: { id: FIRST_ID } })
  }))

test('saved offsets that make no sense are refused as such', (t) =>
  withFakeTopic(t, true, async ({ open }) => {
    const stream = await open()
    for (const wrong of [{ events: { 0: 'many' } }, { events: 7 }, { '#topics': { events: {} } }, null] as Json[]) {
      t.like(await t.throwsAsync(stream.latestOffset(wrong, true)), { condition: 'CORRUPT_RECORD' })
    }
  }))

test('partitions that a task does not know of yet are looked for again', (t) =>
  withFakeTopic(t, true, async ({ fake }) => {
    const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events' }
    const source = await describe(options)
    t.is((await readSplits(source, await kafkaSource.planSplits(scan(source)))).length, 5)
    fake.topics.get('events')!.partitions.push({ epoch: 0, start: 0n, values: ['added'] })
    const split = { data: { topic: 'events', topicId: FIRST_ID, partition: 1, from: 0n, until: 1n } }
    t.deepEqual(
      (await readSplits(source, [split])).map(({ value }) => value),
      ['added'],
    )
  }))

test('a partition that is gone while it is read is a data loss, after some tries', (t) =>
  withFakeTopic(t, true, async ({ fake }) => {
    const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events' }
    const [strict, lenient] = [await describe(options), await describe({ ...options, ...LENIENT })]
    const splits = await kafkaSource.planSplits(scan(strict))
    fake.topics.delete('events')
    const [error, rest] = await Promise.all([t.throwsAsync(readSplits(strict, splits)), readSplits(lenient, splits)])
    t.like(error, { condition: 'KAFKA_DATA_LOSS' })
    t.deepEqual(rest, [])
  }))

test('a topic that is gone is left out where data may be lost, and read from its beginning when it comes again', (t) =>
  withFakeTopic(t, true, async ({ fake, open, read }) => {
    fake.create('others', FIRST_ID, ['x'])
    const stream = await open({ ...LENIENT, subscribe: 'events,others' })
    const first = await stream.latestOffset(await stream.initialOffset(), false)
    fake.topics.delete('events')
    fake.topics.get('others')!.partitions[0]!.values.push('y')
    const second = await stream.latestOffset(first, true)
    t.deepEqual(withoutIdentities(second), { others: { 0: 2n } })
    t.deepEqual(await read(stream, first, second), ['y'])
    fake.create('events', SECOND, ['again'])
    const third = await stream.latestOffset(second, true)
    t.deepEqual(await read(stream, second, third), ['again'])
  }))

test('a partition that is younger than a goal stays where it is, and is not read twice', (t) =>
  withFakeTopic(t, true, async ({ fake, open, read }) => {
    const stream = await open()
    const from = await stream.initialOffset()
    const goal = await stream.latestOffset(from, false)
    fake.topics.get('events')!.partitions.push({ epoch: 0, start: 0n, values: ['x', 'y'] })
    t.deepEqual(withoutIdentities(await stream.latestOffset(from, true, goal)), { events: { 0: 5n } })
    const beyond = await stream.latestOffset(from, false)
    t.deepEqual(await stream.latestOffset(beyond, true, goal), beyond)
    fake.topics.get('events')!.partitions[1]!.values.push('z')
    t.deepEqual(await stream.latestOffset(beyond, true, goal), beyond)
    t.deepEqual(await read(stream, beyond, await stream.latestOffset(beyond, false)), ['z'])
  }))

for (const withIds of [true, false]) {
  test(`a goal set before a topic was created again is reached where the stream is, ${withIds ? 'with' : 'without'} ids`, (t) =>
    withFakeTopic(t, withIds, async ({ fake, open, read }) => {
      fake.topics.get('events')!.partitions[0]!.epoch = 2
      const stream = await open(LENIENT)
      const from = await stream.initialOffset()
      const goal = await stream.latestOffset(from, false)
      renew(fake, numbered(9, 'new '), 'id')
      t.deepEqual(await stream.latestOffset(from, true, goal), from)
      const next = await stream.latestOffset(from, true)
      t.deepEqual(await read(stream, from, next), numbered(9, 'new '))
      fake.topics.get('events')!.partitions[0]!.values.push('newer')
      t.deepEqual(await stream.latestOffset(next, true, goal), next)
    }))
}

test('offsets do not change with the epoch of a leader alone', (t) =>
  withFakeTopic(t, false, async ({ fake, open, read }) => {
    const stream = await open()
    const at = await stream.latestOffset(await stream.initialOffset(), false)
    const partition = fake.topics.get('events')!.partitions[0]!
    partition.epoch = 1
    t.deepEqual(await stream.latestOffset(at, false), at)
    partition.values.push('late')
    const next = await stream.latestOffset(at, false)
    t.deepEqual((next as Record<string, Json>)['#topics'], { events: { partitions: { 0: { epoch: 1, start: 0n } } } })
    t.deepEqual(await read(stream, at, next), ['late'])
  }))

const ALIKE: readonly Record<string, string>[] = [{}, LENIENT, { pattern: 'event.*' }]
for (const more of ALIKE) {
  test(`what a broker that is behind does not tell of is not gone: ${JSON.stringify(more)}`, (t) =>
    withFakeTopic(t, true, async ({ fake, open }) => {
      fake.create('events', FIRST_ID, ['a'], ['b'])
      const stream = await open(more)
      const from = await stream.latestOffset(await stream.initialOffset(), false)
      const topic = fake.topics.get('events')!
      const added = topic.partitions.pop()!
      const before = fake.requests.length
      fake.misbehave = ({ apiKey }) => {
        const asked = fake.requests.slice(before).filter((request) => request.apiKey === API.metadata).length
        if (apiKey === API.metadata && asked === 3) topic.partitions.push(added)
        return undefined
      }
      t.deepEqual(await stream.latestOffset(from, true), from)
    }))
}

test('a stream waits where it is for a partition that ends before it, where data may be lost', (t) =>
  withFakeTopic(t, true, async ({ fake, open }) => {
    const [strict, lenient] = [await open(), await open(LENIENT)]
    const at = await lenient.latestOffset(await lenient.initialOffset(), false)
    fake.topics.get('events')!.partitions[0]!.values.length = 2
    t.like(await t.throwsAsync(strict.latestOffset(at, true)), {
      condition: 'KAFKA_DATA_LOSS',
      parameters: { reason: 'it ends at offset 2 but was read up to 5' },
    })
    t.deepEqual(await lenient.latestOffset(at, true), at)
    t.deepEqual(await lenient.lag!(at), { latestOffset: { events: { 0: 2n } }, behind: { 'events-0': 0n } })
  }))

test('a topic of a pattern that a broker does not list yet is not gone', (t) =>
  withFakeTopic(t, true, async ({ fake, open }) => {
    const stream = await open({ pattern: 'event.*' })
    const from = await stream.latestOffset(await stream.initialOffset(), false)
    const topic = fake.topics.get('events')!
    fake.topics.delete('events')
    const before = fake.requests.length
    fake.misbehave = ({ apiKey }) => {
      const asked = fake.requests.slice(before).filter((request) => request.apiKey === API.metadata).length
      if (apiKey === API.metadata && asked === 2) fake.topics.set('events', topic)
      return undefined
    }
    t.deepEqual(await stream.latestOffset(from, true), from)
  }))
