import type { Block } from '../../../columnar/blocks/block.js'
import { storedValues } from '../../../columnar/stored-values.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../../api.js'
import { Connection } from '../client/connection.js'
import { CopyIn } from '../client/copy-in.js'
import type { PostgresFormat } from '../options/format.js'
import { type WriteOptions, writeOptions } from '../options/write-options.js'
import { tableText } from '../table-name.js'
import { type RowText, rowText } from './row-text.js'
import { modelName, schemaOfJob, taskTableName } from './staging.js'
import { writtenToJson } from './written.js'

/** A table of PostgreSQL, executor side: each task copies its rows into a table of its own. */
export const postgresWriter = (format: PostgresFormat): WriterProvider => ({
  name: format,

  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    return Promise.resolve(new TaskWriter(write, writeOptions(format, write.options), context))
  },
})

class TaskWriter implements BlockWriter {
  readonly #write: WriteDescription
  readonly #options: WriteOptions
  readonly #context: WriteContext
  readonly #name: string
  readonly #rowText: RowText
  #connection: Connection | undefined
  #copy: CopyIn | undefined
  #rows = 0

  constructor(write: WriteDescription, options: WriteOptions, context: WriteContext) {
    this.#write = write
    this.#options = options
    this.#context = context
    this.#name = taskTableName(write, context.partition, context.attempt)
    this.#rowText = rowText(write.schema)
  }

  async write(block: Block): Promise<void> {
    if (block.rows === 0) return
    const copy = this.#copy ?? (await this.#begin())
    const columns = storedValues(this.#write.schema, block)
    const { batchSize } = this.#options
    for (let from = 0; from < block.rows; from += batchSize) {
      let text = ''
      for (let row = from; row < Math.min(from + batchSize, block.rows); row++) text += this.#rowText(columns, row)
      await copy.send(Buffer.from(text))
    }
    this.#rows += block.rows
  }

  async prepare(): Promise<Json> {
    if (this.#rows === 0) return writtenToJson({ table: undefined, rows: 0 })
    await this.#copy!.finish()
    await this.#connection!.rows('commit')
    await this.#connection!.close()
    return writtenToJson({ table: this.#name, rows: this.#rows })
  }

  abort(): Promise<void> {
    // The server takes back what is not committed.
    this.#connection?.destroy()
    return Promise.resolve()
  }

  /** With the first row, so that a task without any troubles nobody. */
  async #begin(): Promise<CopyIn> {
    const connection = await Connection.open(this.#options.server, this.#context.signal)
    this.#connection = connection
    const schema = await schemaOfJob(connection, this.#write)
    const table = tableText({ schema, name: this.#name })
    await connection.rows('begin')
    await connection.rows(
      `create unlogged table ${table} (like ${tableText({ schema, name: modelName(this.#write) })})`,
    )
    const copy = new CopyIn(`copy ${table} from stdin`, connection)
    this.#copy = copy
    connection.submit(copy)
    return copy
  }
}
