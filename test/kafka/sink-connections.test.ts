import { mock } from 'node:test'
import test from 'ava'
import type { WriteDescription } from '../../connectors/api.js'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import { sinkOptions } from '../../connectors/kafka/sink/sink-options.js'
import { onBothBrokers } from '../support/both-brokers.js'
import { API, FakeKafka } from '../support/fake-kafka.js'
import { prepared, Streamed } from '../support/streamed-writes.js'

test.after.always(() => closeIdleClients())

/** Whether nobody uses the connections that a write has. */
async function isGivenBack(write: WriteDescription): Promise<boolean> {
  const { client: options } = sinkOptions(write)
  const lease = leaseClient(options, true)
  lease.release()
  await closeIdleClients()
  const later = leaseClient(options, true)
  later.release()
  return later.client !== lease.client
}

onBothBrokers('what is not written again, or cannot be, gives the connections back', async (t, broker) => {
  const stream = new Streamed(broker.servers, await broker.newTopic(2))
  const message = await prepared(stream.batch(0), 0, ['a'])
  const committed = stream.batch(0, 2, [[message]])
  t.deepEqual(await prepared(committed, 0, ['a']), { committed: true })
  t.true(await isGivenBack(committed))
  const refused = stream.batch(1, 2, [], { 'kafka.transaction.timeout.ms': String(2 ** 31 - 1) })
  await t.throwsAsync(prepared(refused, 0, ['b']), { message: /kafka\.transaction\.timeout\.ms/ })
  t.true(await isGivenBack(refused))
})

test('exactly once into brokers without transactions is refused, and gives the connections back', async (t) => {
  const fake = await FakeKafka.start()
  try {
    const write = new Streamed(fake.servers, 'events').batch(0, 1, [], { deliveryGuarantee: 'exactly-once' })
    t.like(await t.throwsAsync(prepared(write, 0, ['a'])), {
      condition: 'UNSUPPORTED_FEATURE',
      parameters: { feature: 'exactly once into a Kafka without transactions' },
    })
    t.true(await isGivenBack(write))
  } finally {
    await fake.close()
  }
})

test('whoever gives connections back twice takes them from nobody else', async (t) => {
  const { client: options } = sinkOptions(new Streamed('127.0.0.1:1', 'twice').batch(0))
  const [one, other] = [leaseClient(options), leaseClient(options)]
  t.is(one.client, other.client)
  one.release()
  one.release()
  await closeIdleClients()
  const third = leaseClient(options)
  t.is(third.client, other.client)
  other.release()
  await closeIdleClients()
  const fourth = leaseClient(options)
  t.is(fourth.client, other.client, 'the third one uses them')
  third.release()
  fourth.release()
  await closeIdleClients()
  const fifth = leaseClient(options)
  t.not(fifth.client, other.client)
  fifth.release()
})

test.serial('connections are kept for half a minute, and longer when they are used again', (t) => {
  const { client: options } = sinkOptions(new Streamed('127.0.0.1:1', 'idle').batch(0))
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const first = leaseClient(options)
    first.release()
    mock.timers.tick(29_999)
    const second = leaseClient(options)
    t.is(second.client, first.client)
    mock.timers.tick(60_000)
    const third = leaseClient(options)
    t.is(third.client, first.client, 'they were in use')
    second.release()
    third.release()
    mock.timers.tick(30_000)
    const fourth = leaseClient(options)
    t.not(fourth.client, first.client)
    fourth.release()
  } finally {
    mock.timers.reset()
  }
})

test('a task of a stream that has no rows asks brokers for no topic, which some would create', async (t) => {
  const fake = await FakeKafka.start()
  try {
    fake.create('known', '0a'.repeat(16), [])
    const write = new Streamed(fake.servers, 'unknown').batch(0, 1, [], { deliveryGuarantee: 'at-least-once' })
    await prepared(write, 0, [])
    // What the task had asked would be asked before this.
    const { client, release } = leaseClient(sinkOptions(write).client, true)
    await client.describe(['known'], new AbortController().signal)
    release()
    const asked = fake.requests
      .filter(({ apiKey }) => apiKey === API.metadata)
      .map(({ body }) => body.toString('latin1'))
    t.true(asked.some((body) => body.includes('known')))
    t.false(asked.some((body) => body.includes('unknown')))
  } finally {
    await closeIdleClients()
    await fake.close()
  }
})

test('connections that check no name of a host are not those that do', (t) => {
  const options = (algorithm: string): WriteDescription =>
    new Streamed('127.0.0.1:1', 'named').batch(0, 1, [], {
      'kafka.security.protocol': 'SSL',
      'kafka.ssl.endpoint.identification.algorithm': algorithm,
    })
  const leases = ['https', '', 'https'].map((algorithm) => leaseClient(sinkOptions(options(algorithm)).client))
  const [checked, unchecked, again] = leases.map(({ client }) => client)
  t.not(unchecked, checked)
  t.is(again, checked)
  for (const { release } of leases) release()
})
