import { type FileHandle, open } from 'node:fs/promises'
import type { MessagePlace } from '../../../columnar/flat-metadata.js'
import { END_OF_STREAM, encodeFooter, encodeSchemaMessage } from '../../../columnar/ipc-stream.js'
import type { Schema } from '../../../columnar/types.js'
import { failedWrite } from '../../files/file-errors.js'
import type { OutputFile } from '../../files/task-writer.js'
import { HEAD_BYTES, MAGIC } from '../layout.js'
import type { BatchBytes } from './batch-bytes.js'

const OPTIONS = { decimalBits: 128 } as const
const PREFIX_BYTES = 8

/** One Arrow file being written: a record batch for each block. */
export class ArrowOutputFile implements OutputFile<BatchBytes> {
  readonly #path: string
  readonly #schema: Schema
  readonly #handle: FileHandle
  readonly #batches: MessagePlace[] = []
  #position = 0

  private constructor(path: string, schema: Schema, handle: FileHandle) {
    this.#path = path
    this.#schema = schema
    this.#handle = handle
  }

  /** @throws FAILED_WRITE_FILE */
  static async create(path: string, schema: Schema): Promise<ArrowOutputFile> {
    let file: ArrowOutputFile | undefined
    try {
      file = new ArrowOutputFile(path, schema, await open(path, 'wx'))
      await file.#append(Buffer.concat([Buffer.from(MAGIC)], HEAD_BYTES))
      await file.#append(encodeSchemaMessage(schema, OPTIONS))
      return file
    } catch (error) {
      await file?.close()
      throw failedWrite(path, error)
    }
  }

  async write(batch: BatchBytes, from: number, until: number): Promise<void> {
    const bytes = batch(this.#schema, from, until)
    const metadataBytes = PREFIX_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true)
    this.#batches.push({ position: this.#position, metadataBytes, bodyBytes: bytes.length - metadataBytes })
    try {
      await this.#append(bytes)
    } catch (error) {
      throw failedWrite(this.#path, error)
    }
  }

  async finish(): Promise<void> {
    try {
      await this.#append(END_OF_STREAM)
      const footer = encodeFooter(this.#schema, this.#batches, OPTIONS)
      await this.#append(footer)
      await this.#append(new Uint8Array(Uint32Array.of(footer.length).buffer))
      await this.#append(Buffer.from(MAGIC))
      await this.#handle.sync()
      await this.#handle.close()
    } catch (error) {
      throw failedWrite(this.#path, error)
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async #append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) done += (await this.#handle.write(bytes, done)).bytesWritten
    this.#position += bytes.length
  }
}
