import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { type Broker, startBroker } from '../../connectors/kafka/broker/broker.js'
import { closeIdleClients, leaseClient } from '../../connectors/kafka/client/client-lease.js'
import { clientOptions } from '../../connectors/kafka/client/client-options.js'
import { kafkaClient } from '../support/kafka-client.js'

const PROGRAM = fileURLToPath(new URL('../support/kafka-process.js', import.meta.url))
/** Less than idle connections are kept for the next user. */
const PATIENCE_MS = 25_000

let broker: Broker
let directory: string

test.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'millrace-exit-'))
  broker = await startBroker({ directory: join(directory, 'broker'), port: 0, defaultPartitions: 2 })
  const kafka = kafkaClient(broker.bootstrapServers)
  const producer = kafka.producer()
  await producer.connect()
  const messages = Array.from({ length: 100 }, (_, i) => ({ value: `${i}`, partition: i % 2 }))
  for (const topic of ['stopped', 'unstopped', 'none']) await producer.send({ topic, messages })
  await producer.disconnect()
})

test.after.always(async () => {
  await closeIdleClients()
  await broker.close()
  await rm(directory, { recursive: true, force: true })
})

for (const [mode, topic] of [
  ['stopped', 'stopped'],
  ['unstopped', 'unstopped'],
  ['no session', 'none'],
] as const) {
  test(`no connection to Kafka keeps a program alive when its work is done: ${mode}`, async (t) => {
    const args = [PROGRAM, broker.bootstrapServers, topic, mode, join(directory, `checkpoint-${topic}`)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: PATIENCE_MS })
    let text = ''
    child.stdout.on('data', (bytes) => {
      text += bytes
    })
    const [code, signal] = await once(child, 'close')
    t.is(text, '100\n')
    t.deepEqual([code, signal], [0, null])
  })
}

const WAIT_MS = { option: 'default.api.timeout.ms', defaultMs: 60_000 }

test('the end of a session closes the connections that nobody uses', async (t) => {
  const options = clientOptions({ 'kafka.bootstrap.servers': broker.bootstrapServers }, new Set(), WAIT_MS)
  const [used, unused] = [leaseClient(options), leaseClient({ ...options, clientId: 'unused' })]
  await used.client.describe(['none'])
  await unused.client.describe(['none'])
  unused.release()
  await closeIdleClients()
  t.is((await used.client.describe(['none'])).get('none')?.partitions.size, 2)
  const again = leaseClient({ ...options, clientId: 'unused' })
  t.not(again.client, unused.client)
  used.release()
  again.release()
})
