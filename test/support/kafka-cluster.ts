import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import kafkajs, { type Kafka } from 'kafkajs'
import { eventually } from '../../examples/support/create-topic.js'
import { kafkaClient } from './kafka-client.js'
import { KAFKA_HOME, SHORT_LIVED } from './kafka-java.js'

const script = (name: string): string => fileURLToPath(new URL(`../../../test/support/${name}`, import.meta.url))

const run = async (name: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
  const options = { env: { ...process.env, ...env }, timeout: 180_000 }
  return (await promisify(execFile)('bash', [script(name), ...args], options)).stdout.trim()
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/** The first of so many free ports in a row, below those that systems give out by themselves. */
export async function freePorts(count: number): Promise<number> {
  for (let base = 20_000 + (process.pid % 900) * 10; base < 32_000; base += 10) {
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(base + i)))
    if (free.every(Boolean)) return base
  }
  throw new Error('no free ports')
}

/** Brokers of Apache Kafka in processes of their own, to be killed; numbered from 1 on. */
export class KafkaCluster {
  readonly servers: string
  readonly #port: number
  readonly #brokers: number
  readonly #settings: Readonly<Record<string, string>>

  private constructor(port: number, brokers: number, settings: Readonly<Record<string, string>>, servers: string) {
    this.#port = port
    this.#brokers = brokers
    this.#settings = settings
    this.servers = servers
  }

  /** @param settings environment of start-kafka.sh */
  static async start(
    port: number,
    brokers: number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<KafkaCluster> {
    const env = { HEAP: '256m', JVM: SHORT_LIVED.join(' '), ...settings }
    const servers = await run('start-kafka.sh', [String(port), String(brokers)], { ...env, FRESH: '1' })
    return new KafkaCluster(port, brokers, env, servers)
  }

  client(): Kafka {
    return kafkaClient(this.servers)
  }

  /** Kills a broker, or all, with SIGKILL. */
  async kill(broker?: number): Promise<void> {
    const which: Record<string, string> = broker === undefined ? {} : { BROKER: String(broker) }
    await run('stop-kafka.sh', [String(this.#port)], { KILL: '1', ...which })
  }

  /** Stops a broker so that its connections stay and it does not answer. */
  async pause(broker: number): Promise<void> {
    process.kill(await this.#processId(broker), 'SIGSTOP')
  }

  async resume(broker: number): Promise<void> {
    process.kill(await this.#processId(broker), 'SIGCONT')
  }

  async #processId(broker: number): Promise<number> {
    return Number(await readFile(join(KAFKA_HOME, `test-${this.#port}`, `pid-${broker}`), 'utf8'))
  }

  /** Starts a broker, or all, again with the data they had. */
  async startAgain(broker?: number): Promise<void> {
    const which: Record<string, string> = broker === undefined ? {} : { BROKER: String(broker) }
    await run('start-kafka.sh', [String(this.#port), String(this.#brokers)], { ...this.#settings, ...which })
  }

  /** The leader of a partition once there is one. */
  async leader(topic: string, partition: number): Promise<number> {
    return await this.#asking(async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      const found = topics[0]!.partitions.find(({ partitionId }) => partitionId === partition)
      if (found === undefined || found.leader < 1) throw new Error(`no leader of ${topic}-${partition}`)
      return found.leader
    })
  }

  /** Creates a topic with the replicas of each partition, and waits until all brokers know it. */
  async createTopic(topic: string, replicas: readonly (readonly number[])[]): Promise<void> {
    const replicaAssignment = replicas.map((some, partition) => ({ partition, replicas: [...some] }))
    await this.#asking((admin) => admin.createTopics({ topics: [{ topic, replicaAssignment }] }))
    for (let partition = 0; partition < replicas.length; partition++) await this.leader(topic, partition)
  }

  /** Gives a partition to other brokers, and waits until one of them leads it. */
  async move(topic: string, partition: number, replicas: readonly number[]): Promise<void> {
    const partitionAssignment = [{ partition, replicas: [...replicas] }]
    await this.#asking((admin) => admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] }))
    await eventually(async () => {
      if (!replicas.includes(await this.leader(topic, partition))) throw new Error('it is not moved yet')
    })
  }

  async produce(topic: string, messages: readonly kafkajs.Message[]): Promise<void> {
    const producer = this.client().producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    try {
      for (let at = 0; at < messages.length; at += 2000) {
        await producer.send({ topic, messages: messages.slice(at, at + 2000), acks: -1 })
      }
    } finally {
      await producer.disconnect()
    }
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(join(KAFKA_HOME, `test-${this.#port}`), { recursive: true, force: true })
  }

  async #asking<T>(ask: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
    return await eventually(async () => {
      const admin = this.client().admin({ retry: { retries: 1 } })
      await admin.connect()
      try {
        return await ask(admin)
      } finally {
        await admin.disconnect()
      }
    })
  }
}
