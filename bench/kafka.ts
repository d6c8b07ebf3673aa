import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { col, functions as F, Session } from '../api/index.js'
import { startBroker } from '../connectors/kafka/broker/broker.js'
import { median, writeResults } from './report.js'

const RECORDS = Number(process.env['KAFKA_RECORDS'] ?? 2_000_000)
const PARTITIONS = 4
const RUNS = 3
const TYPES = ['click', 'view', 'purchase', 'login']

/**
 * Kafka → JSON → 10-second windows: a topic of JSON records of about 79 bytes is drained by an `availableNow` query on two threads, the
 * broker on the same machine. `MILLRACE_TEST_KAFKA` names a real broker; without it the embedded one is used. `KAFKA_JARS` (a class path)
 * adds Java's ConsumerPerformance, which only consumes, as a rival.
 */
export async function benchKafka(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  const real = process.env['MILLRACE_TEST_KAFKA']
  const broker = real === undefined ? await startBroker({ directory, port: 0 }) : undefined
  const servers = real ?? broker!.bootstrapServers
  try {
    const topic = `bench-${Date.now()}`
    await produce(servers, topic)
    const rates: number[] = []
    for (let run = 0; run < RUNS; run++) rates.push(await drain(servers, topic, join(directory, `checkpoint-${run}`)))
    const java = consumeWithJava(servers, topic)
    const kind = real === undefined ? 'embedded broker, in this process' : 'Apache Kafka'
    const lines = [
      `Kafka → JSON → windows, Millrace: ${(median(rates) / 1e6).toFixed(2)} M records/s (runs: ${rates.map((rate) => (rate / 1e6).toFixed(2)).join(', ')})`,
      java === undefined
        ? ''
        : `Java ConsumerPerformance, consuming only: ${(java / 1e6).toFixed(2)} M records/s; ratio ${(median(rates) / java).toFixed(2)}`,
    ].filter((line) => line !== '')
    writeResults(
      'kafka',
      `${RECORDS.toLocaleString('en')} JSON records, ${PARTITIONS} partitions, ${kind}`,
      lines.join('\n\n'),
      { rates, java },
    )
  } finally {
    await broker?.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function produce(servers: string, topic: string): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }] })
  await admin.disconnect()
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const base = 1_700_000_000_000
  for (let at = 0; at < RECORDS; at += 10_000) {
    const messages = Array.from({ length: Math.min(10_000, RECORDS - at) }, (_, i) => {
      const n = at + i
      const value = `{"user_id":${(n * 7919) % 100_000},"ts":${base + n},"type":"${TYPES[n & 3]}","amount":${((n * 31) % 100_000) / 100},"page":"/p/${n % 500}"}`
      return { partition: ((n / 1000) % PARTITIONS) | 0, value }
    })
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
}

/** @returns records a second, from starting the query to its end */
async function drain(servers: string, topic: string, checkpoint: string): Promise<number> {
  const session = await Session.builder().master('local[2]').getOrCreate()
  try {
    const began = performance.now()
    const query = await session.readStream
      .format('kafka')
      .option('kafka.bootstrap.servers', servers)
      .option('subscribe', topic)
      .option('startingOffsets', 'earliest')
      .load()
      .select(F.fromJson(col('value').cast('string'), 'ts bigint, type string, amount decimal(12,2)').as('e'))
      .select('e.*')
      .withColumn('at', F.timestampMillis('ts'))
      .withWatermark('at', '10 seconds')
      .groupBy(F.window('at', '10 seconds'), 'type')
      .agg(F.count().as('n'), F.sum('amount').as('amount'))
      .writeStream.format('memory')
      .queryName('out')
      .outputMode('update')
      .option('checkpointLocation', checkpoint)
      .trigger({ availableNow: true })
      .start()
    await query.awaitTermination()
    const seconds = (performance.now() - began) / 1000
    const counted = Number((await session.sql('select sum(n) as n from out').collect())[0]!['n'])
    if (counted !== RECORDS) throw new Error(`${counted} of ${RECORDS} records were counted`)
    return RECORDS / seconds
  } finally {
    await session.stop()
  }
}

function consumeWithJava(servers: string, topic: string): number | undefined {
  const jars = process.env['KAFKA_JARS']
  if (jars === undefined) return undefined
  const args = [
    '-cp',
    jars,
    'org.apache.kafka.tools.ConsumerPerformance',
    '--bootstrap-server',
    servers,
    '--topic',
    topic,
    '--messages',
    String(RECORDS),
  ]
  const [, line] = spawnSync('java', args).stdout.toString().trim().split('\n')
  const rate = Number(line?.split(',')[5])
  return Number.isFinite(rate) ? rate : undefined
}
