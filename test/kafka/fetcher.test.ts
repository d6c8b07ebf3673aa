import test from 'ava'
import type { KafkaClient } from '../../connectors/kafka/client/kafka-client.js'
import type { Call } from '../../connectors/kafka/client/kafkajs-internals.js'
import { ProtocolWriter } from '../../connectors/kafka/client/protocol-writer.js'
import { fetchResponse } from '../../connectors/kafka/reader/fetch-response.js'
import { Fetcher } from '../../connectors/kafka/reader/fetcher.js'

const UNKNOWN_TOPIC_ID = 100
const [OURS, ANOTHER] = ['0a'.repeat(16), '0b'.repeat(16)]
/** Where the request says how long the broker may wait for records: behind the replica that asks. */
const MAX_WAIT_AT = 4

const split = { topic: 'events', topicId: OURS, partition: 0, from: 0n, until: 10n }
const fetcherOf = (client: object): Fetcher =>
  new Fetcher(client as KafkaClient, split, 0, new AbortController().signal)

test('an id that the leader does not know is asked for six times, then the topic was created again', async (t) => {
  let asked = 0
  const client = {
    requestTimeoutMs: 1000,
    sendToLeader: () => {
      asked++
      return Promise.resolve({ errorCode: UNKNOWN_TOPIC_ID })
    },
    retrying: async (_: string, body: (again: boolean) => Promise<unknown>) => {
      for (;;) {
        try {
          return await body(asked > 0)
        } catch {
          if (asked > 20) throw new Error('it asks for ever')
        }
      }
    },
  }
  const error = await t.throwsAsync(fetcherOf(client).fetch(0n))
  t.like(error, { condition: 'KAFKA_DATA_LOSS', parameters: { reason: 'the topic was deleted and created again' } })
  t.is(asked, 6)
})

test('a topic that has the name now has no first offset for a task of the one before', async (t) => {
  let id = ANOTHER
  const client = {
    describe: () => Promise.resolve(new Map([['events', { id }]])),
    offsets: () => Promise.resolve(new Map([[0, 3n]])),
  }
  t.is(await fetcherOf(client).earliest(), undefined)
  id = OURS
  t.is(await fetcherOf(client).earliest(), 3n)
})

test('a broker may wait for records for half a second, and no longer than half of what an answer may take', async (t) => {
  const waits: number[] = []
  for (const requestTimeoutMs of [30_000, 200]) {
    const client = {
      requestTimeoutMs,
      retrying: (_: string, body: (again: boolean) => Promise<unknown>) => body(false),
      sendToLeader: async (_: string, __: number, ___: boolean, call: (broker: object) => Call<unknown>) => {
        const { buffer } = (await call({}).request.encode()) as unknown as { readonly buffer: Buffer }
        waits.push(buffer.readInt32BE(MAX_WAIT_AT))
        return { errorCode: 0 }
      },
    }
    await fetcherOf(client).fetch(0n)
  }
  t.deepEqual(waits, [500, 100])
})

/** A response about a partition of `events`, of which so much may be read. */
function answerAbout(partition: number, highWatermark: bigint, lastStableOffset: bigint, times = 1): Buffer {
  const writer = new ProtocolWriter(false).int32(0).int16(0).int32(0)
  writer.array(['events'], (topic) => {
    writer.string(topic).array(new Array<number>(times).fill(partition), (number) => {
      writer.int32(number).int16(0).int64(highWatermark).int64(lastStableOffset).int64(0n)
      writer
        .array([], () => undefined)
        .int32(-1)
        .int32(-1)
    })
  })
  return writer.toBuffer()
}

test('what a broker tells of another partition is refused, and of transactions that are open nothing may be read', async (t) => {
  const read = async (bytes: Buffer) =>
    (await fetchResponse(undefined, 3).decode(bytes)) as unknown as { value: object }
  t.like((await read(answerAbout(3, 9n, 7n))).value, { endOffset: 7n })
  t.like((await read(answerAbout(3, 9n, 0n))).value, { endOffset: 0n }, 'the first is open')
  t.like((await read(answerAbout(3, 9n, -1n))).value, { endOffset: 9n }, 'it does not tell')
  await t.throwsAsync(async () => await read(answerAbout(4, 9n, 7n)), {
    message: /KAFKA_MALFORMED_RESPONSE.*another partition/,
  })
  await t.throwsAsync(async () => await read(answerAbout(3, 9n, 7n, 2)), {
    message: /KAFKA_MALFORMED_RESPONSE.*several partitions/,
  })
})
