import type { ExecutionContext } from 'ava'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { onBothBrokers, type TestedBroker } from '../support/both-brokers.js'
import { readBatch } from '../support/kafka.js'
import { type Producer, settled, TransactionRequests } from '../support/transaction-requests.js'

const [ALL, COMMITTED] = [0, 1]
const PATIENCE_MS = 30_000

/** The values of a topic that our own reader gives at an isolation level, in the order of offsets. */
async function valuesRead(servers: string, topic: string, level: string): Promise<readonly (string | null)[]> {
  const records = await readBatch({
    'kafka.bootstrap.servers': servers,
    subscribe: topic,
    'kafka.isolation.level': level,
  })
  return records.toSorted((a, b) => Number(a.offset - b.offset)).map(({ value }) => value)
}

/** The first values of a topic that a consumer of kafkajs gets, up to a last one. */
async function valuesConsumed(
  { kafka }: TestedBroker,
  topic: string,
  readUncommitted: boolean,
  last: string,
): Promise<readonly string[]> {
  const groupId = `${topic}-${readUncommitted}`
  const consumer = kafka.consumer({ groupId, readUncommitted, maxWaitTimeInMs: 100 })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }): Promise<void> => {
      values.push(String(message.value))
      if (values.at(-1) === last) resolve()
    }
    consumer.run({ eachMessage }).catch(reject)
  })
  await consumer.disconnect()
  return values
}

/** Waits until every transaction of the topic has its marker. */
async function decided(asks: TransactionRequests, topic: string): Promise<void> {
  await settled(async () => {
    const { stable, all } = await asks.ends(topic)
    return stable === all ? 0 : 51
  })
}

onBothBrokers(
  'readers see transactions of kafkajs as they ended, by kafkajs and by our own reader',
  async (t, broker) => {
    const topic = await broker.newTopic()
    const producer = broker.kafka.producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true })
    await producer.connect()
    for (const [value, isCommit] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ value }, { value: `${value}${value}` }] })
      await (isCommit ? transaction.commit() : transaction.abort())
    }
    const last = await producer.transaction()
    await last.send({ topic, messages: [{ value: 'end' }] })
    await last.commit()
    await producer.disconnect()
    await decided(new TransactionRequests(broker.servers), topic)
    const all = ['a', 'aa', 'b', 'bb', 'c', 'cc', 'd', 'dd', 'end']
    const committed = ['a', 'aa', 'c', 'cc', 'end']
    t.deepEqual(await valuesConsumed(broker, topic, false, 'end'), committed)
    t.deepEqual(await valuesConsumed(broker, topic, true, 'end'), all)
    t.deepEqual(await valuesRead(broker.servers, topic, 'read_committed'), committed)
    t.deepEqual(await valuesRead(broker.servers, topic, 'read_uncommitted'), all)
    await closeIdleClients()
  },
)

onBothBrokers('a consumer group moves on with the transactions of kafkajs that have its offsets', async (t, broker) => {
  const [input, output] = [await broker.newTopic(), await broker.newTopic()]
  const groupId = `${input}-group`
  const admin = broker.kafka.admin()
  await admin.connect()
  const committed = async (): Promise<string> =>
    (await admin.fetchOffsets({ groupId, topics: [input] }))[0]!.partitions[0]!.offset
  const producer = broker.kafka.producer({ transactionalId: output, maxInFlightRequests: 1, idempotent: true })
  await producer.connect()
  const moveTo = async (offset: string, isCommit: boolean): Promise<void> => {
    const transaction = await producer.transaction()
    await transaction.send({ topic: output, messages: [{ value: `up to ${offset}` }] })
    await transaction.sendOffsets({
      consumerGroupId: groupId,
      topics: [{ topic: input, partitions: [{ partition: 0, offset }] }],
    })
    await (isCommit ? transaction.commit() : transaction.abort())
    await decided(new TransactionRequests(broker.servers), output)
    const asks = new TransactionRequests(broker.servers)
    await settled(async () => ((await asks.committed(groupId, input, true)).error === 0 ? 0 : 51))
  }
  await moveTo('3', true)
  t.is(await committed(), '3')
  await moveTo('8', false)
  t.is(await committed(), '3')
  await moveTo('12', true)
  t.is(await committed(), '12')
  await producer.disconnect()
  await admin.disconnect()
})

