import { startBroker } from '../connectors/kafka/broker/broker.js'
import type { BrokerArguments } from './main.js'
import { terminated } from './signals.js'

/** `millrace broker`: serves until it is told to stop. */
export async function runBroker({ port, host, dir, partitions }: BrokerArguments): Promise<void> {
  const broker = await startBroker({ directory: dir, port, host, defaultPartitions: partitions })
  process.stdout.write(
    `A development broker (not for production) listens on ${broker.bootstrapServers}, its topics in ${dir}. Ctrl-C stops it.\n`,
  )
  await terminated()
  await broker.close()
}
