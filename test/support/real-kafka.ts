import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'
import kafkajs, { type Kafka, type Producer } from 'kafkajs'
import { createTopic } from '../../examples/support/create-topic.js'

/** A real Kafka, `host:port`; test/support/start-kafka.sh starts one. */
export const SERVER = process.env['MILLRACE_TEST_KAFKA']
export const withKafka = SERVER === undefined ? test.skip : test

/** Where start-kafka.sh keeps jars and data. */
export const KAFKA_HOME = process.env['MILLRACE_KAFKA_HOME'] ?? join(homedir(), '.cache/millrace-kafka')
const JARS = join(KAFKA_HOME, 'jars-4.1.0')
const hasJava = SERVER !== undefined && existsSync(JARS)
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

export const realClient = (): Kafka => new kafkajs.Kafka({ brokers: [SERVER!], logLevel: kafkajs.logLevel.NOTHING })

/** Of a producer whose repeated requests leave no record twice: kafkajs repeats all partitions when one was not ready, as in a new topic. */
export const realProducer = (): Producer => realClient().producer({ idempotent: true, maxInFlightRequests: 1 })

let topics = 0
export const newTopicName = (): string => `real-${process.pid}-${topics++}`

export async function newTopic(numPartitions = 3): Promise<string> {
  const topic = newTopicName()
  await createTopic(realClient(), topic, numPartitions)
  return topic
}

/** Runs test/support/KafkaTool.java. */
export function kafkaTool(...args: readonly string[]): Promise<string> {
  return runJava([fileURLToPath(new URL('../../../test/support/KafkaTool.java', import.meta.url)), ...args])
}

/** Runs a command of Kafka's own, such as `TopicCommand`. */
export const kafkaCommand = (name: string, ...args: readonly string[]): Promise<string> =>
  runJava([`org.apache.kafka.tools.${name}`, ...args])

async function runJava(args: readonly string[]): Promise<string> {
  const command = ['-Xmx256m', '-cp', `${JARS}/*`, ...args]
  const { stdout } = await promisify(execFile)('java', command, { maxBuffer: 1 << 28, timeout: 120_000 })
  return stdout
}
