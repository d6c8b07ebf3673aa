import { connectTopicAdmin } from '../../connectors/kafka/admin/topic-admin.js'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { terminated } from '../signals.js'
import type { TopicArgument } from './arguments.js'

export interface BrokerArguments {
  readonly port: number
  readonly host: string
  readonly dir: string
  readonly partitions: number
  readonly topic?: readonly TopicArgument[]
}

/** `millrace broker`: serves until it is told to stop. */
export async function runBroker({ port, host, dir, partitions, topic = [] }: BrokerArguments): Promise<void> {
  const broker = await startBroker({ directory: dir, port, host, defaultPartitions: partitions })
  try {
    await createMissing(broker, topic)
    // Listening for signals comes first: whoever reads the line may send one at once.
    const stop = terminated()
    process.stdout.write(
      `A development broker (not for production) listens on ${broker.bootstrapServers}, its topics in ${dir}. Ctrl-C stops it.\n`,
    )
    await stop
  } finally {
    await broker.close()
  }
}

async function createMissing({ bootstrapServers }: Broker, topics: readonly TopicArgument[]): Promise<void> {
  if (topics.length === 0) return
  const admin = await connectTopicAdmin({ 'kafka.bootstrap.servers': bootstrapServers })
  try {
    const existing = await admin.list()
    for (const topic of topics) if (!existing.includes(topic.name)) await admin.create(topic)
  } finally {
    await admin.close()
  }
}
