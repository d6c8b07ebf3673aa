import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { col, functions as F, type Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, type Schema, STRING } from '../../columnar/types.js'
import { closeIdleClients } from '../../connectors/kafka/client/client-lease.js'
import { kafkaWriter } from '../../connectors/kafka/sink/writer.js'
import { kafkaSource } from '../../connectors/kafka/source/source.js'
import { eventually } from '../../examples/support/create-topic.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { describe, drained, openReader, readBatch, scan } from '../support/kafka.js'
import { freePorts, KafkaCluster } from '../support/kafka-cluster.js'
import { beforeBrokers, withBrokers } from '../support/real-kafka.js'
import { withSession } from '../support/sessions.js'

let cluster: KafkaCluster | undefined

beforeBrokers(async () => {
  cluster = await KafkaCluster.start(await freePorts(6), 3)
})

test.after.always(async () => {
  await closeIdleClients()
  await cluster?.stop()
})

const options = (more: Readonly<Record<string, string>>): Record<string, string> => ({
  'kafka.bootstrap.servers': cluster!.servers,
  ...more,
})

const numbered = (from: number, count: number, partitions: number, padding = 0) =>
  Array.from({ length: count }, (_, i) => ({
    partition: (from + i) % partitions,
    value: JSON.stringify({ id: from + i, padding: 'x'.repeat(padding) }),
  }))

const withDirectory = async (body: (directory: string) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-cluster-'))
  await body(directory).finally(() => rm(directory, { recursive: true, force: true }))
}

/** Reads a partition, and does something after the first batch of rows. */
async function readThrough(topic: string, more: Record<string, string>, meanwhile: () => Promise<void>) {
  const source = await describe(options({ subscribe: topic, ...more }))
  const [split] = await kafkaSource.planSplits(scan(source))
  const memory = new LinearMemory()
  const reader = await openReader(source, split!, memory)
  const first = await reader.next()
  await meanwhile()
  return { first: first!.rows, rest: await drained(reader, memory) }
}

async function ids(session: Session, path: string): Promise<readonly number[]> {
  const rows = await session.read.parquet(path).select('id').orderBy('id').collect()
  return rows.map((row) => Number(row['id']))
}

async function startStream(session: Session, topic: string, directory: string, more: Record<string, string> = {}) {
  return await session.readStream
    .format('kafka')
    .options(options({ subscribe: topic, startingOffsets: 'earliest', maxOffsetsPerTrigger: '500', ...more }))
    .load()
    .select(F.fromJson(col('value').cast('string'), 'id bigint').as('e'))
    .select('e.*')
    .writeStream.format('parquet')
    .outputMode('append')
    .option('checkpointLocation', join(directory, 'checkpoint'))
    .trigger({ processingTime: '0 seconds' })
    .start(join(directory, 'out'))
}

const afterBatch = (query: StreamingQuery, batchId: number): Promise<void> =>
  eventually(async () => {
    if (!query.isActive) throw query.exception ?? new Error('the query has ended')
    if ((query.lastProgress?.batchId ?? -1) < batchId) throw new Error(`batch ${batchId} is not done yet`)
  })

const counting = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const NEEDS = '(needs MILLRACE_TEST_KAFKA and Java)'

withBrokers(`a batch read goes on when its partition moves to other brokers ${NEEDS}`, async (t) => {
  await cluster!.createTopic('moved', [[1]])
  await cluster!.produce('moved', numbered(0, 40_000, 1, 400))
  const { first, rest } = await readThrough('moved', {}, () => cluster!.move('moved', 0, [2]))
  t.deepEqual(
    rest.map(({ offset }) => Number(offset)),
    counting(40_000).slice(first),
  )
})

withBrokers(
  `a batch read and a stream have every record once when a partition moves and a leader is killed, and go on after the whole cluster was down ${NEEDS}`,
  (t) =>
    withDirectory(async (directory) => {
      await cluster!.createTopic('read', [[1, 2]])
      await cluster!.produce('read', numbered(0, 40_000, 1, 400))
      const topic = 'streamed'
      await cluster!.createTopic(topic, [
        [1, 2],
        [2, 3],
        [3, 1],
      ])
      await cluster!.produce(topic, numbered(0, 8000, 3))
      const out = join(directory, 'out')
      await withSession('local[2]', async (session) => {
        const patient = await startStream(session, topic, directory)
        await afterBatch(patient, 1)
        await cluster!.move(topic, 1, [3, 2])
        const { first, rest } = await readThrough('read', {}, () => cluster!.kill(1))
        t.deepEqual(
          rest.map(({ offset }) => Number(offset)),
          counting(40_000).slice(first),
        )
        await cluster!.produce(topic, numbered(8000, 1000, 3))
        await patient.processAllAvailable()
        await patient.stop()
        t.deepEqual(await ids(session, out), counting(9000))

        await cluster!.produce(topic, numbered(9000, 3000, 3))
        const impatient = await startStream(session, topic, directory, { 'kafka.default.api.timeout.ms': '2000' })
        await afterBatch(impatient, (patient.lastProgress?.batchId ?? 0) + 1)
        await cluster!.kill()
        await t.throwsAsync(impatient.awaitTermination(60_000), { message: /KAFKA_UNAVAILABLE/ })
        const read = readThrough('read', { 'kafka.default.api.timeout.ms': '1000' }, () => Promise.resolve())
        t.like(await t.throwsAsync(read), { condition: 'KAFKA_UNAVAILABLE' })
        await cluster!.startAgain()
        const last = await startStream(session, topic, directory)
        await last.processAllAvailable()
        await last.stop()
        t.deepEqual(await ids(session, out), counting(12_000))
      })
    }),
)

withBrokers(`a sink writes every record once when the leader it writes to is killed ${NEEDS}`, async (t) => {
  await cluster!.createTopic('written', [
    [1, 2],
    [3, 1],
  ])
  const schema: Schema = { fields: [field('value', STRING)] }
  const memory = new LinearMemory()
  const signal = new AbortController().signal
  const context = { memory, kernels: memory.kernels, signal, partition: 0, attempt: 0 }
  const write = {
    provider: 'kafka',
    options: options({ topic: 'written' }),
    mode: 'append',
    schema,
    jobId: 'j',
  } as const
  const writer = await kafkaWriter.openWriter(write, context)
  const [blocks, rows] = [40, 5000]
  let killing: Promise<void> | undefined
  for (let block = 0; block < blocks; block++) {
    const some = Array.from({ length: rows }, (_, i) => ({ value: `${block * rows + i}`.padEnd(200, ' ') }))
    await writer.write(blockFromRows(schema, some))
    if (block === 10) killing = cluster!.kill(1)
  }
  await writer.prepare()
  await killing
  const values = (await readBatch(options({ subscribe: 'written' }))).map(({ value }) => Number(value))
  t.deepEqual(
    values.toSorted((a, b) => a - b),
    counting(blocks * rows),
  )
})
