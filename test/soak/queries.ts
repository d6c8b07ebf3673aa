import { join } from 'node:path'
import { type AnyRow, col, type DataFrame, functions as F, type Session, StatefulProcessor } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'

const DELAY = '5 seconds'
const KEYS = 500

/** Counts of names since their groups were last seen, which a timer tells and forgets. */
class Names extends StatefulProcessor {
  readonly seen = this.getHandle().getMapState('seen', 'name string', 'n bigint')

  override handleInputRows(
    _: readonly unknown[],
    rows: Iterable<AnyRow>,
    times: { getCurrentWatermarkInMs(): number },
  ): void {
    for (const { name } of rows) {
      const key = { name: name as string }
      this.seen.updateValue(key, { n: (this.seen.getValue(key)?.n ?? 0n) + 1n })
    }
    this.getHandle().registerTimer(times.getCurrentWatermarkInMs() + 1000)
  }

  override *handleExpiredTimer(): Generator<object> {
    for (const [{ name }, { n }] of this.seen.iterator()) yield { name, n }
    this.seen.clear()
  }
}

/** Where the queries read and write. */
export interface SoakPlace {
  readonly servers: string
  readonly folder: string
}

const ignore = (): void => undefined

/** Each operator that keeps state and each kind of sink, over events whose times are those of the clock, so that state comes and goes. */
export async function startQueries(
  session: Session,
  { servers, folder }: SoakPlace,
): Promise<readonly StreamingQuery[]> {
  const server = { 'kafka.bootstrap.servers': servers }
  const events = session.readStream
    .format('kafka')
    .options({ ...server, subscribe: 'events', startingOffsets: 'earliest', maxOffsetsPerTrigger: 20_000 })
    .load()
    .select(F.fromJson(col('value').cast('string'), 'id bigint, at bigint, name string').as('e'))
    .select('e.id', 'e.name', F.timestampMillis(col('e').getField('at')).as('at'))
  const marked = events.withWatermark('at', DELAY)
  const unique = marked.dropDuplicatesWithinWatermark(['id'])
  const byWindow = (frame: DataFrame<AnyRow>) =>
    frame
      .groupBy(F.window('at', '2 seconds').as('w'), col('id').mod(10).as('g'))
      .agg(F.count().as('n'), F.max('name').as('m'))
  const windows = byWindow(unique.toDF()).select(F.toJson(F.struct(col('g'), col('n'), col('m'))).as('value'))
  const others = marked.filter(col('id').mod(3).notEqual(0)).alias('b')
  const isNext = F.expr('a.id + 1 = b.id and b.at between a.at and a.at + interval 1 second')
  const pairs = marked.alias('a').join(others, isNext, 'left').select(col('a.id').as('id'), col('b.id').as('next'))
  const sessions = marked
    .groupBy(F.expr('id div 400 % 7').as('k'), F.sessionWindow('at', '1 second').as('w'))
    .agg(F.count().as('n'))
  const names = marked
    .groupBy(col('id').mod(20).as('g'))
    .transformWithState(Names, 'name string, n bigint', { timeMode: 'eventTime' })
  const counts = events
    .groupBy(col('id').mod(KEYS).as('k'))
    .agg(F.count().as('n'), F.approxCountDistinct('name').as('d'))
  const writer = (frame: DataFrame<AnyRow>, name: string, mode: 'append' | 'update' | 'complete' = 'append') =>
    frame.writeStream
      .queryName(name)
      .outputMode(mode)
      .option('checkpointLocation', join(folder, 'checkpoints', name))
      .trigger({ processingTime: '200 milliseconds' })
  const rows = events.toDF()
  const path = (name: string): string => join(folder, 'out', name)
  return [
    await writer(rows, 'parquet').format('parquet').start(path('parquet')),
    await writer(rows, 'json').format('json').start(path('json')),
    await writer(unique.toDF(), 'csv').format('csv').start(path('csv')),
    await writer(windows.toDF(), 'kafka')
      .format('kafka')
      .options({ ...server, topic: 'windows' })
      .start(),
    await writer(byWindow(marked.toDF()).toDF(), 'updates', 'update')
      .foreachBatch(async (batch) => void (await batch.count()))
      .start(),
    await writer(counts.toDF(), 'memory', 'complete').format('memory').start(),
    await writer(pairs.toDF(), 'pairs').foreach(ignore).start(),
    await writer(sessions.select('k', 'n').toDF(), 'sessions').foreach(ignore).start(),
    await writer(names.toDF(), 'names').foreach(ignore).start(),
  ]
}
