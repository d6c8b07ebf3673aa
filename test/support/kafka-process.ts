/** A program for tests that reads, streams and writes Kafka, and is then to end by itself: its session stopped, left alone, or never made. */
import { col, Session } from '../../api/index.js'
import { readBatch } from './kafka.js'

const [servers, topic, mode] = process.argv.slice(2) as [string, string, 'stopped' | 'unstopped' | 'no session']
const server = { 'kafka.bootstrap.servers': servers }

if (mode === 'no session') {
  process.stdout.write(`${(await readBatch({ ...server, subscribe: topic })).length}\n`)
} else {
  const session = await Session.builder().master('local[2]').config('log.level', 'error').getOrCreate()
  const query = await session.readStream
    .format('kafka')
    .options({ ...server, subscribe: topic, startingOffsets: 'earliest' })
    .load()
    .select('value')
    .writeStream.format('kafka')
    .options({ ...server, topic: `${topic}-copy` })
    .option('checkpointLocation', process.argv[5]!)
    .trigger({ availableNow: true })
    .start()
  await query.awaitTermination()
  const copy = session.read
    .format('kafka')
    .options({ ...server, subscribe: `${topic}-copy` })
    .load()
  process.stdout.write(`${(await copy.select(col('value')).collect()).length}\n`)
  if (mode === 'stopped') await session.stop()
}
