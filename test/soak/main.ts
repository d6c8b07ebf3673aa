/**
 * `npm run soak -- [minutes]`: streams of every sink and operator run for twenty minutes, or as long as told, while events come steadily. Memory,
 * descriptors, files of checkpoints and times of batches have to stay as they were after the warm-up; a table tells.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { median } from '../../bench/report.js'
import { startBrokerProcess } from '../../examples/fraud/broker-process.js'
import { kafkaClient } from '../support/kafka-client.js'
import { pause } from '../torture/driver-process.js'
import { descriptors, filesBelow, type Measures, PROCESSOR, trendsOf, trendTable } from './measures.js'
import { startQueries } from './queries.js'

const minutes = Number(process.argv[2] ?? 20)
if (!(minutes > 0)) {
  process.stderr.write('usage: npm run soak -- [minutes]\n')
  process.exit(2)
}
const SAMPLES = 60
const EVENTS_A_TURN = 100
const TURN_MS = 100

const folder = await mkdtemp(join(tmpdir(), 'millrace-soak-'))
const broker = await startBrokerProcess(join(folder, 'broker'))
const kafka = kafkaClient(broker.servers)
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
const session = await Session.builder()
  .master('local[2]')
  .config('log.level', 'warn')
  .config('shuffle.partitions', 2)
  .config('streaming.minBatchesToRetain', 10)
  .create()

let nextId = 0
async function produce(): Promise<void> {
  const messages = Array.from({ length: EVENTS_A_TURN }, () => {
    const id = nextId++
    return { value: JSON.stringify({ id: id - (id % 20 === 0 ? 1 : 0), at: Date.now(), name: `name ${id % 997}` }) }
  })
  await producer.send({ topic: 'events', messages })
}

let told = { processor: process.cpuUsage(), events: 0 }

/** What the process took of the processors since the last sample, for each batch of any query and each event. */
function processorTime(batches: number): Measures {
  const { user, system } = process.cpuUsage(told.processor)
  const events = nextId - told.events
  told = { processor: process.cpuUsage(), events: nextId }
  return {
    [PROCESSOR.ofBatch]: (user + system) / Math.max(1, batches),
    [PROCESSOR.ofEvent]: (user + system) / Math.max(1, events),
  }
}

/** What the queries have taken since the last sample, and what this process holds. */
function sample(queries: readonly StreamingQuery[], sinceBatch: Map<string, number>): Measures {
  let fresher = 0
  for (const { name, lastProgress } of queries) {
    const batchId = lastProgress?.batchId ?? -1
    fresher += batchId - (sinceBatch.get(name!) ?? -1)
  }
  const processor = processorTime(fresher)
  global.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const batches = queries.map(({ name, recentProgress }) => {
    const fresh = recentProgress.filter(({ batchId }) => batchId > (sinceBatch.get(name!) ?? -1))
    sinceBatch.set(name!, recentProgress.at(-1)?.batchId ?? -1)
    return [
      `${name} batch ms`,
      fresh.length === 0 ? 0 : median(fresh.map(({ batchDuration }) => batchDuration)),
    ] as const
  })
  const state = queries.flatMap(({ lastProgress }) => lastProgress?.stateOperators ?? [])
  return {
    'resident bytes': rss,
    'heap bytes': heapUsed,
    'external bytes': external,
    'state bytes': state.reduce((sum, { memoryUsedBytes }) => sum + memoryUsedBytes, 0),
    ...descriptors(),
    files: filesBelow(
      join(folder, 'checkpoints'),
      ...['parquet', 'json', 'csv'].map((name) => join(folder, 'out', name, '_millrace_metadata')),
    ),
    ...processor,
    ...Object.fromEntries(batches),
  }
}

const samples: Measures[] = []
let isOver = false
try {
  await producer.connect()
  await produce()
  const queries = await startQueries(session, { servers: broker.servers, folder })
  const producing = (async () => {
    while (!isOver) {
      await produce()
      await pause(TURN_MS)
    }
  })()
  const sinceBatch = new Map<string, number>()
  for (let i = 0; i < SAMPLES; i++) {
    await Promise.race([pause((minutes * 60_000) / SAMPLES), producing])
    for (const { exception } of queries) if (exception) throw exception
    samples.push(sample(queries, sinceBatch))
  }
  isOver = true
  await producing
  const trends = trendsOf(samples)
  const batches = queries.map(({ name, lastProgress }) => `${name} ${lastProgress?.batchId}`)
  process.stdout.write(
    `${minutes} minutes, ${nextId} events, last batches: ${batches.join(', ')}\n\n${trendTable(trends)}\n`,
  )
  process.exitCode = trends.every(({ isFlat }) => isFlat) ? 0 : 1
} finally {
  isOver = true
  await session.stop()
  await producer.disconnect()
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
}