/** Batches of what was fetched: where each ends, who wrote it, and what a marker says. */
function batchesOf(records: Buffer): readonly object[] {
  const found: object[] = []
  for (let at = 0; at + 61 <= records.length; at += 12 + records.readInt32BE(at + 8)) {
    const isControl = (records.readInt16BE(at + 21) & 0x20) !== 0
    found.push({
      offset: records.readBigInt64BE(at),
      bytes: 12 + records.readInt32BE(at + 8),
      attributes: records.readInt16BE(at + 21),
      producerId: records.readBigInt64BE(at + 43),
      epoch: records.readInt16BE(at + 51),
      sequence: records.readInt32BE(at + 53),
      // The epoch of a coordinator, which ends the record, is its own matter.
      ...(isControl ? { record: records.subarray(at + 61, at + 73).toString('hex') } : {}),
    })
  }
  return found
}

onBothBrokers(
  'fetches end where the first open transaction begins, and tell which were given up',
  async (t, broker) => {
    const topic = await broker.newTopic()
    const asks = new TransactionRequests(broker.servers)
    const begin = async (name: string): Promise<Producer> => {
      const producer = await asks.begin(`${topic}-${name}`)
      await asks.add(producer, topic, [0])
      return producer
    }
    const [one, two, three] = [await begin('1'), await begin('2'), await begin('3')]
    const write = (producer: Producer, value: string, sequence: number): Promise<number> =>
      settled(() => asks.produce(producer, topic, [value], sequence))
    t.is(await write(one, 'one', 0), 0)
    t.is(await write(two, 'two', 0), 0)
    t.is(await write(three, 'three', 0), 0)
    t.is(await write(two, 'two again', 1), 0)
    t.is(await asks.end(two, false), 0)
    const isOver = (offset: bigint) => async (): Promise<number> => ((await asks.ends(topic)).all >= offset ? 0 : 51)
    await settled(isOver(5n))
    t.deepEqual(await asks.ends(topic), { stable: 0n, all: 5n }, 'the first one is open')
    const nothing = { error: 0, end: 5n, stable: 0n, aborted: [], records: Buffer.alloc(0) }
    t.deepEqual(await asks.fetch(topic, 0n, COMMITTED), nothing)
    t.deepEqual(await asks.fetch(topic, 3n, COMMITTED), nothing, 'beyond what is stable')
    t.is((await asks.fetch(topic, 6n, COMMITTED)).error, 1, 'beyond the end')
    t.like(await asks.fetch(topic, 0n, ALL), { error: 0, end: 5n, stable: 0n, aborted: null })
    t.is(await asks.end(one, true), 0)
    await settled(isOver(6n))
    t.deepEqual(await asks.ends(topic), { stable: 2n, all: 6n })
    const byTwo = { producerId: two.producerId, firstOffset: 1n }
    const early = await asks.fetch(topic, 0n, COMMITTED)
    t.deepEqual(early.aborted, [byTwo])
    t.deepEqual(batchesOf(early.records).length, 2)
    t.is(await asks.end(three, false), 0)
    await decided(asks, topic)
    t.deepEqual(await asks.ends(topic), { stable: 7n, all: 7n })
    const whole = await asks.fetch(topic, 0n, COMMITTED)
    const byThree = { producerId: three.producerId, firstOffset: 2n }
    const order = (a: { firstOffset: bigint }, b: { firstOffset: bigint }): number =>
      Number(a.firstOffset - b.firstOffset)
    t.deepEqual(whole.aborted?.toSorted(order), [byTwo, byThree])
    t.deepEqual(batchesOf(whole.records), [
      { offset: 0n, bytes: 71, attributes: 0x10, producerId: one.producerId, epoch: 0, sequence: 0 },
      { offset: 1n, bytes: 71, attributes: 0x10, producerId: two.producerId, epoch: 0, sequence: 0 },
      { offset: 2n, bytes: 73, attributes: 0x10, producerId: three.producerId, epoch: 0, sequence: 0 },
      { offset: 3n, bytes: 77, attributes: 0x10, producerId: two.producerId, epoch: 0, sequence: 1 },
      { offset: 4n, bytes: 78, attributes: 0x30, producerId: two.producerId, epoch: 0, sequence: -1, record: ABORTED },
      { offset: 5n, bytes: 78, attributes: 0x30, producerId: one.producerId, epoch: 0, sequence: -1, record: GOOD },
      {
        offset: 6n,
        bytes: 78,
        attributes: 0x30,
        producerId: three.producerId,
        epoch: 0,
        sequence: -1,
        record: ABORTED,
      },
    ])
    t.deepEqual((await asks.fetch(topic, 5n, COMMITTED)).aborted, [byThree], 'the marker of the other one lies before')
    t.deepEqual((await asks.fetch(topic, 0n, ALL)).aborted, null)
  },
)

