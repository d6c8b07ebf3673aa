/** A streaming program to be killed: files of JSON lines → Parquet, in folders if asked for, or a table of PostgreSQL, one file a batch. It says each batch it has finished. */
import { api } from './bundled-api.js'

const [input, output, checkpoint, connectionString = '', folders = ''] = process.argv.slice(2) as [
  string,
  string,
  string,
  string?,
  string?,
]
const session = await api.Session.builder().master('local[2]').config('log.level', 'error').getOrCreate()
const writer = session.readStream
  .format('json')
  .schema('id bigint, name string')
  .option('maxFilesPerTrigger', 1)
  .load(input)
  .writeStream.option('checkpointLocation', checkpoint)
  .trigger({ availableNow: true })
const query = await (connectionString === ''
  ? (folders === '' ? writer : writer.partitionBy(folders)).format('parquet').start(output)
  : writer.format('postgresql').options({ connectionString, dbtable: output }).start())
let said = -1
const ticker = setInterval(() => {
  const batch = query.lastProgress?.batchId ?? -1
  if (batch !== said) process.stdout.write(`batch ${batch}\n`)
  said = batch
}, 2)
await query.awaitTermination()
clearInterval(ticker)
await session.stop()
