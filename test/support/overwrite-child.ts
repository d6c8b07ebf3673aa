/** A program to be killed: overwrites a directory with two files of one row each, as a job of two tasks does. */
import { blockFromRows } from '../../columnar/block-from-rows.js'
import { field, INT } from '../../columnar/types.js'
import type { WriteContext, WriteDescription } from '../../connectors/api.js'
import { parquetSink } from '../../connectors/parquet/writer/sink.js'
import { parquetWriter } from '../../connectors/parquet/writer/writer.js'

const [path, value] = process.argv.slice(2) as [string, string]
const write: WriteDescription = {
  provider: 'parquet',
  options: {},
  path,
  mode: 'overwrite',
  schema: { fields: [field('n', INT, false)] },
  jobId: crypto.randomUUID(),
}
await parquetSink.begin(write)
const messages = []
for (const partition of [0, 1]) {
  // This writer uses nothing else of its context.
  const memory = { share: 1 << 30, count: () => ({ bytes: 0, hold: () => undefined }) }
  const context = { partition, attempt: 0, memory } as unknown as WriteContext
  const writer = await parquetWriter.openWriter(write, context)
  await writer.write(blockFromRows(write.schema, [{ n: Number(value) }]))
  messages.push(await writer.prepare())
}
await parquetSink.commit(write, messages)
