import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs, { type Producer } from 'kafkajs'
import type { AnyRow, DataFrame, Session } from '../../api/index.js'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { kafkaClient } from './kafka-client.js'

/** A place to test streams in: an embedded broker, and a folder for checkpoints and output. */
export interface StreamPlace {
  readonly servers: string
  readonly directory: string
  /** Sends values to a topic of two partitions, in their order to each in turn; null is a record without value. */
  send(topic: string, values: readonly (string | null)[]): Promise<void>
  /** The topic as a stream, from its beginning. */
  read(session: Session, topic: string, options?: Readonly<Record<string, string>>): DataFrame<AnyRow>
}

export async function withStreamPlace(body: (place: StreamPlace) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-streams-'))
  const broker = await startBroker({ directory: join(directory, 'broker'), port: 0, defaultPartitions: 2 })
  const kafka = kafkaClient(broker.bootstrapServers)
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  try {
    await producer.connect()
    await body(placeOf(broker.bootstrapServers, directory, producer))
  } finally {
    await producer.disconnect()
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  }
}

const placeOf = (servers: string, directory: string, producer: Producer): StreamPlace => ({
  servers,
  directory,
  send: async (topic, values) => {
    await producer.send({ topic, messages: values.map((value, i) => ({ partition: i % 2, value })) })
  },
  read: (session, topic, options = {}) =>
    session.readStream
      .format('kafka')
      .options({
        'kafka.bootstrap.servers': servers,
        subscribe: topic,
        startingOffsets: 'earliest',
        ...options,
      })
      .load(),
})
