/** A streaming program to be killed: files of JSON lines → Parquet, one file a batch. It says each batch it has finished. */
import { Session } from '../../api/index.js'

const [input, output, checkpoint] = process.argv.slice(2) as [string, string, string]
const session = await Session.builder().master('local[2]').config('log.level', 'error').getOrCreate()
const query = await session.readStream
  .format('json')
  .schema('id bigint, name string')
  .option('maxFilesPerTrigger', 1)
  .load(input)
  .writeStream.format('parquet')
  .option('checkpointLocation', checkpoint)
  .trigger({ availableNow: true })
  .start(output)
let said = -1
const ticker = setInterval(() => {
  const batch = query.lastProgress?.batchId ?? -1
  if (batch !== said) process.stdout.write(`batch ${batch}\n`)
  said = batch
}, 2)
await query.awaitTermination()
clearInterval(ticker)
await session.stop()
