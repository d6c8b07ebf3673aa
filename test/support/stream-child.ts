/** A streaming program to be killed: Kafka → JSON → Parquet, rows as they are or counted by window; says each batch it has finished. */
import { col, functions as F, Session } from '../../api/index.js'

const [servers, topic, output, checkpoint, kind] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  'rows' | 'windows',
]

const session = await Session.builder().master('local[2]').config('log.level', 'error').getOrCreate()
const events = session.readStream
  .format('kafka')
  .option('kafka.bootstrap.servers', servers)
  .option('subscribe', topic)
  .option('startingOffsets', 'earliest')
  .option('maxOffsetsPerTrigger', 400)
  .load()
  .select(F.fromJson(col('value').cast('string'), 'id bigint, ts bigint').as('e'))
  .select('e.*')
const windows = events
  .withColumn('at', F.timestampMillis('ts'))
  .withWatermark('at', '10 seconds')
  .groupBy(F.window('at', '10 seconds').as('w'))
  .agg(F.count().as('n'), F.min('id').as('least'))
  .select(F.unixMillis(col('w').getField('start')).as('start'), col('n'), col('least'))
const written = kind === 'rows' ? events.toDF() : windows.toDF()
const query = await written.writeStream
  .format('parquet')
  .outputMode('append')
  .option('checkpointLocation', checkpoint)
  .trigger({ availableNow: true })
  .start(output)
let said = -1
const tell = (): void => {
  const batch = query.lastProgress?.batchId ?? -1
  if (batch !== said) process.stdout.write(`batch ${batch}\n`)
  said = batch
}
const ticker = setInterval(tell, 2)
await query.awaitTermination()
clearInterval(ticker)
await session.stop()
