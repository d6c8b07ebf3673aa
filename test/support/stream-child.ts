/**
 * A streaming program to be killed: Kafka → JSON → Parquet, rows as they are, counted by window (`joined`: after a join with themselves) or by
 * session, or by the state and timers of a class (`states`) or by a function that gets the state of each window (`groups`), or counts of groups into a file for each batch (`batches`), or rows as they are into another topic (`topic`). It says each batch it has finished, and the condition that it fails with.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyRow, Column, DataFrame, MillraceError } from '../../api/index.js'
import { api } from './bundled-api.js'

const { col, functions: F, Session, StatefulProcessor } = api

const [servers, topic, output, checkpoint, kind] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  'rows' | 'windows' | 'joined' | 'sessions' | 'states' | 'groups' | 'batches' | 'topic',
]

const session = await Session.builder()
  .master(process.env['MASTER'] ?? 'local[2]')
  .config('log.level', 'error')
  .config('shuffle.partitions', process.env['PARTITIONS'] ?? '0')
  .getOrCreate()
/** In how many parts a batch is read at least: few records would else be read by one task, and a batch into a topic would be one transaction. */
const parts = process.env['PARTS'] ?? (kind === 'topic' ? '3' : undefined)
const events = session.readStream
  .format('kafka')
  .option('kafka.bootstrap.servers', servers)
  .option('subscribe', topic)
  .option('startingOffsets', 'earliest')
  // The same number for each of three partitions, so that a batch has all of it.
  .option('maxOffsetsPerTrigger', kind === 'batches' ? 402 : 300)
  .options(parts === undefined ? {} : { minPartitions: parts })
  .load()
  .select(F.fromJson(col('value').cast('string'), 'id bigint, ts bigint').as('e'))
  .select('e.*')
const timed = events.withColumn('at', F.timestampMillis('ts')).withWatermark('at', '10 seconds').toDF()
const counted = (rows: DataFrame<AnyRow>, ...keys: readonly Column[]) =>
  rows
    .groupBy(...keys)
    .agg(F.count().as('n'), F.min('id').as('least'))
    .select(F.unixMillis(col('w').getField('start')).as('start'), col('n'), col('least'))
    .toDF()
const window = F.window('at', '10 seconds').as('w')
/** Each row with the next one, which comes later; the last one has none. */
const paired = timed
  .alias('a')
  .join(timed.alias('b'), F.expr('a.id + 1 = b.id and b.at between a.at and a.at + interval 1 second'), 'left')
/** The same windows by hand: a map of those that are open, a list of their ids, a value, and a timer for each. */
class Windows extends StatefulProcessor {
  readonly open = this.getHandle().getMapState('open', 'start bigint', 'n bigint')
  readonly ids = this.getHandle().getListState('ids', 'id bigint')
  readonly last = this.getHandle().getValueState('last', 'start bigint')

  override handleInputRows(_: readonly unknown[], rows: Iterable<AnyRow>): void {
    for (const { id, ts } of rows) {
      const start = ((ts as bigint) / 10_000n) * 10_000n
      if (this.last.get()?.start !== start) this.getHandle().registerTimer(Number(start) + 10_000)
      this.last.update({ start })
      this.open.updateValue({ start }, { n: (this.open.getValue({ start })?.n ?? 0n) + 1n })
      this.ids.appendValue({ id: id as bigint })
    }
  }

  override *handleExpiredTimer(
    _: readonly unknown[],
    __: unknown,
    timer: { getExpiryTimeInMs(): number },
  ): Generator<object> {
    const start = BigInt(timer.getExpiryTimeInMs() - 10_000)
    const { n } = this.open.getValue({ start })!
    // Ids come in their order, 50 ms from each other.
    const ids = [...this.ids.get()].map(({ id }) => id!).toSorted((a, b) => Number(a - b))
    const own = ids.filter((id) => id < (BigInt(timer.getExpiryTimeInMs()) - 1_700_000_000_000n) / 50n)
    this.open.removeKey({ start })
    this.ids.put(ids.slice(own.length).map((id) => ({ id })))
    yield { start, n, least: own[0] }
  }
}

