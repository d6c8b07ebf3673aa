import { randomBytes } from 'node:crypto'
import { AvroBytes } from '../../../columnar/avro/avro-bytes.js'
import { parseAvroRecord } from '../../../columnar/avro/parse-schema.js'
import { rowWriter } from '../../../columnar/avro/value-writer.js'
import { writtenSchema } from '../../../columnar/avro/written-schema.js'
import type { StoredNested } from '../../../columnar/stored-values.js'
import type { Schema } from '../../../columnar/types.js'
import type { WriteContext } from '../../api.js'
import type { OutputFile } from '../../files/commit/task-writer.js'
import { NewFile } from '../../files/new-file.js'
import { MAGIC, SYNC_BYTES } from '../container.js'
import { compressedBlock } from './block-compressor.js'
import type { AvroOutput } from './output-options.js'

/** A block is written when it has so many bytes; readers hold a block at a time. */
const BLOCK_BYTES = 64_000

/** One file of Avro being written. */
export class AvroOutputFile implements OutputFile<readonly StoredNested[][]> {
  readonly #file: NewFile
  readonly #output: AvroOutput
  readonly #context: Pick<WriteContext, 'memory' | 'kernels'> | undefined
  readonly #schema: string
  readonly #write: ReturnType<typeof rowWriter>
  readonly #sync = randomBytes(SYNC_BYTES)
  readonly #rows = new AvroBytes()
  #count = 0

  private constructor(
    file: NewFile,
    schema: Schema,
    output: AvroOutput,
    context?: Pick<WriteContext, 'memory' | 'kernels'>,
  ) {
    this.#file = file
    this.#output = output
    this.#context = context
    this.#schema = writtenSchema(schema, output)
    this.#write = rowWriter(schema, parseAvroRecord(this.#schema))
  }

  /** @param context of a file that gets rows. @throws FAILED_WRITE_FILE */
  static create(
    path: string,
    schema: Schema,
    output: AvroOutput,
    context?: Pick<WriteContext, 'memory' | 'kernels'>,
  ): Promise<AvroOutputFile> {
    return NewFile.create(path, async (file) => {
      const written = new AvroOutputFile(file, schema, output, context)
      await file.append(written.#head())
      return written
    })
  }

  async write(columns: readonly StoredNested[][], from: number, until: number): Promise<void> {
    for (let row = from; row < until; row++) {
      this.#write(columns, row, this.#rows)
      this.#count++
      if (this.#rows.length >= BLOCK_BYTES) await this.#writeBlock()
    }
  }

  async finish(): Promise<void> {
    if (this.#count > 0) await this.#writeBlock()
    await this.#file.finish()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #head(): Uint8Array {
    const head = new AvroBytes()
    const entries = { 'avro.schema': this.#schema, 'avro.codec': this.#output.codec }
    head.int(Object.keys(entries).length)
    for (const [key, value] of Object.entries(entries)) for (const text of [key, value]) head.bytes(Buffer.from(text))
    head.byte(0)
    return Buffer.concat([MAGIC, head.taken(), this.#sync])
  }

  async #writeBlock(): Promise<void> {
    const bytes = compressedBlock(this.#output.codec, this.#rows.taken(), this.#context!)
    const head = new AvroBytes()
    head.int(this.#count)
    head.int(bytes.length)
    this.#count = 0
    await this.#file.append(Buffer.concat([head.taken(), bytes, this.#sync]))
  }
}
