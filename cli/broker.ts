import { startBroker } from '../connectors/kafka/broker/broker.js'
import type { BrokerArguments } from './main.js'
import { terminated } from './signals.js'

/** `millrace broker`: serves until it is told to stop. */
export async function runBroker({ port, host, dir, partitions }: BrokerArguments): Promise<void> {
  const broker = await startBroker({ directory: dir, port, host, defaultPartitions: partitions })
  // Listening for signals comes first: whoever reads the line may send one at once.
  const stop = terminated()
  process.stdout.write(
    `A development broker (not for production) listens on ${broker.bootstrapServers}, its topics in ${dir}. Ctrl-C stops it.\n`,
  )
  await stop
  await broker.close()
}
