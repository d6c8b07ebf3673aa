import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { MAX_APPEND_BYTES } from '../../connectors/kafka/broker/log/partition-log.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import type { RequestReader } from '../../connectors/kafka/broker/protocol/reader.js'
import { ask, request } from '../support/broker-requests.js'
import { recordBatch } from '../support/record-batches.js'

const ACKS_OF_ALL = -1

const withTopic = async (partitions: number, body: (servers: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  const broker = await startBroker({ directory, port: 0, defaultPartitions: partitions })
  const metadata = request(3, 4, (to) => to.array(['t'], (name) => to.string(name)).boolean(true))
  await ask(broker.bootstrapServers, [metadata])
  await body(broker.bootstrapServers).finally(async () => {
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  })
}

const produceOf = (records: Buffer, partition = 0, acks = ACKS_OF_ALL): Buffer =>
  request(0, 7, (to) => {
    to.nullableString(null).int16(acks).int32(1000)
    to.array(['t'], (name) => to.string(name).array([partition], (number) => to.int32(number).bytes(records)))
  })

/** Error and base offset of an answer about one partition. */
function produced(answer: RequestReader): readonly [error: number, baseOffset: bigint] {
  answer.int32()
  const [topic] = answer.array(() => {
    answer.string()
    return answer.array(() => {
      answer.int32()
      const result = [answer.int16(), answer.int64()] as const
      answer.int64()
      answer.int64()
      return result
    })
  })
  return topic![0]!
}

interface Wanted {
  readonly partition: number
  readonly offset: bigint
  readonly maxBytes: number
}

const fetchOf = (wanted: readonly Wanted[], maxBytes = 1 << 30): Buffer =>
  request(1, 4, (to) => {
    to.int32(-1).int32(0).int32(0).int32(maxBytes).int8(0)
    to.array(['t'], (name) =>
      to.string(name).array(wanted, (one) => to.int32(one.partition).int64(one.offset).int32(one.maxBytes)),
    )
  })

/** Error, end of the log and bytes of records of each partition. */
function fetched(answer: RequestReader): readonly (readonly [error: number, end: bigint, bytes: number])[] {
  answer.int32()
  answer.int32()
  const [topic] = answer.array(() => {
    answer.string()
    return answer.array(() => {
      answer.int32()
      const [error, end] = [answer.int16(), answer.int64()]
      answer.int64()
      answer.nullableArray(() => undefined)
      return [error, end, answer.nullableBytes()?.length ?? 0] as const
    })
  })
  return topic!
}

test('a producer that asks for no acknowledgement gets none, and its records are there', (t) =>
  withTopic(1, async (servers) => {
    const silent = produceOf(recordBatch({ values: ['silent'] }), 0, 0)
    const told = produceOf(recordBatch({ values: ['told'] }))
    const [answer] = await ask(servers, [Buffer.concat([silent, told])])
    t.deepEqual(produced(answer!), [ERROR.none, 1n], 'the only answer is about the second request')
  }))

test('a batch that a producer sends twice over the wire is there once, with the offset of the first time', (t) =>
  withTopic(1, async (servers) => {
    const batch = (baseSequence: number): Buffer =>
      produceOf(recordBatch({ values: ['a', 'b'], producerId: 3n, producerEpoch: 0, baseSequence }))
    const answers = await ask(servers, [batch(0), batch(2), batch(0), batch(6)])
    t.deepEqual(answers.map(produced), [
      [ERROR.none, 0n],
      [ERROR.none, 2n],
      [ERROR.none, 0n],
      [ERROR.outOfOrderSequence, -1n],
    ])
    const [end] = await ask(servers, [fetchOf([{ partition: 0, offset: 4n, maxBytes: 1000 }])])
    t.deepEqual(fetched(end!), [[ERROR.none, 4n, 0]])
  }))

test('records that are no more than a message may be are taken, and one byte more is refused', (t) =>
  withTopic(1, async (servers) => {
    const ofBytes = (bytes: number): Buffer => {
      const rest = bytes - recordBatch({ values: ['x'.repeat(bytes - 100)] }).length
      return recordBatch({ values: ['x'.repeat(bytes - 100 + rest)] })
    }
    const answers = await ask(servers, [produceOf(ofBytes(MAX_APPEND_BYTES)), produceOf(ofBytes(MAX_APPEND_BYTES + 1))])
    t.deepEqual(answers.map(produced), [
      [ERROR.none, 0n],
      [ERROR.messageTooLarge, -1n],
    ])
  }))

test('an answer has as many bytes as are wanted of a partition and in all, but a whole batch where one is read', (t) =>
  withTopic(3, async (servers) => {
    const batch = recordBatch({ values: ['x'.repeat(900)] })
    const size = batch.length
    const all = [0, 1, 2].flatMap((partition) => [0, 1, 2].map(() => produceOf(batch, partition)))
    for (const answer of await ask(servers, all)) t.is(produced(answer)[0], ERROR.none)
    const bytesOf = async (maxBytes: number, ...ofPartitions: readonly number[]): Promise<readonly number[]> => {
      const wanted = ofPartitions.map((most, partition) => ({ partition, offset: 0n, maxBytes: most }))
      const [answer] = await ask(servers, [fetchOf(wanted, maxBytes)])
      return fetched(answer!).map(([, , bytes]) => bytes)
    }
    t.deepEqual(await bytesOf(1 << 30, 1, size, 1 << 30), [size, size, 3 * size])
    t.deepEqual(await bytesOf(4 * size, 1 << 30, 1 << 30, 1 << 30), [3 * size, size, 0])
    t.deepEqual(await bytesOf(2 * size, 1 << 30, 1 << 30, 1 << 30), [2 * size, 0, 0])
    t.deepEqual(await bytesOf(1, 1, 1, 1), [size, 0, 0])
  }))

test('an offset that a partition never had is out of range, its end is not, and the end is told with both', (t) =>
  withTopic(1, async (servers) => {
    await ask(servers, [produceOf(recordBatch({ values: ['a', 'b', 'c'] }))])
    const answers = await ask(
      servers,
      [-1n, 3n, 4n].map((offset) => fetchOf([{ partition: 0, offset, maxBytes: 1000 }])),
    )
    t.deepEqual(
      answers.map((answer) => fetched(answer)[0]),
      [
        [ERROR.offsetOutOfRange, 3n, 0],
        [ERROR.none, 3n, 0],
        [ERROR.offsetOutOfRange, 3n, 0],
      ],
    )
    const [unknown] = await ask(servers, [fetchOf([{ partition: 1, offset: 0n, maxBytes: 1000 }])])
    t.is(fetched(unknown!)[0]![0], ERROR.unknownTopicOrPartition)
  }))

test('what was committed for a topic is forgotten with it, and nothing else', (t) =>
  withTopic(1, async (servers) => {
    const commit = request(8, 2, (to) => {
      to.string('g').int32(-1).string('').int64(-1n)
      to.array(['t', 'other'], (name) =>
        to.string(name).array([0], (partition) => to.int32(partition).int64(5n).nullableString('m')),
      )
    })
    const offsets = request(9, 1, (to) => {
      to.string('g')
      to.array(['t', 'other'], (name) => to.string(name).array([0], (partition) => to.int32(partition)))
    })
    const committed = (answer: RequestReader): readonly (readonly [string, bigint])[] => {
      answer.int32()
      return answer.array(() => {
        const topic = answer.string()
        const [offset] = answer.array(() => {
          answer.int32()
          const at = answer.int64()
          answer.nullableString()
          answer.int16()
          return at
        })
        return [topic, offset!] as const
      })
    }
    const [, before] = await ask(servers, [commit, offsets])
    t.deepEqual(committed(before!), [
      ['t', 5n],
      ['other', 5n],
    ])
    const [, after] = await ask(servers, [
      request(20, 1, (to) => to.array(['t'], (name) => to.string(name)).int32(1000)),
      offsets,
    ])
    t.deepEqual(committed(after!), [
      ['t', -1n],
      ['other', 5n],
    ])
  }))
