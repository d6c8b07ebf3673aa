/**
 * The streaming driver under chaos: numbers in files of JSON lines, some of them twice, of which it writes each once; with `end` to the end of what
 * there is. It says each batch that it has finished.
 */
import { join } from 'node:path'
import { MillraceError, Session } from '../../api/index.js'

const [master, host, folder, mode] = process.argv.slice(2) as [string, string, string, 'run' | 'end']
const say = (line: string): void => void process.stdout.write(`${line.replaceAll('\n', ' ')}\n`)

try {
  const session = await Session.builder()
    .master(master)
    .config('app.name', 'stream')
    .config('driver.host', host)
    .config('executor.instances', 2)
    .config('executor.cores', 1)
    .config('executor.memory', '32m')
    .config('executor.heartbeatInterval', '500ms')
    .config('executor.timeout', '5s')
    .config('shuffle.partitions', 2)
    .config('log.level', 'silent')
    .create()
  session.streams.addListener({
    onQueryProgress: ({ progress }) => {
      if (progress.exception === undefined) say(`batch ${progress.batchId}`)
    },
  })
  const query = await session.readStream
    .format('json')
    .schema('id bigint')
    .option('maxFilesPerTrigger', mode === 'end' ? 20 : 1)
    .load(join(folder, 'numbers'))
    .dropDuplicates(['id'])
    .writeStream.format('json')
    .option('checkpointLocation', join(folder, 'checkpoint'))
    .trigger(mode === 'end' ? { availableNow: true } : { processingTime: '0 seconds' })
    .start(join(folder, 'unique'))
  await query.awaitTermination()
  await session.stop()
} catch (error) {
  const { cause, message } = error as MillraceError
  const told = MillraceError.is(cause) ? cause : error
  say(`failed stream ${MillraceError.is(told) ? told.condition : 'UNKNOWN'} ${message}`)
  process.exit(3)
}
