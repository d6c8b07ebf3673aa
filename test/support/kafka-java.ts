import { execFile } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Where start-kafka.sh keeps jars and data. */
export const KAFKA_HOME = process.env['MILLRACE_KAFKA_HOME'] ?? join(homedir(), '.cache/millrace-kafka')
export const KAFKA_JARS = join(KAFKA_HOME, 'jars-4.1.0')

/** Runs test/support/KafkaTool.java. */
export function kafkaTool(...args: readonly string[]): Promise<string> {
  return runJava([fileURLToPath(new URL('../../../test/support/KafkaTool.java', import.meta.url)), ...args])
}

/** Runs a command of Kafka's own, such as `TopicCommand`. */
export const kafkaCommand = (name: string, ...args: readonly string[]): Promise<string> =>
  runJava([`org.apache.kafka.tools.${name}`, ...args])

async function runJava(args: readonly string[]): Promise<string> {
  const command = ['-Xmx256m', '-cp', `${KAFKA_JARS}/*`, ...args]
  const { stdout } = await promisify(execFile)('java', command, { maxBuffer: 1 << 28, timeout: 120_000 })
  return stdout
}
