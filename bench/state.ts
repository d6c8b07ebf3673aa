import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import type { StreamingQuery } from '../api/stream/streaming-query.js'
import { createTopic } from '../examples/support/create-topic.js'
import { startBroker } from './kafka/broker.js'
import { col, functions as F, lit, Session } from './packaged.js'
import { median, writeResult } from './report.js'

const KEYS_OF_RECORD = 10_000_000
const KEYS = Number(process.env['STATE_KEYS'] ?? KEYS_OF_RECORD)
const FEW_KEYS = 10_000
const BATCH = 1000
const BATCHES = 20
/** So many records at a time make the state. */
const LOADED_AT_ONCE = 1_000_000
const PARTITIONS = 4
/** With keys of this length, ten million of them are a state of about a gigabyte. */
const KEY_LENGTH = 80

/** What batches of a thousand records cost with few keys in the state and with many. */
export interface StateCosts {
  readonly keys: number
  /** Of whole batches, and of what their tasks do. */
  readonly batchMs: readonly number[]
  readonly taskMs: readonly number[]
  /** Of files of state that a batch wrote. */
  readonly writtenBytes: readonly number[]
  readonly memoryBytes: number
  readonly stateBytes: number
  /** The first batch of a new session, in which the state is read again. */
  readonly restoreMs: number
  /** The same batch when the state was in memory. */
  readonly afterRestoreMs: number
}

/** Groups counted by key, in batches of a thousand records of keys chosen evenly: ten thousand keys, then many. */
export async function benchState(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const broker = await startBroker(false, directory)
  try {
    const few = await measure(broker.servers, directory, FEW_KEYS)
    const many = await measure(broker.servers, directory, KEYS)
    writeResult({
      name: 'state',
      title: `Batches of ${BATCH.toLocaleString('en')} records into a state of counts by keys of ${KEY_LENGTH} bytes, two threads`,
      text: renderState(few, many),
      data: { few, many },
      isOfRecord: KEYS === KEYS_OF_RECORD,
    })
  } finally {
    await broker.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

export function renderState(few: StateCosts, many: StateCosts): string {
  const mib = (bytes: number): string => (bytes / 1024 ** 2).toFixed(bytes < 1024 ** 2 ? 2 : 0)
  const row = ({ keys, batchMs, taskMs, writtenBytes, memoryBytes, stateBytes, restoreMs }: StateCosts): string =>
    `| ${[
      keys.toLocaleString('en'),
      ...[median(batchMs), median(taskMs)].map((ms) => ms.toFixed(0)),
      ...[median(writtenBytes), memoryBytes, stateBytes].map(mib),
      (restoreMs / 1000).toFixed(1),
    ].join(' | ')} |`
  const ratio = median(many.batchMs) / median(few.batchMs)
  const written = median(many.writtenBytes) / Math.max(1, median(few.writtenBytes))
  return [
    '| keys | batch ms | of which tasks ms | written MiB | in memory MiB | on disk MiB | first batch after a restart s |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    row(few),
    row(many),
    '',
    `A batch with many keys / with few: ${ratio.toFixed(2)} (at most 2 is wanted); bytes that it writes: ${written.toFixed(2)}`,
  ].join('\n')
}

async function measure(servers: string, directory: string, keys: number): Promise<StateCosts> {
  const topic = `keys-${keys}`
  const checkpoint = join(directory, `checkpoint-${keys}`)
  const kafka = new kafkajs.Kafka({ brokers: [servers], logLevel: kafkajs.logLevel.NOTHING })
  await createTopic(kafka, topic, PARTITIONS)
  const running = await withQuery(servers, topic, checkpoint, async (query, send) => {
    for (let from = 0; from < keys; from += LOADED_AT_ONCE) {
      await send(from, Math.min(keys, from + LOADED_AT_ONCE), 1)
      await query.processAllAvailable()
    }
    const batches: { readonly ms: number; readonly tasks: number; readonly written: number }[] = []
    for (let batch = 0; batch < BATCHES; batch++) batches.push(await oneBatch(query, send, keys, checkpoint))
    const { memoryUsedBytes } = query.lastProgress!.stateOperators[0]!
    return { batches, memoryUsedBytes }
  })
  const restarted = await withQuery(servers, topic, checkpoint, async (query, send) => {
    const first = await oneBatch(query, send, keys, checkpoint)
    return { first, second: await oneBatch(query, send, keys, checkpoint) }
  })
  const { batches, memoryUsedBytes } = running
  return {
    keys,
    batchMs: batches.map(({ ms }) => ms),
    taskMs: batches.map(({ tasks }) => tasks),
    writtenBytes: batches.map(({ written }) => written),
    memoryBytes: memoryUsedBytes,
    stateBytes: stateBytesOf(checkpoint),
    restoreMs: restarted.first.ms,
    afterRestoreMs: restarted.second.ms,
  }
}

type Send = (from: number, until: number, step: number) => Promise<void>

/** A session with the query; `send` writes records with every so many keys of a range. */
async function withQuery<T>(
  servers: string,
  topic: string,
  checkpoint: string,
  body: (query: StreamingQuery, send: Send) => Promise<T>,
): Promise<T> {
  const session = await Session.builder().master('local[2]').config('shuffle.partitions', 2).create()
  const server = { 'kafka.bootstrap.servers': servers }
  try {
    const query = await session.readStream
      .format('kafka')
      .options({ ...server, subscribe: topic, startingOffsets: 'earliest' })
      .load()
      .groupBy(col('value').as('key'))
      .agg(F.count().as('n'))
      // No group is so large: what is measured is the state, not a sink.
      .filter(col('n').lt(0))
      .writeStream.outputMode('update')
      .foreachBatch(() => undefined)
      .option('checkpointLocation', checkpoint)
      .start()
    const send: Send = async (from, until, step) => {
      const key = F.lpad(F.concat(lit('key '), col('id').cast('string')), KEY_LENGTH, lit('.'))
      const rows = session.range(from, until, step).select(key.as('value'))
      await rows.write
        .format('kafka')
        .mode('append')
        .options({ ...server, topic })
        .save()
    }
    const result = await body(query, send)
    await query.stop()
    return result
  } finally {
    await session.stop()
  }
}

/** A batch of records whose keys lie all over the state. */
async function oneBatch(query: StreamingQuery, send: Send, keys: number, checkpoint: string) {
  const before = stateBytesOf(checkpoint)
  const last = query.lastProgress?.batchId ?? -1
  await send(0, keys, Math.max(1, Math.floor(keys / BATCH)))
  await query.processAllAvailable()
  const batches = query.recentProgress.filter(({ batchId }) => batchId > last)
  const sum = (of: (progress: (typeof batches)[number]) => number): number =>
    batches.reduce((total, progress) => total + of(progress), 0)
  return {
    ms: sum(({ batchDuration }) => batchDuration),
    tasks: sum(({ durationMs }) => durationMs.addBatch ?? 0),
    written: Math.max(0, stateBytesOf(checkpoint) - before),
  }
}

function stateBytesOf(checkpoint: string): number {
  const folder = join(checkpoint, 'state')
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  )
}
