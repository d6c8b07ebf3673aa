import { existsSync } from 'node:fs'
import test from 'ava'
import type { Kafka, Producer } from 'kafkajs'
import { createTopic } from '../../examples/support/create-topic.js'
import { kafkaClient } from './kafka-client.js'
import { KAFKA_JARS } from './kafka-java.js'

/** A real Kafka, `host:port`; test/support/start-kafka.sh starts one. */
export const SERVER = process.env['MILLRACE_TEST_KAFKA']
export const withKafka = SERVER === undefined ? test.skip : test

const hasJava = SERVER !== undefined && existsSync(KAFKA_JARS)
/** For tests that run Kafka's own client. */
export const withJava = hasJava ? test : test.skip
/** For tests that start brokers of their own and treat them badly, one test after the other. */
export const withBrokers = hasJava ? test.serial : test.serial.skip
/** Runs before the tests of a file that start brokers, unless they are skipped. */
export const beforeBrokers = (prepare: () => Promise<void>): void => {
  if (hasJava) test.before(prepare)
}

export const serverOptions = (extra: Record<string, string>): Record<string, string> => ({
  'kafka.bootstrap.servers': SERVER!,
  ...extra,
})

export const realClient = (): Kafka => kafkaClient(SERVER!)

/** Of a producer whose repeated requests leave no record twice: kafkajs repeats all partitions when one was not ready, as in a new topic. */
export const realProducer = (): Producer => realClient().producer({ idempotent: true, maxInFlightRequests: 1 })

let topics = 0
export const newTopicName = (): string => `real-${process.pid}-${topics++}`

export async function newTopic(numPartitions = 3): Promise<string> {
  const topic = newTopicName()
  await createTopic(realClient(), topic, numPartitions)
  return topic
}
