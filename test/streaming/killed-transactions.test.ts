import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onBothBrokers } from '../support/both-brokers.js'
import { until } from '../support/fake-cluster.js'
import { readBatch } from '../support/kafka.js'
import { CHILD, KILL_AT_STEP, type Kill, killedUntilDone, NO_KILL, runUntil } from '../support/killed-program.js'
import { nodeArguments } from '../support/programs.js'
import { TransactionRequests } from '../support/transaction-requests.js'

const RECORDS = 3000
/** Numbers of the protocol. */
const PRODUCE = 0
const INIT_PRODUCER = 22
const ADD_PARTITIONS = 24
const END_TRANSACTION = 26

/** Before and after each request of a transaction, and each file that tells of a commit. */
function killsOf(checkpoint: string): readonly Kill[] {
  const requests = [
    ...[INIT_PRODUCER, ADD_PARTITIONS, PRODUCE].map((asking) => ({ thread: 'worker', asking })),
    { thread: 'main', asking: END_TRANSACTION },
  ]
  const asked = requests.flatMap(({ thread, asking }) =>
    // Of those that begin a transaction the first is as good as the second.
    (asking === INIT_PRODUCER || asking === ADD_PARTITIONS ? ['1', '1+'] : ['1', '1+', '2', '2+']).map(
      (step): Kill => ({ step: `${thread}:${step}`, asking }),
    ),
  )
  // The first step in a folder of entries makes it, or finds it there.
  const written = ['prepared', 'offsets', 'commits'].flatMap((log) =>
    ['2', '2+', '3+'].map((step): Kill => ({ step: `main:${step}`, below: join(checkpoint, log) })),
  )
  return [...asked, ...written]
}

/** What is committed to a topic, in order, when there are so many records. */
async function readWhole(servers: string, topic: string, records: number): Promise<readonly number[]> {
  const options = {
    'kafka.bootstrap.servers': servers,
    subscribe: topic,
    'kafka.isolation.level': 'read_committed',
  }
  let read: readonly number[] = []
  // Brokers answer a commit before they have written its markers.
  await until(async () => {
    read = (await readBatch(options)).map(({ value }) => Number(value))
    return read.length >= records
  })
  return read.toSorted((a, b) => a - b)
}

