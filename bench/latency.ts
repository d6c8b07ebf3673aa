import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import kafkajs from 'kafkajs'
import { groupBy } from '../common/group-by.js'
import { createTopic } from '../examples/support/create-topic.js'
import { type Broker, startBroker } from './kafka/broker.js'
import type { Guarantee } from './kafka/stream-sink.js'
import { Session } from './packaged.js'
import { median, writeResult } from './report.js'

const RATE = 10_000
const SECONDS_OF_RECORD = 20
const SECONDS = Number(process.env['LATENCY_SECONDS'] ?? SECONDS_OF_RECORD)
/** Of each guarantee in turn, so that neither always has what others do on the machine. */
const ROUNDS = 2
const PARTITIONS = 4
const GUARANTEES: readonly Guarantee[] = ['at-least-once', 'exactly-once']
const LOAD = fileURLToPath(new URL('./kafka/latency-load.js', import.meta.url))

/** How long records are on their way from topic to topic, and what a small batch takes. */
export interface Latency {
  readonly guarantee: Guarantee
  readonly latenciesMs: readonly number[]
  readonly batchesMs: readonly number[]
}

/** A stream from topic to topic at a steady rate: the time from producing a record to consuming it again, committed. */
export async function benchLatency(flags: ReadonlySet<string>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))
  try {
    const broker = await startBroker(flags.has('--real'), directory)
    try {
      // Code of the broker and of the engine that has not run often is slow: without this the guarantee that is first looked slower than the other.
      await measure(broker, directory, { guarantee: 'exactly-once', name: 'warm-up', seconds: 0 })
      const measured: Latency[] = []
      for (let round = 0; round < ROUNDS; round++)
        for (const guarantee of GUARANTEES)
          measured.push(
            await measure(broker, directory, { guarantee, name: `${guarantee}-${round}`, seconds: SECONDS }),
          )
      writeResult({
        name: flags.has('--real') ? 'latency-real' : 'latency',
        title: `${RATE.toLocaleString('en')} records a second from topic to topic, two threads, ${broker.kind}`,
        text: renderLatency(measured),
        data: inAll(measured).map(({ guarantee, ...of }) => ({ guarantee, ...summary(of) })),
        isOfRecord: SECONDS === SECONDS_OF_RECORD && process.env['MILLRACE_TEST_KAFKA'] === undefined,
      })
    } finally {
      await broker.stop()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export function renderLatency(measured: readonly Latency[]): string {
  const rows = inAll(measured).map(({ guarantee, ...of }) => {
    const { p50, p99, most, batch } = summary(of)
    return `| ${[guarantee, ...[p50, p99, most, batch].map((ms) => ms.toFixed(1))].join(' | ')} |`
  })
  return [
    '| guarantee | median ms | p99 ms | longest ms | a batch ms |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'From produce to consume at most 40 ms are wanted at p99.',
  ].join('\n')
}

/** All rounds of each guarantee as one. */
const inAll = (measured: readonly Latency[]): readonly Latency[] =>
  [...groupBy(measured, ({ guarantee }) => guarantee)].map(([guarantee, rounds]) => ({
    guarantee,
    latenciesMs: rounds.flatMap(({ latenciesMs }) => latenciesMs),
    batchesMs: rounds.flatMap(({ batchesMs }) => batchesMs),
  }))

function summary({
  latenciesMs,
  batchesMs,
}: Omit<Latency, 'guarantee'>): Record<'p50' | 'p99' | 'most' | 'batch', number> {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  return { p50: at(0.5), p99: at(0.99), most: sorted.at(-1)!, batch: median(batchesMs) }
}

interface Round {
  readonly guarantee: Guarantee
  readonly name: string
  /** How long is measured, behind the seconds in which the query itself is cold. */
  readonly seconds: number
}

async function measure({ servers }: Broker, directory: string, { guarantee, name, seconds }: Round): Promise<Latency> {
  const [from, to] = [`from-${name}`, `to-${name}`]
  const kafka = new kafkajs.Kafka({ brokers: servers.split(','), logLevel: kafkajs.logLevel.NOTHING })
  for (const topic of [from, to]) await createTopic(kafka, topic, PARTITIONS)
  const session = await Session.builder().master('local[2]').create()
  try {
    const server = { 'kafka.bootstrap.servers': servers }
    const query = await session.readStream
      .format('kafka')
      .options({ ...server, subscribe: from, startingOffsets: 'earliest' })
      .load()
      .select('value')
      .writeStream.format('kafka')
      .options({ ...server, topic: to, deliveryGuarantee: guarantee })
      .option('checkpointLocation', join(directory, `checkpoint-${name}`))
      .start()
    const args = [LOAD, servers, from, to, String(RATE), String(seconds)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 28 })
    const { sent, arrived, latencies } = JSON.parse(stdout) as { sent: number; arrived: number; latencies: number[] }
    const batchesMs = query.recentProgress.map(({ batchDuration }) => batchDuration)
    await query.stop()
    if (arrived !== sent) throw new Error(`${arrived} of ${sent} records arrived`)
    return { guarantee, latenciesMs: latencies, batchesMs }
  } finally {
    await session.stop()
  }
}
