import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import type { Json } from '../../connectors/api.js'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import type { ClusterBroker } from '../../connectors/kafka/client/kafkajs-internals.js'
import { openTransactions } from '../../connectors/kafka/client/open-transactions.js'
import { kafkaSink } from '../../connectors/kafka/sink/sink.js'
import { sinkOptions } from '../../connectors/kafka/sink/sink-options.js'
import { onBothBrokers, type TestedBroker } from '../support/both-brokers.js'
import { prepared, Streamed, schema, task } from '../support/streamed-writes.js'

test.after.always(() => closeIdleClients())

const streamed = async ({ servers, newTopic }: TestedBroker): Promise<Streamed> =>
  new Streamed(servers, await newTopic(2))

/** The producer of a message, by its epoch. */
const producerOf = (message: Json): unknown => (message as { transaction?: object }).transaction

const lost = (t: ExecutionContext, commit: Promise<void>, message: RegExp) => t.throwsAsync(commit, { message })

onBothBrokers(
  'a batch is seen as a whole when it is committed, and the next one by the same producers',
  async (t, broker) => {
    const stream = await streamed(broker)
    const producers = new Set<string>()
    for (const batchId of [0, 1, 2]) {
      const write = stream.batch(batchId)
      const before = await stream.seen(3 * batchId)
      t.true(await kafkaSink.begin(write))
      const messages = [
        await prepared(write, 0, [`${batchId} a`, `${batchId} b`]),
        await prepared(write, 1, [`${batchId} c`]),
      ]
      t.deepEqual(await stream.seen(before.length), before)
      for (const message of messages) producers.add(inspect(producerOf(message)))
      await kafkaSink.commit(write, messages)
      t.deepEqual(await stream.seen(before.length + 3), [...before, `${batchId} a`, `${batchId} b`, `${batchId} c`])
    }
    t.is(producers.size, 2)
    // Whatever the start before has left open is given up.
    const later = await prepared(stream.batch(3, 2), 0, ['3 a'])
    t.false(producers.has(inspect(producerOf(later))))
    const again = await prepared(stream.batch(3, 2), 0, ['3 a'])
    t.notDeepEqual(producerOf(again), producerOf(later), 'the batch was not committed')
  },
)

onBothBrokers('what was prepared is committed by the next start, once however often it is said', async (t, broker) => {
  const stream = await streamed(broker)
  const messages = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, [])]
  for (const start of [2, 3]) {
    t.false(await kafkaSink.begin(stream.batch(0, start, [messages])))
    t.deepEqual(await stream.seen(1), ['a'])
  }
  const next = stream.batch(1, 3)
  await kafkaSink.commit(next, [await prepared(next, 0, ['b'])])
  t.deepEqual(await stream.seen(2), ['a', 'b'])
})

onBothBrokers(
  'the first batch of a start commits what was prepared before it gives up what was left open',
  async (t, broker) => {
    const stream = await streamed(broker)
    const messages = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, ['b'])]
    const write = stream.batch(0, 2, [messages])
    t.false(await kafkaSink.begin({ ...write, streaming: { ...write.streaming!, isFirst: true } }))
    t.deepEqual(await stream.seen(2), ['a', 'b'])
  },
)

onBothBrokers('a batch that was not prepared is given up by the start that runs it again', async (t, broker) => {
  const stream = await streamed(broker)
  const first = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, ['b'])]
  const again = stream.batch(0, 2)
  const second = [await prepared(again, 0, ['a']), await prepared(again, 1, ['b'])]
  await lost(t, kafkaSink.commit(stream.batch(0), first), /Of the 2 transactions of batch 0 2 were given up/)
  await kafkaSink.commit(again, second)
  t.deepEqual(await stream.seen(2), ['a', 'b'])
})

onBothBrokers(
  'tasks whose transactions were committed write nothing again when others were lost',
  async (t, broker) => {
    const stream = await streamed(broker)
    const messages = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, ['b'])]
    // Another producer gives the second one up before the first start has committed it.
    await (await task(stream.batch(0, 2), 1, ['b'])).abort()
    await lost(t, kafkaSink.commit(stream.batch(0), messages), /Of the 2 transactions of batch 0 1 were given up/)
    t.deepEqual(await stream.seen(1), ['a'])
    const again = stream.batch(0, 3, [messages])
    t.true(await kafkaSink.begin(again))
    const rest = [await prepared(again, 0, ['a']), await prepared(again, 1, ['b'])]
    await kafkaSink.commit(again, rest)
    t.deepEqual(await stream.seen(2), ['a', 'b'])
    t.false(await kafkaSink.begin(stream.batch(0, 4, [messages, rest])))
    t.deepEqual(await stream.seen(2), ['a', 'b'])
  },
)

