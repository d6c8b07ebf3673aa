import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs from 'kafkajs'
import { append } from '../common/append.js'
import { createTopic } from '../examples/support/create-topic.js'
import { type Broker, kafkaJars, startBroker } from './kafka/broker.js'
import { col, functions as F, Session } from './packaged.js'
import { median, writeResult } from './report.js'

const RECORDS_OF_RECORD = 2_000_000
const RECORDS = Number(process.env['KAFKA_RECORDS'] ?? RECORDS_OF_RECORD)
const PARTITIONS = 4
const SESSIONS = 3
const LATER_RUNS = 2
const TYPES = ['click', 'view', 'purchase', 'login']

/**
 * Kafka → JSON → 10-second windows: a topic of JSON records is drained by an `availableNow` query on two threads, the broker in another
 * process of this machine: the embedded one, with `--real` Apache Kafka started here, or the one that `MILLRACE_TEST_KAFKA` names. Java's
 * ConsumerPerformance, which only consumes, is the rival where its jars are (test/support/start-kafka.sh fetches them).
 */
export async function benchKafka(flags: ReadonlySet<string>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const broker = await startBroker(flags.has('--real'), directory)
    try {
      await measure(broker, directory, flags.has('--real') ? 'kafka-real' : 'kafka')
    } finally {
      await broker.stop()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure({ kind, servers }: Broker, directory: string, name: string): Promise<void> {
  const topic = `bench-${Date.now()}`
  const bytes = await produce(servers, topic)
  const [first, later]: [number[], number[]] = [[], []]
  for (let n = 0; n < SESSIONS; n++) {
    const rates = await drains(servers, topic, join(directory, `checkpoints-${n}`))
    first.push(rates[0]!)
    append(later, rates.slice(1))
  }
  const java = Array.from({ length: SESSIONS }, () => consumeWithJava(servers, topic)).filter((r) => r !== undefined)
  const millions = (rate: number): string => (rate / 1e6).toFixed(2)
  const row = (contender: string, runs: readonly number[]): string =>
    `| ${contender} | ${millions(median(runs))} | ${runs.map(millions).join(', ')} |`
  const lines = [
    '|  | M records/s | runs |',
    '| --- | --- | --- |',
    row('Millrace: Kafka → JSON → windows, the first query of a session', first),
    row('Millrace: the same, later queries', later),
    ...(java.length > 0 ? [row('Java ConsumerPerformance: only consumes, joining its group left out', java)] : []),
    '',
    java.length > 0
      ? `Millrace / Java: first ${ratio(first, java)} (at least 1.3 is wanted), later ${ratio(later, java)} (at least 2)`
      : 'Java ConsumerPerformance was not measured: no figures from it here.',
  ]
  const size = (bytes / RECORDS).toFixed(0)
  writeResult({
    name,
    title: `${RECORDS.toLocaleString('en')} JSON records of ${size} bytes, ${PARTITIONS} partitions, ${kind}`,
    text: lines.join('\n'),
    data: { records: RECORDS, bytes, first, later, java },
    isOfRecord: RECORDS === RECORDS_OF_RECORD && process.env['MILLRACE_TEST_KAFKA'] === undefined,
  })
}

/** @returns the bytes of all values */
async function produce(servers: string, topic: string): Promise<number> {
  const kafka = new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  await createTopic(kafka, topic, PARTITIONS)
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  const base = 1_700_000_000_000
  let bytes = 0
  for (let at = 0; at < RECORDS; at += 10_000) {
    const messages = Array.from({ length: Math.min(10_000, RECORDS - at) }, (_, i) => {
      const n = at + i
      const value = `{"user_id":${(n * 7919) % 100_000},"ts":${base + n},"type":"${TYPES[n & 3]}","amount":${((n * 31) % 100_000) / 100},"page":"/p/${n % 500}"}`
      bytes += value.length
      return { partition: ((n / 1000) % PARTITIONS) | 0, value }
    })
    await producer.send({ topic, messages })
  }
  await producer.disconnect()
  return bytes
}

const ratio = (ours: readonly number[], theirs: readonly number[]): string => (median(ours) / median(theirs)).toFixed(2)

/** @returns the rates of the queries of a session, one after another */
async function drains(servers: string, topic: string, checkpoints: string): Promise<readonly number[]> {
  const session = await Session.builder().master('local[2]').getOrCreate()
  try {
    const rates: number[] = []
    for (let run = 0; run <= LATER_RUNS; run++)
      rates.push(await drain(session, servers, topic, join(checkpoints, String(run))))
    return rates
  } finally {
    await session.stop()
  }
}

/** @returns records a second, from starting the query to its end */
async function drain(session: Session, servers: string, topic: string, checkpoint: string): Promise<number> {
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
}

function consumeWithJava(servers: string, topic: string): number | undefined {
  const jars = kafkaJars()
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
  const { status, stdout } = spawnSync('java', args)
  if (status !== 0) return undefined
  return consumerRate(stdout.toString())
}

/** Records a second out of what ConsumerPerformance prints, joining its group left out, which is the better figure for it. */
export function consumerRate(printed: string): number | undefined {
  const [header, line] = printed
    .trim()
    .split('\n')
    .map((text) => text.split(', '))
  const rate = Number(line?.[header!.indexOf('fetch.nMsg.sec')])
  return Number.isFinite(rate) && rate > 0 ? rate : undefined
}
