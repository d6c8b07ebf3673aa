import type { ExecutionContext } from 'ava'
import type { Json, StreamSource } from '../../connectors/api.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { FakeKafka } from './fake-kafka.js'
import { describe, readSplits } from './kafka.js'

const PATIENCE_MS = 60_000

/** The topic `events` of one partition with five records, on a server that a test may change under the streams that read it. */
export interface FakeTopic {
  readonly fake: FakeKafka
  /** A stream as a program that was started again has it. */
  open(more?: Record<string, string>): Promise<StreamSource>
  /** The values of what lies between. */
  read(stream: StreamSource, from: Json, until: Json): Promise<readonly (string | null)[]>
}

/** The first identity of the topic, where brokers tell identities. */
export const FIRST_ID = '0a'.repeat(16)

export async function withFakeTopic(
  t: ExecutionContext,
  withIds: boolean,
  body: (topic: FakeTopic) => Promise<void>,
): Promise<void> {
  t.timeout(PATIENCE_MS)
  const fake = await FakeKafka.start()
  fake.withIds = withIds
  fake.create('events', FIRST_ID, ['old 0', 'old 1', 'old 2', 'old 3', 'old 4'])
  const streams: StreamSource[] = []
  const options = { 'kafka.bootstrap.servers': fake.servers, subscribe: 'events', startingOffsets: 'earliest' }
  try {
    await body({
      fake,
      open: async ({ pattern, ...more } = {}) => {
        const { subscribe: _, ...others } = options
        const subscription = pattern === undefined ? options : { ...others, subscribePattern: pattern }
        const stream = await kafkaSource.stream!.open(await describe({ ...subscription, ...more }))
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
    await fake.left()
    await fake.close()
  }
}
