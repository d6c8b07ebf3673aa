/** A program to be killed: overwrites a directory with two files of one row each, as a job of two tasks does. */
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { field, INT } from '../../columnar/types.js'
import type { WriteDescription } from '../../connectors/api.js'
import { parquetSink } from '../../connectors/parquet/writer/sink.js'
import { parquetWriter } from '../../connectors/parquet/writer/writer.js'
import { LinearMemory } from '../../executor/memory/linear-memory.js'
import { memoryOf } from './memory.js'

const [path, value] = process.argv.slice(2) as [string, string]
const write: WriteDescription = {
  provider: 'parquet',
  options: {},
  path,
  mode: 'overwrite',
  schema: { fields: [field('n', INT, false)] },
  jobId: crypto.randomUUID(),
}
const memory = new LinearMemory()
memory.use(memoryOf(1 << 30))
const { signal } = new AbortController()
await parquetSink.begin(write)
const messages = []
for (const partition of [0, 1]) {
  const context = { memory, kernels: memory.kernels, signal, partition, attempt: 0 }
  const writer = await parquetWriter.openWriter(write, context)
  await writer.write(blockFromRows(write.schema, [{ n: Number(value) }]))
  messages.push(await writer.prepare())
}
await parquetSink.commit(write, messages)
