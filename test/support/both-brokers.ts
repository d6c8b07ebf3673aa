import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Kafka } from 'kafkajs'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { createTopic } from '../../examples/support/create-topic.js'
import { until } from './fake-cluster.js'
import { CLIENT_PATIENCE_MS, kafkaClient } from './kafka-client.js'
import { newTopicName, SERVER, withKafka } from './real-kafka.js'
import { TransactionRequests } from './transaction-requests.js'

/** A broker that a test asks, and names that no other test has. */
export interface TestedBroker {
  readonly servers: string
  readonly kafka: Kafka
  /** Creates one, of one partition unless said. */
  newTopic(partitions?: number): Promise<string>
}

const PATIENCE_MS = CLIENT_PATIENCE_MS + 45_000

/** A test of the embedded broker and, where there is one, of Apache Kafka: what it says of one holds for the other. */
export function onBothBrokers(title: string, body: (t: ExecutionContext, broker: TestedBroker) => Promise<void>): void {
  test(title, async (t) => {
    t.timeout(PATIENCE_MS)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-transactions-'))
    const broker = await startBroker({ directory, port: 0 })
    try {
      await body(t, testedAt(broker.bootstrapServers))
    } finally {
      await broker.close()
      await rm(directory, { recursive: true, force: true })
    }
  })
  withKafka(`${title}, by Apache Kafka (needs MILLRACE_TEST_KAFKA)`, async (t) => {
    t.timeout(PATIENCE_MS)
    await new TransactionRequests(SERVER!).ready()
    await body(t, testedAt(SERVER!))
  })
}

function testedAt(servers: string): TestedBroker {
  const kafka = kafkaClient(servers)
  const newTopic = async (partitions = 1): Promise<string> => {
    const topic = newTopicName()
    await createTopic(kafka, topic, partitions)
    // A new partition is not led yet where its leader has not heard of it.
    const admin = kafka.admin()
    await admin.connect()
    const isLed = (): Promise<boolean> =>
      admin.fetchTopicOffsets(topic).then(
        () => true,
        () => false,
      )
    await until(isLed)
    await admin.disconnect()
    return topic
  }
  return { servers, kafka, newTopic }
}
