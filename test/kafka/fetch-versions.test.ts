import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type kafkajs from 'kafkajs'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import { sourceOptions } from '../../connectors/kafka/source/source-options.js'
import { ask, request } from '../support/broker-requests.js'
import { kafkaClient } from '../support/kafka-client.js'

const PATIENCE_MS = 120_000
const FLEXIBLE = 12
const BY_ID = 13

/** A Fetch with compact types of partitions, by the topic's name or, from version 13 on, its id. */
const fetchOf = (version: number, topic: string | Buffer, partitions: readonly number[], maxWaitMs = 0): Buffer =>
  request(
    1,
    version,
    (body) => {
      body.int32(-1).int32(maxWaitMs).int32(1).int32(1_000_000).int8(0).int32(0).int32(-1)
      body.array([topic], (each) => {
        if (Buffer.isBuffer(each)) body.uuid(each)
        else body.nullableString(each)
        body.array(partitions, (partition) => {
          body.int32(partition).int32(-1).int64(0n).int32(-1).int64(-1n).int32(1_000_000).noTags()
        })
        body.noTags()
      })
      body.array([], () => undefined)
      body.nullableString('').noTags()
    },
    true,
  )

function readFetch(answer: RequestReader, version: number): unknown {
  answer.int32() // correlation
  answer.flexible().tags()
  answer.int32() // throttled
  const head = { error: answer.int16(), session: answer.int32() }
  const topics = answer.array(() => {
    const topic = version >= BY_ID ? answer.uuid().toString('hex') : answer.nullableString()
    const partitions = answer.array(() => {
      const read = { partition: answer.int32(), error: answer.int16(), end: answer.int64() }
      answer.int64() // last stable offset
      answer.int64() // start of the log
      answer.nullableArray(() => undefined) // aborted transactions
      answer.int32() // preferred replica
      const records = Buffer.from(answer.nullableString() ?? '')
      answer.tags()
      return { ...read, hasRecords: records.length > 0 }
    })
    answer.tags()
    return { topic, partitions }
  })
  answer.tags()
  return { ...head, topics, remaining: answer.remaining }
}

const withTopic = async (body: (servers: string, admin: kafkajs.Admin, id: () => Promise<Buffer>) => Promise<void>) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-fetch-'))
  const broker = await startBroker({ directory, port: 0, autoCreateTopics: false })
  const kafka = kafkaClient(broker.bootstrapServers)
  const admin = kafka.admin()
  await admin.connect()
  const options = { 'kafka.bootstrap.servers': broker.bootstrapServers, subscribe: 'events' }
  const id = async (): Promise<Buffer> => {
    const client = leaseClient(sourceOptions(options).client)
    const { id } = (await client.client.describe(['events'])).get('events')!
    client.release()
    return Buffer.from(id!, 'hex')
  }
  await admin.createTopics({ topics: [{ topic: 'events', numPartitions: 2 }] })
  try {
    await body(broker.bootstrapServers, admin, id)
  } finally {
    await admin.disconnect()
    await closeIdleClients()
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function produce(servers: string): Promise<void> {
  const producer = kafkaClient(servers).producer()
  await producer.connect()
  await producer.send({ topic: 'events', messages: [{ value: 'a', partition: 1 }] })
  await producer.disconnect()
}

const [NOTHING, ONE] = [
  { end: 0n, hasRecords: false },
  { end: 1n, hasRecords: true },
]
const NOT_THERE = { end: -1n, hasRecords: false }

test('records are fetched with compact types, by the name of a topic or by its id', (t) =>
  withTopic(async (servers, _, id) => {
    t.timeout(PATIENCE_MS)
    await produce(servers)
    for (const [version, topic, unknown] of [
      [FLEXIBLE, 'events', 'others'],
      [BY_ID, await id(), Buffer.alloc(16, 9)],
    ] as const) {
      const [known, other] = await ask(servers, [fetchOf(version, topic, [0, 1, 2]), fetchOf(version, unknown, [0])])
      const [name, otherName] = [topic, unknown].map((each) => (Buffer.isBuffer(each) ? each.toString('hex') : each))
      const partitions = [
        { partition: 0, error: ERROR.none, ...NOTHING },
        { partition: 1, error: ERROR.none, ...ONE },
        { partition: 2, error: ERROR.unknownTopicOrPartition, ...NOT_THERE },
      ]
      const whole = { error: ERROR.none, session: 0, remaining: 0 }
      t.deepEqual(readFetch(known!, version), { ...whole, topics: [{ topic: name, partitions }] })
      const error = version === BY_ID ? ERROR.unknownTopicId : ERROR.unknownTopicOrPartition
      const missing = [{ topic: otherName, partitions: [{ partition: 0, error, ...NOT_THERE }] }]
      t.deepEqual(readFetch(other!, version), { ...whole, topics: missing })
    }
  }))

test('a fetch that waits for a topic that is deleted then is answered nothing of another one of its name', (t) =>
  withTopic(async (servers, admin, id) => {
    t.timeout(PATIENCE_MS)
    const waiting = ask(servers, [fetchOf(BY_ID, await id(), [1], 1_000)])
    await admin.deleteTopics({ topics: ['events'] })
    await admin.createTopics({ topics: [{ topic: 'events', numPartitions: 2 }] })
    await produce(servers)
    const answer = readFetch((await waiting)[0]!, BY_ID)
    t.like(answer, { topics: [{ partitions: [{ error: ERROR.unknownTopicId, ...NOT_THERE }] }] })
  }))
