import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import kafkajs from 'kafkajs'
import { functions as F } from '../../api/index.js'
import { committedFiles } from '../../connectors/files/commit/commit-log-reader.js'
import { startBroker } from '../../connectors/kafka/broker/broker.js'
import { kafkaClient } from './kafka-client.js'
import { withSession } from './sessions.js'

/** How many records the program of stream-child.ts finds in its topic. */
export const RECORDS = 6000
export const START_MS = 1_700_000_000_000
export const STEP_MS = 50

export async function withRecords(body: (servers: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-killed-'))
  const broker = await startBroker({ directory: join(directory, 'broker'), port: 0, defaultPartitions: 3 })
  try {
    const kafka = kafkaClient(broker.bootstrapServers)
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

/** The final windows, each with its count and least id. @param behindMs how far event time is behind the watermark there */
export async function windowsAreOnceAndWhole(t: ExecutionContext, directory: string, behindMs = 0): Promise<void> {
  await withSession('local[2]', async (session) => {
    // A class gives one for each of its groups.
    const parts = session.read.parquet(join(directory, 'out')).groupBy('start')
    const rows = await parts.agg(F.sum('n').as('n'), F.min('least').as('least')).orderBy('start').collect()
    const lastMs = START_MS + (RECORDS - 1) * STEP_MS
    const expected = new Map<number, { n: number; least: number }>()
    for (let id = 0; id < RECORDS; id++) {
      const start = Math.floor((START_MS + id * STEP_MS) / 10_000) * 10_000
      const known = expected.get(start) ?? { n: 0, least: id }
      expected.set(start, { n: known.n + 1, least: known.least })
    }
    const final = [...expected].filter(([start]) => start + 10_000 <= lastMs - 10_000 - behindMs)
    t.deepEqual(
      rows.map((row) => [Number(row['start']), { n: Number(row['n']), least: Number(row['least']) }]),
      final,
    )
  })
}

/** No temporary file, and no data file that the log does not list. */
export async function nothingIsLeft(t: ExecutionContext, directory: string): Promise<void> {
  const names = await readdir(join(directory, 'out'), { recursive: true })
  t.deepEqual(
    names.filter((name) => name.endsWith('.tmp') || name.includes('_temporary')),
    [],
  )
  const data = names.filter((name) => name.endsWith('.parquet'))
  t.deepEqual(data.toSorted(), [...((await committedFiles(join(directory, 'out'))) ?? [])].toSorted())
}
