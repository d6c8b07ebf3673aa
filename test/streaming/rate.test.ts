import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import type { AnyRow, Session, Timestamp } from '../../api/index.js'
import { splitFromJson, timeOf } from '../../connectors/rate/offset.js'
import { rateOptions } from '../../connectors/rate/options.js'
import { RateStream } from '../../connectors/rate/stream.js'
import { valueAt } from '../../connectors/rate/value-at.js'
import { raised } from '../support/raised.js'
import { withSession } from '../support/sessions.js'

interface Told {
  readonly values: readonly (readonly [seconds: number, rate: number, rampUp: number, value: number])[]
  readonly streams: readonly {
    readonly options: Readonly<Record<string, string | number>>
    readonly batches: readonly { readonly seconds: number; readonly rows: readonly (readonly [number, number])[] }[]
  }[]
}

/** What Spark's source gave; see test/support/spark/rate.py. */
const spark = JSON.parse(await readFile(new URL('../../../test/data/spark/rate.json', import.meta.url), 'utf8')) as Told

test('as many numbers have come after so many seconds as in Spark', (t) => {
  for (const [seconds, rowsPerSecond, rampUpSeconds, value] of spark.values)
    t.is(valueAt(seconds, { rowsPerSecond, rampUpSeconds }), value, `${seconds} s of ${rowsPerSecond}`)
})

test('the batches of Spark between the same seconds have the same numbers and times', async (t) => {
  for (const { options, batches } of spark.streams) {
    const texts = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]))
    const full = batches.findIndex(({ rows }) => rows.length > 0)
    const startS = batches[full - 1]?.seconds ?? 0
    const sinceMs = batches[full]!.rows[0]![1] / 1000 - startS * 1000
    const clock = { ms: sinceMs }
    const stream = new RateStream(rateOptions(texts), () => clock.ms)
    let from = await stream.initialOffset()
    for (const { seconds, rows } of batches) {
      clock.ms = sinceMs + seconds * 1000 + 999
      const until = await stream.latestOffset(from, true)
      t.is(stream.shown(until), seconds)
      const splits = (await stream.planSplits(from, until, [], 2)).map(({ data }) => splitFromJson(data))
      const read = splits.flatMap((split) => {
        const numbers: number[] = []
        for (let value = split.first; value < split.end; value += split.step) numbers.push(value)
        return numbers.map((value) => [value, timeOf(value, split) * 1000] as const)
      })
      t.deepEqual(
        read.toSorted(([a], [b]) => a - b),
        rows,
      )
      from = until
    }
  }
})

test('a clock that is put back waits, and a goal is not passed', async (t) => {
  const clock = { ms: 50_000 }
  const stream = new RateStream(rateOptions({ rowsPerSecond: '5' }), () => clock.ms)
  const start = await stream.initialOffset()
  clock.ms += 3999
  const three = await stream.latestOffset(start, true)
  t.is(stream.shown(three), 3)
  clock.ms -= 2000
  t.is(await stream.latestOffset(three, true), three)
  t.is(stream.shown(await stream.latestOffset(start, true, three)), 1)
  clock.ms += 9000
  t.is(stream.shown(await stream.latestOffset(start, true, three)), 3)
  t.deepEqual(await stream.planSplits(three, three, [], 4), [])
})

type Batch = readonly AnyRow[]

/** Batches with rows of a stream, by their ids, until `enough` says so, or throws, which ends the stream with its error. The last one may not be committed. */
async function batchesOf(
  session: Session,
  options: Readonly<Record<string, string>>,
  checkpoint: string,
  enough: (count: number) => boolean,
): Promise<ReadonlyMap<number, Batch>> {
  const batches = new Map<number, Batch>()
  let settle!: () => void
  const isEnough = new Promise<void>((resolve) => {
    settle = resolve
  })
  const query = await session.readStream
    .format('rate')
    .options(options)
    .load()
    .writeStream.foreachBatch(async (batch, id) => {
      const rows = await batch.collect()
      if (rows.length > 0) batches.set(id, rows)
      if (enough(batches.size)) settle()
    })
    .option('checkpointLocation', checkpoint)
    .start()
  await Promise.race([isEnough, query.awaitTermination(60_000)]).catch(() => undefined)
  await query.stop()
  return batches
}

