/** A streaming program whose function keeps ever more, until its thread has no memory left. It says what the query failed with, and what the session gives then. */
import { col, functions as F, type MillraceError, Session, udf } from '../../api/index.js'

const [servers, topic] = process.argv.slice(2) as [string, string]
const session = await Session.builder().master('local[1]').config('log.level', 'silent').create()
const leak = udf((value: string) => {
  // In pieces: when a thread has no memory left, Node lets it have 16 MiB more to end in, which one array that grows asks for at once.
  const all = globalThis as { kept?: unknown }
  for (let i = 0; i < 100; i++) all.kept = [all.kept, Array.from({ length: 10_000 }, (_, j) => i + j / 2)]
  return value
}, 'string')
const query = await session.readStream
  .format('kafka')
  .options({ 'kafka.bootstrap.servers': servers, subscribe: topic, startingOffsets: 'earliest' })
  .load()
  .select(leak(col('value').cast('string')).as('value'))
  .writeStream.format('memory')
  .queryName('leaking')
  .start()
const failure: MillraceError = await query.awaitTermination().then(
  () => process.exit(1),
  (error: MillraceError) => error,
)
process.stdout.write(`${failure.message}\n${(await session.range(3).agg(F.sum('id').as('n')).collect())[0]!['n']}\n`)
await session.stop()
