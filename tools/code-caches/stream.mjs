// Runs a stream from Kafka to Parquet that keeps state: most streams of tests, and first ones of users, run the same functions of ours.
import { join } from 'node:path'
import { within } from './bounded.mjs'

/** Some batches, as later ones run functions that the first one does not: they read the state of those before. */
const PER_BATCH = 100
const RECORDS = 3 * PER_BATCH

/**
 * @param api what the package exports, of the modules whose code is to be cached
 * @param startBroker of the embedded Kafka
 * @param folder for what the broker, the stream and its checkpoint keep
 */
export async function runStream({ col, functions: F }, session, startBroker, folder) {
  const broker = await startBroker({ directory: join(folder, 'broker'), port: 0, defaultPartitions: 1 })
  try {
    const kafka = (part) => part.format('kafka').option('kafka.bootstrap.servers', broker.bootstrapServers)
    const records = session.sql(`select to_json(struct(id, id * 1000 as ts)) as value from range(${RECORDS})`)
    await kafka(records.write).option('topic', 'events').save()
    const events = kafka(session.readStream)
      .option('subscribe', 'events')
      .option('startingOffsets', 'earliest')
      .option('maxOffsetsPerTrigger', PER_BATCH)
      .load()
      .select(F.fromJson(col('value').cast('string'), 'id bigint, ts bigint').as('e'))
      .select('e.*')
    const counts = events
      .withColumn('at', F.timestampMillis('ts'))
      .withWatermark('at', '10 seconds')
      .groupBy(F.window('at', '10 seconds').as('w'))
      .agg(F.count().as('n'), F.min('id').as('least'))
      .select(F.unixMillis(col('w').getField('start')).as('start'), col('n'), col('least'))
    const query = await counts.writeStream
      .option('checkpointLocation', join(folder, 'checkpoint'))
      .trigger({ availableNow: true })
      .format('parquet')
      .outputMode('append')
      .start(join(folder, 'windows'))
    await within(query.awaitTermination(), 'the stream whose code is cached')
  } finally {
    await broker.close()
  }
}