async function inFolder(body: (folder: string, session: Session) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-rate-'))
  try {
    await withSession('local[2]', (session) => body(folder, session))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

test('a stream has each number once, with times that rise evenly, over restarts', (t) =>
  inFolder(async (folder, session) => {
    const options = { rowsPerSecond: '20000', numPartitions: '3' }
    const first = await batchesOf(session, options, folder, (count) => count >= 1)
    const later = await batchesOf(session, options, folder, (count) => count >= 1)
    t.true(later.size > 0)
    for (const [id, rows] of later) if (first.has(id)) t.deepEqual(rows, first.get(id))
    const all = [...new Map([...first, ...later]).values()].flat()
    const values = all.map(({ value }) => value as bigint).toSorted((a, b) => Number(a - b))
    t.true(values.every((value, i) => value === BigInt(i)))
    const [batch] = first.values()
    const times = batch!
      .toSorted((a, b) => Number((a['value'] as bigint) - (b['value'] as bigint)))
      .map(({ timestamp }) => (timestamp as Timestamp).getTime())
    t.true(times.every((ms, i) => i === 0 || ms >= times[i - 1]!))
    t.is(times[20_000 - 1]! - times[0]!, 1000)
  }))

test('a batch that was not committed comes again with the same rows, also at another rate, and numbers go on behind it', (t) =>
  inFolder(async (folder, session) => {
    const failed = await batchesOf(session, { rowsPerSecond: '7' }, folder, (count) => {
      if (count > 0) throw new Error('not yet')
      return false
    })
    const again = await batchesOf(session, { rowsPerSecond: '900' }, folder, (count) => count >= 2)
    const [[id, rows]] = [...failed] as [[number, Batch]]
    t.deepEqual(again.get(id), rows)
    const next = [...again].find(([other]) => other > id)![1].map(({ value }) => Number(value))
    t.is(Math.min(...next), rows.length)
    t.is(next.length % 900, 0)
  }))

test('the source takes its options and nothing else, and is only streamed', (t) =>
  inFolder(async (_folder, session) => {
    const conditionOf = async (options: Readonly<Record<string, string>>, path: readonly string[] = []) => {
      const read = session.readStream.format('rate').options(options)
      const error = await raised(t, read.load(...path).schema(), 'INVALID_OPTION', 'UNSUPPORTED_FEATURE')
      return `${error.condition} ${error.parameters['option'] ?? ''}`
    }
    for (const [name, value] of [
      ['rowsPerSecond', '0'],
      ['rowsPerSecond', '-1'],
      ['rowsPerSecond', '1.5'],
      ['rampUpTime', 'soon'],
      ['rampUpTime', '-5s'],
      ['numPartitions', '0'],
    ] as const)
      t.is(await conditionOf({ [name]: value }), `INVALID_OPTION ${name}`)
    t.is(await conditionOf({ rowsPerMinute: '3' }), 'INVALID_OPTION rowsperminute')
    t.is(await conditionOf({}, ['/tmp']), 'UNSUPPORTED_FEATURE ')
    await t.throwsAsync(session.read.format('rate').load().count(), { message: /rate without readStream/ })
    t.deepEqual(await session.readStream.format('rate').load().dtypes(), [
      ['timestamp', 'timestamp'],
      ['value', 'bigint'],
    ])
    t.is(rateOptions({ RAMPUPTIME: '2 minutes' }).rampUpSeconds, 120)
    t.is(rateOptions({ rampUpTime: '7' }).rampUpSeconds, 7)
  }))
