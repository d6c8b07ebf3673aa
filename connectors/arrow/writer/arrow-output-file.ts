import type { MessagePlace } from '../../../columnar/flat-metadata.js'
import { END_OF_STREAM, encodeFooter, encodeSchemaMessage } from '../../../columnar/ipc-stream.js'
import type { Schema } from '../../../columnar/types.js'
import { NewFile } from '../../files/new-file.js'
import type { OutputFile } from '../../files/task-writer.js'
import { HEAD_BYTES, MAGIC } from '../layout.js'
import type { BatchBytes } from './batch-bytes.js'

const OPTIONS = { decimalBits: 128 } as const
const PREFIX_BYTES = 8

/** One Arrow file being written: a record batch for each block. */
export class ArrowOutputFile implements OutputFile<BatchBytes> {
  readonly #schema: Schema
  readonly #file: NewFile
  readonly #batches: MessagePlace[] = []

  private constructor(schema: Schema, file: NewFile) {
    this.#schema = schema
    this.#file = file
  }

  /** @throws FAILED_WRITE_FILE */
  static async create(path: string, schema: Schema): Promise<ArrowOutputFile> {
    const file = await NewFile.create(path)
    try {
      await file.append(Buffer.concat([Buffer.from(MAGIC)], HEAD_BYTES))
      await file.append(encodeSchemaMessage(schema, OPTIONS))
      return new ArrowOutputFile(schema, file)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async write(batch: BatchBytes, from: number, until: number): Promise<void> {
    const bytes = batch(this.#schema, from, until)
    const metadataBytes = PREFIX_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)
    this.#batches.push({ position: this.#file.position, metadataBytes, bodyBytes: bytes.length - metadataBytes })
    await this.#file.append(bytes)
  }

  async finish(): Promise<void> {
    const footer = encodeFooter(this.#schema, this.#batches, OPTIONS)
    for (const bytes of [END_OF_STREAM, footer, new Uint8Array(Uint32Array.of(footer.length).buffer)])
      await this.#file.append(bytes)
    await this.#file.append(Buffer.from(MAGIC))
    await this.#file.finish()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