onBothBrokers(
  'a stream from topic to topic that is killed at each step of its commits writes every record exactly once',
  async (t, { servers, kafka, newTopic }) => {
    t.timeout(600_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-killed-'))
    try {
      const [input, output] = [await newTopic(3), await newTopic(2)]
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
      const messages = Array.from({ length: RECORDS }, (_, id) => ({
        partition: id % 3,
        value: JSON.stringify({ id }),
      }))
      await producer.send({ topic: input, messages })
      await producer.disconnect()
      const checkpoint = join(directory, 'checkpoint')
      const kills = killsOf(checkpoint)
      const killed = await killedUntilDone(
        [servers, input, output, checkpoint, 'topic'],
        (run) => kills[run] ?? NO_KILL,
      )
      t.true(killed >= 8, `${killed} kills`)
      t.deepEqual(
        await readWhole(servers, output, RECORDS),
        messages.map((_, id) => id),
      )
      t.log(`${killed} kills`)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
)

onBothBrokers(
  'a batch of which a part is committed is divided as it was by a start with other slots',
  async (t, { servers, kafka, newTopic }) => {
    t.timeout(300_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-divided-'))
    try {
      const [input, output] = [await newTopic(3), await newTopic(2)]
      const checkpoint = join(directory, 'checkpoint')
      const producer = kafka.producer()
      await producer.connect()
      const messages = Array.from({ length: 300 }, (_, id) => ({ partition: id % 3, value: JSON.stringify({ id }) }))
      await producer.send({ topic: input, messages })
      await producer.disconnect()
      const args = [servers, input, output, checkpoint, 'topic']
      // For two slots so many parts are divided among more tasks than for one.
      const env = (slots: number): NodeJS.ProcessEnv => ({ MASTER: `local[${slots}]`, PARTS: '20' })
      t.false(await runUntil(args, { step: 'main:1', asking: END_TRANSACTION }, { env: env(2) }))
      // The next start commits what all tasks but one had prepared, and that one has to write again.
      const [, queryId] = /"queryId":"([^"]+)"/.exec(await readFile(join(checkpoint, 'metadata', '0'), 'utf8'))!
      const ids = (await readFile(join(checkpoint, 'prepared', '0.0'), 'utf8')).match(/"transactionalId":"[^"]+"/g)!
      t.true(ids.length > 4, `${ids.length} tasks`)
      await new TransactionRequests(servers).begin(`millrace-${queryId}-${ids.length - 1}`)
      t.true(await runUntil(args, NO_KILL, { env: env(1) }))
      t.deepEqual(
        await readWhole(servers, output, messages.length),
        messages.map((_, id) => id),
      )
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
)

onBothBrokers(
  'prepared transactions that another producer takes away before they are committed are written again by the same start',
  async (t, { servers, kafka, newTopic }) => {
    t.timeout(300_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-fenced-'))
    const [input, output] = [await newTopic(3), await newTopic(2)]
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    const messages = Array.from({ length: 300 }, (_, id) => ({ partition: id % 3, value: JSON.stringify({ id }) }))
    await producer.send({ topic: input, messages })
    await producer.disconnect()
    const checkpoint = join(directory, 'checkpoint')
    const child = spawn(
      process.execPath,
      nodeArguments(CHILD, [servers, input, output, checkpoint, 'topic'], [KILL_AT_STEP]),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...process.env,
          KILL_AT: 'main:1',
          KILL_ASKING: String(END_TRANSACTION),
          STOP_ONCE: join(directory, 'stopped'),
        },
      },
    )
    const ended = once(child, 'close') as Promise<[number | null]>
    try {
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk
      })
      await until(() => Promise.resolve(said.includes('stopped\n')))
      const [, queryId] = /"queryId":"([^"]+)"/.exec(await readFile(join(checkpoint, 'metadata', '0'), 'utf8'))!
      const asks = new TransactionRequests(servers)
      for (const task of [0, 1, 2]) await asks.begin(`millrace-${queryId}-${task}`)
      child.kill('SIGCONT')
      t.deepEqual(await ended, [0, null] as never, said)
      t.deepEqual(
        await readWhole(servers, output, messages.length),
        messages.map((_, id) => id),
      )
    } finally {
      child.kill('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    }
  },
)

onBothBrokers(
  'a start gives up what a task of an earlier one left open that it has not itself',
  async (t, { servers, kafka, newTopic }) => {
    t.timeout(120_000)
    const directory = await mkdtemp(join(tmpdir(), 'millrace-left-open-'))
    try {
      const [input, output] = [await newTopic(3), await newTopic(1)]
      const checkpoint = join(directory, 'checkpoint')
      const producer = kafka.producer()
      await producer.connect()
      const run = async (id: number): Promise<void> => {
        await producer.send({ topic: input, messages: [{ partition: 0, value: JSON.stringify({ id }) }] })
        t.true(await runUntil([servers, input, output, checkpoint, 'topic'], NO_KILL))
      }
      await run(1)
      const [, queryId] = /"queryId":"([^"]+)"/.exec(await readFile(join(checkpoint, 'metadata', '0'), 'utf8'))!
      const asks = new TransactionRequests(servers)
      const left = await asks.begin(`millrace-${queryId}-17`, 900_000)
      await asks.add(left, output, [0])
      t.is(await asks.produce(left, output, ['left'], 0), 0)
      await run(2)
      await producer.disconnect()
      const options = {
        'kafka.bootstrap.servers': servers,
        subscribe: output,
        'kafka.isolation.level': 'read_committed',
      }
      let read: readonly (string | null)[] = []
      await until(async () => {
        read = (await readBatch(options)).map(({ value }) => value)
        return read.length >= 2
      })
      t.deepEqual(read.toSorted(), ['1', '2'])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  },
)
