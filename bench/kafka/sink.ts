import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import type { AnyRow, DataFrame } from '../../api/index.js'
import { createTopic } from '../../examples/support/create-topic.js'
import { col, functions as F, lit, Session } from '../packaged.js'
import { median, writeResult } from '../report.js'
import { type Broker, kafkaJars, startBroker } from './broker.js'
import { type Guarantee, streamInto } from './stream-sink.js'

const RECORDS_OF_RECORD = 4_000_000
const RECORDS = Number(process.env['KAFKA_RECORDS'] ?? RECORDS_OF_RECORD)
const PARTITIONS = 4
const RUNS = 3
const GUARANTEES: readonly Guarantee[] = ['exactly-once', 'at-least-once']
/** Lines of which Java's tool chooses by chance. */
const SAMPLES = 10_000

/** Rows of a cached table, and of a stream with and without transactions, through the Kafka sink into Apache Kafka, beside Java's ProducerPerformance with records alike. */
export async function benchKafkaSink(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const broker = await startBroker(true, directory)
    try {
      await measure(broker, directory)
    } finally {
      await broker.stop()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure({ kind, servers }: Broker, directory: string): Promise<void> {
  const session = await Session.builder().master('local[2]').getOrCreate()
  const rates: number[] = []
  const java: number[] = []
  const streamed: Record<Guarantee, number[]> = { 'exactly-once': [], 'at-least-once': [] }
  const samples = join(directory, 'samples')
  let bytes = 0
  try {
    const table = recordsOf(session).cache()
    bytes = Number((await table.agg(F.sum(F.length('value')).as('n')).collect())[0]!['n'])
    const some = await table.limit(SAMPLES).collect()
    writeFileSync(samples, some.map((row) => `${String(row['value'])}\n`).join(''))
    for (let run = 0; run < RUNS; run++) {
      const from = await newTopic(servers, `sink-${Date.now()}`)
      rates.push(await write(table, servers, from))
      for (const guarantee of GUARANTEES) {
        const to = await newTopic(servers, `${guarantee}-${Date.now()}`)
        streamed[guarantee].push(
          await streamInto(session, servers, { from, to, records: RECORDS, guarantee, directory }),
        )
      }
      const rate = produceWithJava(servers, await newTopic(servers, `java-${Date.now()}`), samples)
      if (rate !== undefined) java.push(rate)
    }
  } finally {
    await session.stop()
  }
  report(kind, bytes / RECORDS, rates, java, streamed)
}

function report(
  kind: string,
  size: number,
  rates: readonly number[],
  java: readonly number[],
  streamed: Readonly<Record<Guarantee, readonly number[]>>,
): void {
  const [once, least] = GUARANTEES.map((guarantee) => median(streamed[guarantee])) as [number, number]
  const millions = (rate: number): string => (rate / 1e6).toFixed(2)
  const row = (contender: string, runs: readonly number[]): string =>
    `| ${contender} | ${millions(median(runs))} | ${runs.map(millions).join(', ')} |`
  const lines = [
    '|  | M records/s | runs |',
    '| --- | --- | --- |',
    row('Millrace: a cached table into the topic, two threads', rates),
    ...GUARANTEES.map((guarantee) => row(`Millrace: a stream from topic to topic, ${guarantee}`, streamed[guarantee])),
    ...(java.length > 0 ? [row('Java ProducerPerformance: batches of 256 KiB, linger 20 ms', java)] : []),
    '',
    `A stream with transactions / without: ${(once / least).toFixed(2)} (at least 0.9 is wanted)`,
    java.length > 0
      ? `Millrace / Java: ${(median(rates) / median(java)).toFixed(2)} (above 1: more records)`
      : 'Java ProducerPerformance was not measured: no figures from it here.',
  ]
  writeResult({
    name: 'kafka-sink',
    title: `${RECORDS.toLocaleString('en')} JSON records of ${size.toFixed(0)} bytes into ${PARTITIONS} partitions, acks=all, ${kind}`,
    text: lines.join('\n'),
    data: { records: RECORDS, rates, java, streamed },
    isOfRecord: RECORDS === RECORDS_OF_RECORD && process.env['MILLRACE_TEST_KAFKA'] === undefined,
  })
}

function recordsOf(session: Session): DataFrame<AnyRow> {
  return session
    .range(RECORDS)
    .select(
      col('id').multiply(7919).mod(100_000).as('user_id'),
      col('id').plus(1_700_000_000_000).as('ts'),
      lit('click').as('type'),
      col('id').multiply(31).mod(100_000).as('amount'),
      col('id').mod(500).as('page'),
    )
    .select(F.toJson(F.struct('*')).as('value'))
    .toDF()
}

/** @returns records a second, to the last acknowledgement */
async function write(table: DataFrame<AnyRow>, servers: string, topic: string): Promise<number> {
  const began = performance.now()
  await table.write.format('kafka').mode('append').options({ 'kafka.bootstrap.servers': servers, topic }).save()
  return (RECORDS / (performance.now() - began)) * 1000
}

async function newTopic(servers: string, topic: string): Promise<string> {
  const kafka = new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  await createTopic(kafka, topic, PARTITIONS)
  return topic
}

function produceWithJava(servers: string, topic: string, samples: string): number | undefined {
  const jars = kafkaJars()
  if (jars === undefined) return undefined
  const settings = [`bootstrap.servers=${servers}`, 'acks=all', 'batch.size=262144', 'linger.ms=20']
  const { status, stdout } = spawnSync('java', [
    ...['-cp', jars, 'org.apache.kafka.tools.ProducerPerformance'],
    ...['--topic', topic, '--num-records', String(RECORDS), '--throughput', '-1', '--payload-file', samples],
    ...['--producer-props', ...settings],
  ])
  return status === 0 ? producerRate(stdout.toString()) : undefined
}

/** Records a second out of the last line that ProducerPerformance prints, which is about all of them. */
export function producerRate(printed: string): number | undefined {
  const last = printed.trim().split('\n').at(-1) ?? ''
  const rate = Number(/ ([\d.]+) records\/sec/.exec(last)?.[1])
  return rate > 0 ? rate : undefined
}
