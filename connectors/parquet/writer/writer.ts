import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Block } from '../../../columnar/block.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../../api.js'
import { jobFolder, outputToJson, partName } from '../../files/output-names.js'
import { codecOfOptions, extensionOf } from './output-options.js'
import { ParquetOutputFile } from './parquet-output-file.js'

/** Parquet files of a directory, executor side: one file a task, in the job's temporary folder until it is committed. */
export const parquetWriter: WriterProvider = {
  name: 'parquet',

  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    return Promise.resolve(new TaskWriter(write, context.partition, context.attempt))
  },
}

class TaskWriter implements BlockWriter {
  readonly #write: WriteDescription
  readonly #name: string
  #file: ParquetOutputFile | undefined
  #rows = 0

  constructor(write: WriteDescription, partition: number, attempt: number) {
    this.#write = write
    this.#name = partName(write, partition, attempt, extensionOf(write.options))
  }

  async write(block: Block): Promise<void> {
    if (block.rows === 0) return
    this.#file ??= await this.#create()
    this.#rows += block.rows
    await this.#file.write(block)
  }

  async prepare(): Promise<Json> {
    await this.#file?.finish()
    return outputToJson({ file: this.#file === undefined ? null : this.#name, rows: this.#rows })
  }

  async abort(): Promise<void> {
    await this.#file?.close()
    await rm(this.#path(), { force: true })
  }

  async #create(): Promise<ParquetOutputFile> {
    return ParquetOutputFile.create(this.#path(), this.#write.schema, codecOfOptions(this.#write.options))
  }

  #path(): string {
    return join(jobFolder(this.#write), this.#name)
  }
}
