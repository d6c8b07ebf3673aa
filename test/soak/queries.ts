import { join } from 'node:path'
import { type AnyRow, col, type DataFrame, functions as F, type Session } from '../../api/index.js'
import type { StreamingQuery } from '../../api/stream/streaming-query.js'

const DELAY = '5 seconds'
const KEYS = 500

/** Where the queries read and write. */
export interface SoakPlace {
  readonly servers: string
  readonly folder: string
}

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
  ]
}
