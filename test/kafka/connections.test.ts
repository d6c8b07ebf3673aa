import test, { type ExecutionContext } from 'ava'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import { clientOptions } from '../../connectors/kafka/client/client-options.js'
import { Fetcher } from '../../connectors/kafka/reader/fetcher.js'
import { produceBatch } from '../../connectors/kafka/sink/produce.js'
import { sourceOptions } from '../../connectors/kafka/source/source-options.js'
import { API, FakeKafka, type FakeRequest, framed, type Misbehaviour } from '../support/fake-kafka.js'
import { readBatch } from '../support/kafka.js'

const PATIENCE_MS = 120_000
const VALUES = ['a', 'b', 'c']

async function withFake(t: ExecutionContext, body: (fake: FakeKafka) => Promise<void>): Promise<void> {
  t.timeout(PATIENCE_MS)
  const fake = await FakeKafka.start()
  fake.create('events', '0a'.repeat(16), VALUES)
  try {
    await body(fake)
  } finally {
    await closeIdleClients()
    await fake.close()
  }
}

/** Short enough for tests, long enough for a busy machine. */
const options = (fake: FakeKafka, timeoutMs = 3000): Record<string, string> => ({
  'kafka.bootstrap.servers': fake.servers,
  'kafka.request.timeout.ms': String(timeoutMs),
  'kafka.socket.connection.setup.timeout.ms': '3000',
  subscribe: 'events',
})

const valuesOf = async (fake: FakeKafka, timeoutMs?: number): Promise<readonly (string | null)[]> =>
  (await readBatch(options(fake, timeoutMs))).map(({ value }) => value)

/** The first time that an API is asked for. */
function once(apiKey: number, wrong: (request: FakeRequest) => ReturnType<Misbehaviour>): Misbehaviour {
  let isDone = false
  return (request) => {
    if (isDone || request.apiKey !== apiKey) return undefined
    isDone = true
    return wrong(request)
  }
}

const length = (bytes: number): Buffer => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(bytes)
  return size
}

const WRONG: readonly (readonly [what: string, wrong: (request: FakeRequest) => ReturnType<Misbehaviour>])[] = [
  ['is never given', () => 'silence'],
  ['is a closed connection', () => 'hang up'],
  ['is shorter than a correlation id', () => Buffer.concat([length(2), Buffer.of(1, 2)])],
  ['is empty', () => length(0)],
  ['has a negative length', () => Buffer.concat([length(-1), Buffer.alloc(8)])],
  ['has a length far below zero', () => Buffer.concat([length(-100_000), Buffer.alloc(8)])],
  ['has a length beyond all measure', () => Buffer.concat([length(0x7fff_fff0), Buffer.alloc(8)])],
  ['is to another question', ({ correlationId }) => framed(correlationId + 7, Buffer.alloc(40))],
  ['is cut', ({ correlationId }) => framed(correlationId, Buffer.alloc(3))],
  ['is full of ones', ({ correlationId }) => framed(correlationId, Buffer.alloc(60, 255))],
  ['begins and does not go on', ({ correlationId }) => framed(correlationId, Buffer.alloc(40)).subarray(0, 20)],
]

/** Only silence is to be found out by waiting; otherwise the time-out is longer than the test may take. */
const timeoutFor = (what: string): number => (/never given|does not go on/.test(what) ? 3000 : 2 * PATIENCE_MS)

for (const [api, name] of [
  [API.apiVersions, 'ApiVersions'],
  [API.metadata, 'Metadata'],
  [API.listOffsets, 'ListOffsets'],
  [API.fetch, 'Fetch'],
] as const) {
  for (const [what, wrong] of WRONG) {
    // These bytes are the broker's word that something went wrong in it.
    if (api === API.apiVersions && what === 'is full of ones') continue
    test(`a connection on which the answer to ${name} ${what} is dropped and another one made`, (t) =>
      withFake(t, async (fake) => {
        // So that no other test closes it.
        const timeoutMs = timeoutFor(what)
        const { release } = leaseClient(sourceOptions(options(fake, timeoutMs)).client)
        fake.misbehave = once(api, wrong)
        t.deepEqual(await valuesOf(fake, timeoutMs), VALUES)
        const made = fake.connections
        t.true(made >= 2)
        t.deepEqual(await valuesOf(fake, timeoutMs), VALUES)
        t.is(fake.connections, made, 'the connection that works is kept')
        release()
      }))
  }
}

test('a server of the list that takes connections and says nothing is passed over', (t) =>
  withFake(t, async (fake) => {
    const silent = await FakeKafka.start()
    silent.misbehave = () => 'silence'
    try {
      const both = { ...options(fake, 1000), 'kafka.bootstrap.servers': `${silent.servers},${fake.servers}` }
      t.is((await readBatch(both)).length, VALUES.length)
      t.is(silent.requests.length, 1)
    } finally {
      await silent.close()
    }
  }))

