/**
 * The driver under torture: seven queries from one topic into a topic each, on two executors. It says when they have started and each batch that one
 * has finished. The first that fails ends it, with its condition.
 */
import { join } from 'node:path'
import { type AnyRow, col, type DataFrame, functions as F, MillraceError, Session } from '../../api/index.js'
import {
  DELAY,
  GROUPS,
  QUERIES,
  type QueryName,
  SESSION_EVENTS,
  SESSION_GAP,
  TOTALS,
  UNPAIRED,
  WINDOW,
} from './events.js'

const [servers, folder, mode, perBatch] = process.argv.slice(2) as [string, string, 'run' | 'end', string]

const session = await Session.builder()
  .master('local-cluster[2,1,256]')
  .config('log.level', 'silent')
  .config('shuffle.partitions', 2)
  .config('executor.timeout', '5s')
  .create()
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const text = (...columns: readonly string[]) => F.concatWs(',', ...columns.map((name) => col(name).cast('string')))
const input = session.readStream
  .format('kafka')
  .options({
    'kafka.bootstrap.servers': servers,
    subscribe: 'events',
    startingOffsets: 'earliest',
    maxOffsetsPerTrigger: perBatch,
  })
  .load()
  .select(col('value').cast('string').as('value'))
const events = input
  .withColumn('e', F.fromJson(col('value'), 'id bigint, at bigint'))
  .select('value', 'e.id', F.timestampMillis(col('e').getField('at')).as('at'))
const unique = events.withWatermark('at', DELAY).dropDuplicatesWithinWatermark(['id'])
const windows = unique
  .groupBy(F.window('at', WINDOW).as('w'))
  .agg(F.count().as('n'), F.sum('id').as('s'), F.min('id').as('least'), F.max('id').as('most'))
  .select(F.unixMillis(col('w').getField('start')).as('start'), 'n', 's', 'least', 'most')
const others = unique.filter(col('id').mod(UNPAIRED).notEqual(0)).alias('b')
const isNext = F.expr('a.id + 1 = b.id and b.at between a.at and a.at + interval 1 second')
const pairs = unique.alias('a').join(others, isNext, 'left')
const sessions = unique
  .groupBy(F.expr(`id div ${SESSION_EVENTS} % 2`).as('k'), F.sessionWindow('at', SESSION_GAP).as('w'))
  .agg(F.count().as('n'), F.min('id').as('least'))
  .select('k', F.unixMillis(col('w').getField('start')).as('start'), 'n', 'least')
const counts = events.groupBy(col('id').mod(GROUPS).as('g')).agg(F.count().as('n'), F.sum('id').as('s'))
const totals = events.groupBy(col('id').mod(TOTALS).as('g')).agg(F.count().as('n'))

const FRAMES: Readonly<Record<QueryName, { readonly frame: DataFrame<AnyRow>; readonly mode: string }>> = {
  rows: { frame: input.toDF(), mode: 'append' },
  unique: { frame: unique.select('value').toDF(), mode: 'append' },
  windows: { frame: windows.select(text('start', 'n', 's', 'least', 'most').as('value')).toDF(), mode: 'append' },
  pairs: { frame: pairs.select(text('a.id', 'b.id').as('value')).toDF(), mode: 'append' },
  sessions: { frame: sessions.select(text('k', 'start', 'n', 'least').as('value')).toDF(), mode: 'append' },
  counts: { frame: counts.select(text('g', 'n', 's').as('value')).toDF(), mode: 'update' },
  totals: { frame: totals.select(text('g', 'n').as('value')).toDF(), mode: 'complete' },
}

session.streams.addListener({
  onQueryProgress: ({ progress }) => {
    if (progress.exception === undefined) say(`batch ${progress.name} ${progress.batchId}`)
  },
})

async function run(name: QueryName): Promise<void> {
  const { frame, mode: outputMode } = FRAMES[name]
  const query = await frame.writeStream
    .format('kafka')
    .options({ 'kafka.bootstrap.servers': servers, topic: name, deliveryGuarantee: 'exactly-once' })
    .queryName(name)
    .outputMode(outputMode)
    .option('checkpointLocation', join(folder, name))
    .trigger(mode === 'end' ? { availableNow: true } : { processingTime: '0 seconds' })
    .start()
  await query.awaitTermination()
}

try {
  await Promise.all(QUERIES.map(run))
  await session.stop()
} catch (error) {
  const { cause, message } = error as MillraceError
  const { condition } = (MillraceError.is(cause) ? cause : error) as MillraceError
  say(`failed ${condition} ${message.replaceAll('\n', ' ')}`)
  process.exit(3)
}