onBothBrokers(
  'a batch that is divided among other tasks than the part of it that is committed is refused',
  async (t, broker) => {
    const stream = await streamed(broker)
    const messages = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, ['b'])]
    await (await task(stream.batch(0, 2), 1, ['b'])).abort()
    await lost(t, kafkaSink.commit(stream.batch(0), messages), /1 were given up/)
    const again = stream.batch(0, 3, [messages])
    const whole = [await prepared(again, 0, ['a', 'b'])]
    await t.throwsAsync(async () => kafkaSink.awaitsCommit!(again, whole), {
      message:
        /same options of its source and the same shuffle.partitions as before: 2 tasks had written the batch, and now 1 did/,
    })
    t.true(await kafkaSink.awaitsCommit!(again, messages))
    t.deepEqual(await stream.seen(1), ['a'])
  },
)

onBothBrokers('a batch of which nothing is committed may be divided among other tasks', async (t, broker) => {
  const stream = await streamed(broker)
  const messages = [await prepared(stream.batch(0), 0, ['a']), await prepared(stream.batch(0), 1, ['b'])]
  for (const [number, value] of ['a', 'b'].entries()) await (await task(stream.batch(0, 2), number, [value])).abort()
  const again = stream.batch(0, 3, [messages])
  t.true(await kafkaSink.begin(again))
  const whole = [await prepared(again, 0, ['a', 'b'])]
  t.true(await kafkaSink.awaitsCommit!(again, whole))
  await kafkaSink.commit(again, whole)
  t.deepEqual(await stream.seen(2), ['a', 'b'])
  t.false(await kafkaSink.awaitsCommit!(stream.batch(1, 3), [await prepared(stream.batch(1, 3), 0, [])]))
})

onBothBrokers(
  'what a failed task wrote is not seen, nor what was prepared for a batch that is given up',
  async (t, broker) => {
    const stream = await streamed(broker)
    const write = stream.batch(0)
    const message = await prepared(write, 0, ['a'])
    await (await task(write, 1, ['b'])).abort()
    await kafkaSink.abort(write, [message])
    const next = stream.batch(0, 2)
    await kafkaSink.commit(next, [await prepared(next, 0, ['c'])])
    t.deepEqual(await stream.seen(1), ['c'])
  },
)

onBothBrokers('a producer that another one has replaced is refused by name', async (t, broker) => {
  const stream = await streamed(broker)
  const first = await task(stream.batch(0), 0, ['a'])
  const second = await task(stream.batch(0, 2), 0, ['a'])
  await second.prepare()
  const error = await t.throwsAsync(async () => {
    await first.prepare()
    await kafkaSink.commit(stream.batch(0), [])
  })
  t.is((error as { condition?: string }).condition, 'KAFKA_PRODUCER_FENCED')
  await first.abort()
})

onBothBrokers('the time of a transaction is bounded by the brokers, and told', async (t, broker) => {
  const stream = await streamed(broker)
  const write = stream.batch(0, 1, [], { 'kafka.transaction.timeout.ms': '2000000000' })
  const writer = await task(write, 0, ['a']).catch((error: Error) => error)
  t.true(writer instanceof Error)
  t.regex((writer as Error).message, /INVALID_OPTION.*kafka\.transaction\.timeout\.ms/)
})

onBothBrokers('without transactions records are seen when they are sent', async (t, broker) => {
  const stream = await streamed(broker)
  const write = stream.batch(0, 1, [], { deliveryGuarantee: 'at-least-once' })
  await prepared(write, 0, ['a'])
  t.deepEqual(await stream.seen(1), ['a'])
})

