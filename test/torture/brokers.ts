import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTopic } from '../../examples/support/create-topic.js'
import { printed, type StartedCli, startCli } from '../support/cli.js'
import { readBatch } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { freePorts, KafkaCluster } from '../support/kafka-cluster.js'
import { kafkaCommand } from '../support/kafka-java.js'

/** Brokers that may be killed and stopped, numbered from 1 on. */
export interface TorturedBrokers {
  readonly servers: string
  readonly count: number
  createTopic(topic: string, partitions: number): Promise<void>
  /** With SIGKILL, and started again with the data that it had. */
  kill(broker: number): Promise<void>
  startAgain(broker: number): Promise<void>
  /** With SIGSTOP, and let go on. */
  pause(broker: number): Promise<void>
  resume(broker: number): Promise<void>
  /** The values of all committed records, in their order of each partition. */
  read(topic: string): Promise<readonly string[]>
  stop(): Promise<void>
}

const clientOf = (servers: string) => kafkaClient(servers)

/** Three brokers of Apache Kafka; what they hold at the end is read by Kafka's own consumer. */
export async function realBrokers(): Promise<TorturedBrokers> {
  const cluster = await KafkaCluster.start(await freePorts(6), 3)
  const { servers } = cluster
  return {
    ...{ servers, count: 3 },
    createTopic: (topic, partitions) =>
      cluster.createTopic(
        topic,
        Array.from({ length: partitions }, (_, i) => [1, 2, 3].map((n) => ((n + i) % 3) + 1)),
      ),
    kill: (broker) => cluster.kill(broker),
    startAgain: (broker) => cluster.startAgain(broker),
    pause: (broker) => cluster.pause(broker),
    resume: (broker) => cluster.resume(broker),
    read: async (topic) => {
      const from = ['--bootstrap-server', servers, '--topic', topic, '--from-beginning', '--timeout-ms', '15000']
      const text = await kafkaCommand('consumer.ConsoleConsumer', ...from, '--isolation-level', 'read_committed')
      return text.split('\n').slice(0, -1)
    },
    stop: () => cluster.stop(),
  }
}

/** The embedded broker in a process of its own. */
export async function embeddedBroker(): Promise<TorturedBrokers> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-broker-'))
  const start = async (port: string): Promise<StartedCli> => {
    const cli = startCli(['broker', '--port', port, '--dir', folder])
    await printed(cli, '\n')
    return cli
  }
  let running = await start('0')
  const servers = /listens on (\S+:\d+)/.exec(running.output.text)![1]!
  const kill = async (): Promise<void> => {
    running.child.kill('SIGKILL')
    await running.closed
  }
  return {
    ...{ servers, count: 1 },
    createTopic: (topic, partitions) => createTopic(clientOf(servers), topic, partitions),
    kill,
    startAgain: async () => {
      running = await start(servers.split(':')[1]!)
    },
    pause: async () => void running.child.kill('SIGSTOP'),
    resume: async () => void running.child.kill('SIGCONT'),
    read: async (topic) => {
      const options = {
        'kafka.bootstrap.servers': servers,
        subscribe: topic,
        'kafka.isolation.level': 'read_committed',
      }
      return (await readBatch(options)).map(({ value }) => value!)
    },
    stop: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
