import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Schema } from '../../../columnar/types.js'
import type { CountedMemory } from '../../api.js'
import type { OutputFile } from '../../files/commit/task-writer.js'
import { NewFile } from '../../files/new-file.js'
import { SPARK_SCHEMA_KEY, sparkSchema } from '../spark-schema.js'
import { bytesFactor, type StoredValue, valueBytes } from './block-values.js'
import type { OutputCodec } from './output-options.js'
import { schemaElements } from './schema-elements.js'

/** A row group is written when it has so many rows or so many bytes of blocks, or when its values take such a share of what the task can count on. */
const ROW_GROUP_ROWS = 128 * 1024
const ROW_GROUP_BYTES = 64 * 1024 * 1024
const ROW_GROUP_SHARE = 1 / 4
const LEAST_ROW_GROUP_BYTES = 1 << 20

/** What the files of a task, one after the other, hold of its memory, what it can count on, and how pages are compressed. */
export interface RowGroupWriting {
  readonly held: CountedMemory
  readonly share: number
  readonly compressors: Readonly<Record<Exclude<OutputCodec, 'UNCOMPRESSED'>, (bytes: Uint8Array) => Uint8Array>>
}

/** One Parquet file being written. */
export class ParquetOutputFile implements OutputFile<readonly StoredValue[][]> {
  readonly #schema: Schema
  readonly #file: NewFile
  readonly #bytes = new ByteWriter()
  readonly #writer: ParquetWriter
  readonly #held: CountedMemory | undefined
  readonly #mostBytes: number
  readonly #rowBytes: number
  readonly #bytesFactor: number
  #columns: StoredValue[][]
  #rows = 0
  #blockBytes = 0

  private constructor(schema: Schema, codec: OutputCodec, writing: RowGroupWriting | undefined, file: NewFile) {
    this.#schema = schema
    this.#file = file
    this.#held = writing?.held
    this.#mostBytes = Math.max(LEAST_ROW_GROUP_BYTES, (writing?.share ?? 0) * ROW_GROUP_SHARE)
    this.#rowBytes = schema.fields.reduce((sum, { type }) => sum + valueBytes(type), 0)
    this.#bytesFactor = bytesFactor(schema)
    this.#columns = schema.fields.map(() => [])
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaElements(schema),
      codec,
      ...(writing ? { compressors: writing.compressors } : {}),
      createdBy: 'millrace',
      kvMetadata: [{ key: SPARK_SCHEMA_KEY, value: sparkSchema(schema) }],
    })
  }

  /** @throws FAILED_WRITE_FILE */
  static create(
    path: string,
    schema: Schema,
    codec: OutputCodec,
    writing?: RowGroupWriting,
  ): Promise<ParquetOutputFile> {
    return NewFile.create(path, (file) => new ParquetOutputFile(schema, codec, writing, file))
  }

  /** Takes rows of a block, of which these are the values; it counts as their share of its bytes. */
  async write(values: readonly StoredValue[][], from: number, until: number, bytes: number): Promise<void> {
    const held = this.#bytesWith(until - from, bytes)
    this.#held?.hold(held)
    for (const [i, column] of this.#columns.entries()) {
      const own = values[i]!
      for (let row = from; row < until; row++) column.push(own[row]!)
    }
    this.#rows += until - from
    this.#blockBytes += bytes
    const isFull = this.#rows >= ROW_GROUP_ROWS || this.#blockBytes >= ROW_GROUP_BYTES
    if (isFull || held >= this.#mostBytes) await this.#writeRowGroup()
  }

  /** Writes the rest and the footer, and flushes to disk. */
  async finish(): Promise<void> {
    await this.#writeRowGroup()
    this.#writer.finish()
    await this.#drain()
    await this.#file.finish()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  async #writeRowGroup(): Promise<void> {
    if (this.#rows === 0) return
    const columnData = this.#schema.fields.map(({ name }, i) => ({ name, data: this.#columns[i]! }))
    this.#writer.write({ columnData, rowGroupSize: this.#rows })
    this.#columns = this.#schema.fields.map(() => [])
    this.#rows = 0
    this.#blockBytes = 0
    await this.#drain()
    this.#held?.hold(0)
  }

  /** What the row group takes with further rows: their values, and what is counted by the bytes of the blocks. */
  #bytesWith(rows: number, bytes: number): number {
    return Math.ceil((this.#rows + rows) * this.#rowBytes + this.#bytesFactor * (this.#blockBytes + bytes))
  }

  /** Moves what was encoded to the file; the encoder goes on with an empty buffer. */
  async #drain(): Promise<void> {
    await this.#file.append(this.#bytes.getBytes())
    this.#bytes.index = 0
  }
}