const states = () =>
  timed
    .groupBy(col('id').mod(2))
    .transformWithState(Windows, 'start bigint, n bigint, least bigint', { timeMode: 'eventTime' })

/** The same windows as groups, which time out when they are final. */
const windows = () =>
  timed.groupBy(F.expr('ts div 10000')).flatMapGroupsWithState(
    function* ([number], rows, state) {
      const start = (number as bigint) * 10_000n
      if (state.hasTimedOut()) {
        yield { start, ...state.get() }
        state.remove()
        return
      }
      let { n, least } = state.getOption() ?? { n: 0n, least: null }
      for (const { id } of rows) {
        n++
        if (least === null || (id as bigint) < least) least = id as bigint
      }
      state.update({ n, least })
      state.setTimeoutTimestamp(Number(start) + 10_000)
    },
    'start bigint, n bigint, least bigint',
    'n bigint not null, least bigint',
    { outputMode: 'append', timeoutConf: 'eventTime' },
  )

/** Each is made only where it is asked for: to read the code of a class or a function takes a tenth of a start. */
const frames: Readonly<Record<Exclude<typeof kind, 'topic'>, () => DataFrame<AnyRow>>> = {
  rows: () => events.toDF(),
  windows: () => counted(timed, window),
  joined: () => counted(paired.select('a.at', 'a.id').toDF(), window),
  sessions: () => counted(timed, F.expr('id div 100').as('hundred'), F.sessionWindow('at', '1 second').as('w')),
  states: () => states().toDF(),
  groups: () => windows().toDF(),
  batches: () => counts.toDF(),
}
/** A batch has a file: it is there once, and whoever runs the batch again has the same to write. */
async function writeBatch(rows: readonly object[], batchId: number): Promise<void> {
  process.stdout.write(`wrote ${batchId}\n`)
  const path = join(output, `${batchId}.json`)
  const text = JSON.stringify(rows.map((row) => Object.values(row).map(Number)).toSorted(([a], [b]) => a! - b!))
  await writeFile(path, text, { flag: 'wx' }).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
    const known = await readFile(path, 'utf8')
    if (known !== text) throw new Error(`batch ${batchId} was ${known} and is ${text}`)
  })
}

const counts = events.groupBy(col('id').mod(7).as('group')).agg(F.count().as('n'), F.sum('id').as('ids'))
const intoTopic = () =>
  events
    .select(col('id').cast('string').as('value'))
    .writeStream.format('kafka')
    .option('kafka.bootstrap.servers', servers)
    .option('topic', output)
    .option('checkpointLocation', checkpoint)
    .trigger({ availableNow: true })
    .start()

const start = () => {
  if (kind === 'topic') return intoTopic()
  const writer = frames[kind]().writeStream.option('checkpointLocation', checkpoint).trigger({ availableNow: true })
  if (kind !== 'batches') return writer.format('parquet').outputMode('append').start(output)
  return writer
    .outputMode('update')
    .foreachBatch(async (batch, batchId) => writeBatch(await batch.collect(), batchId))
    .start()
}

const fail = (error: unknown): never => {
  const { condition, cause } = error as MillraceError
  process.stdout.write(`failed ${condition} ${api.MillraceError.is(cause) ? cause.condition : ''} ${String(error)}\n`)
  process.exit(1)
}
const query = await start().catch(fail)
let said = -1
const tell = (): void => {
  const batch = query.lastProgress?.batchId ?? -1
  if (batch !== said) process.stdout.write(`batch ${batch}\n`)
  said = batch
}
const ticker = setInterval(tell, 2)
await query.awaitTermination().catch(fail)
clearInterval(ticker)
await session.stop()
