import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBrokerProcess } from '../../examples/fraud/broker-process.js'

const REAL_PORT = '19592'
const KAFKA_HOME = process.env['MILLRACE_KAFKA_HOME'] ?? join(homedir(), '.cache/millrace-kafka')

/** Kafka's own jars, which test/support/start-kafka.sh fetches; undefined before. */
export function kafkaJars(): string | undefined {
  const jars = join(KAFKA_HOME, 'jars-4.1.0')
  return existsSync(jars) ? `${jars}/*` : undefined
}

export interface Broker {
  readonly kind: string
  readonly servers: string
  stop(): Promise<void>
}

/** A broker in another process of this machine: the embedded one, Apache Kafka started here, or the one that `MILLRACE_TEST_KAFKA` names. */
export async function startBroker(isReal: boolean, directory: string): Promise<Broker> {
  const named = process.env['MILLRACE_TEST_KAFKA']
  if (named !== undefined) return { kind: `the broker at ${named}`, servers: named, stop: async () => undefined }
  if (!isReal) return { kind: 'embedded broker', ...(await startBrokerProcess(join(directory, 'broker'))) }
  const script = (name: string): string => fileURLToPath(new URL(`../../../test/support/${name}`, import.meta.url))
  const servers = execFileSync('bash', [script('start-kafka.sh'), REAL_PORT], {
    env: { ...process.env, FRESH: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return {
    kind: 'Apache Kafka',
    servers: servers.toString().trim(),
    stop: async () => void execFileSync('bash', [script('stop-kafka.sh'), REAL_PORT]),
  }
}