test('a guarantee that there is not, and exactly once outside of a stream, are refused', async (t) => {
  const write = { provider: 'kafka', mode: 'append', schema, jobId: 'j' } as const
  const options = { 'kafka.bootstrap.servers': 'localhost:1', topic: 't' }
  const begin = (deliveryGuarantee: string) => kafkaSink.begin({ ...write, options: { ...options, deliveryGuarantee } })
  await t.throwsAsync(() => begin('at-most-once'), { message: /INVALID_OPTION.*exactly-once and at-least-once/ })
  await t.throwsAsync(() => begin('exactly-once'), { message: /UNSUPPORTED_FEATURE.*outside of a stream/ })
})

onBothBrokers(
  'what tasks of an earlier start left open is given up by the first batch of the next one, also of tasks that it does not have',
  async (t, broker) => {
    const stream = await streamed(broker)
    const prefix = `mine-${randomUUID()}`
    const more = { 'kafka.transactional.id': prefix }
    const open = (id: string): Promise<Json> =>
      prepared(stream.batch(0, 1, [], { 'kafka.transactional.id': id }), 7, ['left'])
    await open(prefix)
    // Of another query, whose ids begin alike.
    const other = await open(`${prefix}-2`)
    const write = stream.batch(0, 2, [], more)
    await kafkaSink.begin(write)
    const ongoing = async (): Promise<readonly string[]> => {
      const { client, release } = leaseClient(sinkOptions(write).client)
      const ids = await openTransactions(client)
      release()
      return ids.filter((id) => id.startsWith(prefix)).toSorted()
    }
    t.deepEqual(await ongoing(), [`${prefix}-2-7`, `${prefix}-7`], 'an earlier batch of this start may be at work')
    await kafkaSink.begin({ ...write, streaming: { ...write.streaming!, isFirst: true } })
    t.deepEqual(await ongoing(), [`${prefix}-2-7`])
    await kafkaSink.commit(stream.batch(0, 1), [other])
    const messages = [await prepared(write, 0, ['a'])]
    await kafkaSink.commit(write, messages)
    t.deepEqual(await stream.seen(2), ['a', 'left'])
  },
)

test('what one broker knows of open transactions does not hang on others that are away, refuse or are too old', async (t) => {
  const versions = { 66: { minVersion: 0, maxVersion: 0 } }
  const told = (send: () => Promise<readonly string[]>, of: object = versions) =>
    Promise.resolve({ versions: of, connectionPool: { send } } as unknown as ClusterBroker)
  const brokers = [
    () => Promise.reject(new Error('connect ECONNREFUSED')),
    () => told(() => Promise.reject(new Error('not authorized'))),
    () => told(() => Promise.resolve(['unknown']), {}),
    () => told(() => Promise.resolve(['a-1', 'a-2'])),
  ]
  const client: Parameters<typeof openTransactions>[0] = {
    retrying: (_, body) => body(false),
    ofAllBrokers: (ask) => Promise.all(brokers.map((find) => ask(find()))),
  }
  t.deepEqual(await openTransactions(client), ['a-1', 'a-2'])
})

onBothBrokers(
  'a task makes partitions a part of its transaction together before rows go on to them',
  async (t, broker) => {
    const partitions = 6
    const topic = await broker.newTopic(partitions)
    const stream = new Streamed(broker.servers, topic)
    const write = stream.batch(0)
    const { client, release } = leaseClient(sinkOptions(write).client, true)
    const coordinator = client.coordinator.bind(client)
    const enlisted: (readonly number[])[] = []
    client.coordinator = async (...call) => {
      const asked = await coordinator(...call)
      const addPartitionsToTxn: ClusterBroker['addPartitionsToTxn'] = async (request) => {
        const answer = await asked.addPartitionsToTxn(request)
        // Other tests have the same client at the same time.
        for (const one of request.topics) if (one.topic === topic) enlisted.push(one.partitions)
        return answer
      }
      return Object.assign(Object.create(asked) as ClusterBroker, { addPartitionsToTxn })
    }
    try {
      const few = await prepared(write, 2, ['a'])
      // Of a partition 900 KiB are sent at a time.
      const many = Array.from({ length: 50 }, (_, i) => `${i}`.padEnd(100_000))
      const messages = [few, await prepared(write, 4, many)]
      t.deepEqual(enlisted, [[2], [4, 5, 0, 1], [2, 3]])
      await kafkaSink.commit(write, messages)
      t.is((await stream.seen(51)).length, 51)
    } finally {
      client.coordinator = coordinator
      release()
    }
  },
)
