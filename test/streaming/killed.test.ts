import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import kafkajs from 'kafkajs'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { withSession } from '../support/sessions.js'

const CHILD = fileURLToPath(new URL('../support/stream-child.js', import.meta.url))
const RECORDS = 6000
const START_MS = 1_700_000_000_000
const STEP_MS = 50
const MOST_RUNS = 30

/** Runs the program until it ends or has finished so many batches, when it is killed. @returns whether it ended by itself */
async function runUntil(args: readonly string[], batches: number): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  let left = batches
  createInterface({ input: child.stdout }).on('line', () => {
    if (--left === 0) child.kill('SIGKILL')
  })
  const [code, signal] = await exited
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the program failed by itself: ${signal ?? `status ${code}`}`)
  return code === 0
}

async function withTopic(body: (servers: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-killed-'))
  const broker = await startBroker({ directory: join(directory, 'broker'), port: 0, defaultPartitions: 3 })
  try {
    const kafka = new kafkajs.Kafka({ brokers: [broker.bootstrapServers], logLevel: kafkajs.logLevel.NOTHING })
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    const messages = Array.from({ length: RECORDS }, (_, id) => ({
      partition: id % 3,
      value: JSON.stringify({ id, ts: START_MS + id * STEP_MS }),
    }))
    await producer.send({ topic: 'events', messages })
    await producer.disconnect()
    await body(broker.bootstrapServers, directory)
  } finally {
    await broker.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Kills the program after 1, 2, 3, 1, 2, 3 … batches of each start, until a start comes to the end. */
async function runKilled(servers: string, directory: string, kind: 'rows' | 'windows'): Promise<number> {
  const args = [servers, 'events', join(directory, 'out'), join(directory, 'checkpoint'), kind]
  for (let run = 0; run < MOST_RUNS; run++) if (await runUntil(args, 1 + (run % 3))) return run
  throw new Error(`the query did not end in ${MOST_RUNS} starts`)
}

test('a stream into Parquet that is killed again and again writes every record exactly once', (t) =>
  withTopic(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'rows')) >= 3)
    await withSession('local[2]', async (session) => {
      const rows = await session.read.parquet(join(directory, 'out')).select('id').orderBy('id').collect()
      t.deepEqual(
        rows.map((row) => Number(row['id'])),
        Array.from({ length: RECORDS }, (_, id) => id),
      )
    })
  }))

test('windows of a stream that is killed again and again come out once, whole, and only when they are final', (t) =>
  withTopic(async (servers, directory) => {
    t.true((await runKilled(servers, directory, 'windows')) >= 3)
    await withSession('local[2]', async (session) => {
      const rows = await session.read.parquet(join(directory, 'out')).orderBy('start').collect()
      const lastMs = START_MS + (RECORDS - 1) * STEP_MS
      const expected = new Map<number, { n: number; least: number }>()
      for (let id = 0; id < RECORDS; id++) {
        const start = Math.floor((START_MS + id * STEP_MS) / 10_000) * 10_000
        const known = expected.get(start) ?? { n: 0, least: id }
        expected.set(start, { n: known.n + 1, least: known.least })
      }
      const final = [...expected].filter(([start]) => start + 10_000 <= lastMs - 10_000)
      t.deepEqual(
        rows.map((row) => [Number(row['start']), { n: Number(row['n']), least: Number(row['least']) }]),
        final,
      )
    })
  }))