test('a broker that was silent is asked last for what any broker knows', (t) =>
  withFake(t, async (fake) => {
    const other = await FakeKafka.start()
    fake.others = [other]
    // The same cluster as the second broker tells it: the first leads, as the first in both lists has the same number.
    const metadata: Buffer[] = []
    other.misbehave = ({ apiKey, correlationId, apiVersion, body }) => {
      if (apiKey !== API.metadata) return undefined
      metadata.push(body)
      return framed(correlationId, fake.metadata(apiVersion, body))
    }
    const { client, release } = leaseClient(sourceOptions(options(fake)).client)
    try {
      await client.describe(['events'])
      // From now on it answers nothing, but its port stays open.
      fake.misbehave = () => 'silence'
      const before = fake.requests.length
      const silences = 8
      for (let i = 0; i < silences; i++) await client.describe(['events'])
      t.true(fake.requests.length - before <= 1, 'it was asked again although it had been silent')
      t.true(metadata.length >= silences)
    } finally {
      release()
      await other.close()
    }
  }))

test('a leader that is silent for long is waited for while the cluster answers', (t) =>
  withFake(t, async (fake) => {
    let silences = 0
    fake.misbehave = ({ apiKey }) => (apiKey === API.fetch && silences++ < 8 ? 'silence' : undefined)
    const { client, release } = leaseClient(sourceOptions(options(fake, 200)).client)
    try {
      const split = { topic: 'events', topicId: '0a'.repeat(16), partition: 0, from: 0n, until: 3n }
      const fetched = await new Fetcher(client, split, 0, new AbortController().signal).fetch(0n)
      t.is(fetched.endOffset, 3n)
    } finally {
      release()
    }
  }))

test('a server that says which requests it knows, and then nothing of use, is given up soon', (t) =>
  withFake(t, async (fake) => {
    fake.misbehave = ({ apiKey }) => (apiKey === API.metadata ? 'hang up' : undefined)
    t.like(await t.throwsAsync(readBatch(options(fake))), { condition: 'KAFKA_UNAVAILABLE' })
    t.is(fake.requests.filter(({ apiKey }) => apiKey === API.metadata).length, 6)
  }))

test('what had arrived on a connection that broke does not harm the next', (t) =>
  withFake(t, async (fake) => {
    const broken = new Set<number>()
    fake.misbehave = ({ apiKey, connection, correlationId }) => {
      if (apiKey !== API.fetch || broken.size === 3) return undefined
      broken.add(connection)
      return framed(correlationId, Buffer.alloc(100)).subarray(0, 50)
    }
    t.deepEqual(await valuesOf(fake), VALUES)
    t.is(broken.size, 3)
  }))

test('a read that gave up on a silent broker does not spoil the reads after it', (t) =>
  withFake(t, async (fake) => {
    const short = { ...options(fake), 'kafka.request.timeout.ms': '20000', 'kafka.default.api.timeout.ms': '3000' }
    const read = async (): Promise<number> => (await readBatch(short)).length
    t.is(await read(), VALUES.length)
    fake.misbehave = ({ apiKey }) => (apiKey === API.metadata ? 'silence' : undefined)
    t.like(await t.throwsAsync(read), { condition: 'KAFKA_UNAVAILABLE' })
    fake.misbehave = () => undefined
    for (let i = 0; i < 3; i++) t.is(await read(), VALUES.length)
  }))

test('a broker that asks for a day of silence is asked again all the same', (t) =>
  withFake(t, async (fake) => {
    fake.throttleMs = 86_400_000
    t.deepEqual(await valuesOf(fake), VALUES)
  }))

test('answers that stay wrong end in one condition that names the servers and what is wrong', (t) =>
  withFake(t, async (fake) => {
    fake.misbehave = ({ apiKey, correlationId }) =>
      apiKey === API.fetch ? framed(correlationId, Buffer.alloc(5)) : undefined
    const error = await t.throwsAsync(readBatch({ ...options(fake), 'kafka.default.api.timeout.ms': '2000' }))
    t.like(error, { condition: 'KAFKA_UNAVAILABLE', parameters: { servers: fake.servers } })
    t.regex(error.message, /the response to Fetch cannot be read/)
    const fetches = fake.requests.filter(({ apiKey }) => apiKey === API.fetch).length
    t.true(fetches > 1 && fetches < 30, `${fetches} tries`)
  }))

for (const [what, wrong] of WRONG) {
  test(`a sink sends again by another connection when the answer ${what}`, (t) =>
    withFake(t, async (fake) => {
      const given = { 'kafka.bootstrap.servers': fake.servers, 'kafka.request.timeout.ms': String(timeoutFor(what)) }
      const lease = leaseClient(clientOptions(given, new Set(), { option: 'delivery.timeout.ms', defaultMs: 30_000 }))
      const wrongOnce = once(API.produce, wrong)
      fake.misbehave = (request) => {
        if (request.apiKey !== API.produce) return undefined
        return wrongOnce(request) ?? framed(request.correlationId, PRODUCED)
      }
      await produceBatch(lease.client, 'events', 0, Buffer.from('a batch'), null, new AbortController().signal)
      lease.release()
      const sent = fake.requests.filter(({ apiKey }) => apiKey === API.produce)
      t.is(sent.length, 2)
      t.not(sent[0]!.connection, sent[1]!.connection)
    }))
}

/** A Produce response, version 7: no error of partition 0 of `events`. */
const PRODUCED = Buffer.concat([
  length(1),
  Buffer.of(0, 6),
  Buffer.from('events'),
  length(1),
  length(0),
  Buffer.alloc(2 + 8 + 8 + 8 + 4),
])