/** The record of a marker up to the epoch: lengths, the version and the kind as its key, the version of its value. */
const ABORTED = '2000000008000000000c0000'
const GOOD = '2000000008000000010c0000'

onBothBrokers('offsets by time are those that readers of what is committed may read', async (t, broker) => {
  const topic = await broker.newTopic()
  const asks = new TransactionRequests(broker.servers)
  const producer = await asks.begin(topic)
  const before = BigInt(Date.now() - 1000)
  await asks.add(producer, topic, [0])
  t.is(await settled(() => asks.produce(producer, topic, ['a'], 0)), 0)
  t.is(await asks.offsetByTime(topic, COMMITTED, before), -1n)
  t.is(await asks.offsetByTime(topic, ALL, before), 0n)
  t.is(await asks.end(producer, true), 0)
  await decided(asks, topic)
  t.is(await asks.offsetByTime(topic, COMMITTED, before), 0n)
  t.is(await asks.offsetByTime(topic, COMMITTED, -2n), 0n)
})

onBothBrokers('a fetch waits for the end of a transaction, not for its records', async (t, broker) => {
  const topic = await broker.newTopic()
  const asks = new TransactionRequests(broker.servers)
  const producer = await asks.begin(topic)
  await asks.add(producer, topic, [0])
  let isAnswered = false
  const waiting = asks.fetch(topic, 0n, COMMITTED, 1_000_000, PATIENCE_MS).finally(() => {
    isAnswered = true
  })
  for (let sequence = 0; sequence < 5; sequence++) {
    t.is(await settled(() => asks.produce(producer, topic, [`${sequence}`], sequence)), 0)
  }
  t.like(await asks.fetch(topic, 0n, COMMITTED, 1_000_000, 50), { records: Buffer.alloc(0) }, 'one that gives up')
  t.false(isAnswered)
  t.is(await asks.end(producer, true), 0)
  t.is(batchesOf((await waiting).records).length > 0, true)
})

/** A number of records of several producers at once, some of which are given up. */
async function writeMixed(t: ExecutionContext, asks: TransactionRequests, topic: string): Promise<readonly string[]> {
  const kept: string[] = []
  const producers: Producer[] = []
  for (let i = 0; i < 4; i++) producers.push(await asks.begin(`${topic}-${i}`))
  const sequences = producers.map(() => 0)
  for (let round = 0; round < 6; round++) {
    for (const [i, producer] of producers.entries()) {
      t.is(await settled(async () => (await asks.add(producer, topic, [0]))[0]!), 0)
      const values = [`${round}-${i}`, `${round}-${i}-more`]
      t.is(await settled(() => asks.produce(producer, topic, values, sequences[i]!)), 0)
      sequences[i]! += values.length
      if ((round + i) % 3 !== 0) kept.push(...values)
    }
    const ending = round % 2 === 0 ? producers.entries() : [...producers.entries()].toReversed()
    for (const [i, producer] of ending) t.is(await asks.end(producer, (round + i) % 3 !== 0), 0)
  }
  return kept
}

onBothBrokers('transactions that overlap are read as they ended', async (t, broker) => {
  const topic = await broker.newTopic()
  const asks = new TransactionRequests(broker.servers)
  const kept = await writeMixed(t, asks, topic)
  await decided(asks, topic)
  t.deepEqual(await valuesRead(broker.servers, topic, 'read_committed'), kept)
  await closeIdleClients()
})
