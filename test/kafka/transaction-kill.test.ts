import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { ERROR } from '../../connectors/kafka/broker/protocol/error-codes.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { printed, type StartedCli, startCli } from '../support/cli.js'
import { readBatch } from '../support/kafka.js'
import { kafkaClient } from '../support/kafka-client.js'
import { TransactionRequests } from '../support/transaction-requests.js'

interface Running {
  readonly cli: StartedCli
  readonly servers: string
}

async function startProcess(folder: string): Promise<Running> {
  const cli = startCli(['broker', '--port', '0', '--dir', folder, '--topic', 'events:1'])
  await printed(cli, '\n')
  return { cli, servers: /listens on (\S+:\d+)/.exec(cli.output.text)![1]! }
}

/** Whether it runs or not. */
async function kill({ cli }: Running): Promise<void> {
  cli.child.kill('SIGKILL')
  await cli.closed
}

async function values(servers: string): Promise<readonly (string | null)[]> {
  const options = { 'kafka.bootstrap.servers': servers, subscribe: 'events', 'kafka.isolation.level': 'read_committed' }
  return (await readBatch(options)).map(({ value }) => value)
}

test('a transaction that a killed broker had open goes on where it was, and what had ended stays as it ended', async (t) => {
  t.timeout(120_000)
  const folder = await mkdtemp(join(tmpdir(), 'millrace-kill-'))
  const running: Running[] = []
  const start = async (): Promise<Running> => {
    running.push(await startProcess(folder))
    return running.at(-1)!
  }
  try {
    const first = await start()
    let asks = new TransactionRequests(first.servers)
    const [open, lost] = [await asks.begin('open', 900_000), await asks.begin('lost')]
    await asks.add(lost, 'events', [0])
    t.is(await asks.produce(lost, 'events', ['lost'], 0), ERROR.none)
    await asks.add(open, 'events', [0])
    await asks.addGroup(open, 'g')
    t.is(await asks.produce(open, 'events', ['a'], 0), ERROR.none)
    t.is(await asks.commitOffset(open, 'g', 'events', 5n), ERROR.none)
    t.is(await asks.end(lost, false), ERROR.none)
    await kill(first)
    const second = await start()
    asks = new TransactionRequests(second.servers)
    t.deepEqual(await asks.ends('events'), { stable: 1n, all: 3n })
    const aborted = [{ producerId: lost.producerId, firstOffset: 0n }]
    t.deepEqual((await asks.fetch('events', 0n, 1)).aborted, aborted)
    t.is((await asks.committed('g', 'events', true)).error, ERROR.unstableOffsetCommit)
    t.is(await asks.produce(open, 'events', ['a'], 0), ERROR.none, 'sent again')
    t.is(await asks.produce(open, 'events', ['b'], 1), ERROR.none)
    t.is(await asks.end(lost, false), ERROR.none, 'it has ended')
    t.deepEqual(await values(second.servers), [])
    t.is(await asks.end(open, true), ERROR.none)
    await closeIdleClients()
    await kill(second)
    const third = await start()
    asks = new TransactionRequests(third.servers)
    t.deepEqual(await values(third.servers), ['a', 'b'])
    t.deepEqual(await asks.committed('g', 'events', true), { error: ERROR.none, offset: 5n })
    t.is(await asks.end(open, true), ERROR.none)
    t.true((await asks.begin('new')).producerId > open.producerId)
    await closeIdleClients()
    third.cli.child.kill('SIGTERM')
    await third.cli.closed
  } finally {
    for (const each of running) await kill(each)
    await rm(folder, { recursive: true, force: true })
  }
})

test('a topic deleted by a request takes what open transactions have of it along', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-kill-'))
  const broker = await startBroker({ directory, port: 0, autoCreateTopics: false })
  const kafka = kafkaClient(broker.bootstrapServers)
  const admin = kafka.admin()
  try {
    await admin.connect()
    const create = () => admin.createTopics({ topics: [{ topic: 'events', numPartitions: 1 }] })
    await create()
    const asks = new TransactionRequests(broker.bootstrapServers)
    const producer = await asks.begin('writer')
    t.deepEqual(await asks.add(producer, 'events', [0]), [ERROR.none])
    t.is(await asks.addGroup(producer, 'g'), ERROR.none)
    t.is(await asks.commitOffset(producer, 'g', 'events', 5n), ERROR.none)
    await admin.deleteTopics({ topics: ['events'] })
    await create()
    t.is(await asks.produce(producer, 'events', ['late'], 0), ERROR.invalidTxnState)
    t.is(await asks.end(producer, true), ERROR.none)
    t.deepEqual(await asks.ends('events'), { stable: 0n, all: 0n })
    t.deepEqual(await asks.committed('g', 'events', true), { error: ERROR.none, offset: -1n })
  } finally {
    await admin.disconnect()
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  }
})
