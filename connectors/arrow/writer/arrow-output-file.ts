import { type ArrowForm, arrowBatch } from '../../../columnar/arrow/arrow-batch.js'
import type { MessagePlace } from '../../../columnar/arrow/flat-metadata.js'
import { END_OF_STREAM, encodeFooter, encodeSchemaMessage, unshared } from '../../../columnar/arrow/ipc-stream.js'
import type { Block } from '../../../columnar/blocks/block.js'
import type { Schema } from '../../../columnar/types.js'
import type { OutputFile } from '../../files/commit/task-writer.js'
import { NewFile } from '../../files/new-file.js'
import { HEAD_BYTES, MAGIC } from '../layout.js'

/** A block, with the texts of partitions behind the columns of the file. */
export interface BlockRows {
  readonly schema: Schema
  readonly block: Block
}

/** What other readers know of decimals: those of 128 bits. */
const DECIMALS = { decimalBits: 128 } as const
const PREFIX_BYTES = 8

/** One Arrow file being written: a record batch for each block. */
export class ArrowOutputFile implements OutputFile<BlockRows> {
  readonly #schema: Schema
  readonly #form: ArrowForm
  readonly #file: NewFile
  readonly #batches: MessagePlace[] = []

  private constructor(schema: Schema, form: ArrowForm, file: NewFile) {
    this.#schema = schema
    this.#form = form
    this.#file = file
  }

  /** @throws FAILED_WRITE_FILE */
  static create(path: string, schema: Schema, compression?: ArrowForm['compression']): Promise<ArrowOutputFile> {
    const form: ArrowForm = compression ? { ...DECIMALS, compression } : DECIMALS
    return NewFile.create(path, async (file) => {
      await file.append(Buffer.concat([Buffer.from(MAGIC)], HEAD_BYTES))
      await file.append(encodeSchemaMessage(schema, form))
      return new ArrowOutputFile(schema, form, file)
    })
  }

  async write({ schema, block }: BlockRows, from: number, until: number): Promise<void> {
    const bytes = unshared(arrowBatch(schema, block, this.#form, from, until, this.#schema.fields.length))
    const metadataBytes = PREFIX_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)
    this.#batches.push({ position: this.#file.position, metadataBytes, bodyBytes: bytes.length - metadataBytes })
    await this.#file.append(bytes)
  }

  async finish(): Promise<void> {
    const footer = encodeFooter(this.#schema, this.#batches, this.#form)
    for (const bytes of [END_OF_STREAM, footer, new Uint8Array(Uint32Array.of(footer.length).buffer)])
      await this.#file.append(bytes)
    await this.#file.append(Buffer.from(MAGIC))
    await this.#file.finish()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
