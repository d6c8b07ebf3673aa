import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Block } from '../../../columnar/block.js'
import { field, type Schema, STRING } from '../../../columnar/types.js'
import { partitionFolder } from '../../../common/partition-path.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../../api.js'
import { failedWrite, hasCode } from '../../files/file-errors.js'
import { jobFolder, outputToJson, partName } from '../../files/output-names.js'
import { blockValues, type StoredValue } from './block-values.js'
import { codecOfOptions, extensionOf } from './output-options.js'
import { ParquetOutputFile, type RowGroupMemory } from './parquet-output-file.js'

/** Parquet files of a directory, executor side: a file for each task, and each partition of it, in the job's temporary folder until it is committed. */
export const parquetWriter: WriterProvider = {
  name: 'parquet',

  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    return Promise.resolve(new TaskWriter(write, context))
  },
}

class TaskWriter implements BlockWriter {
  readonly #write: WriteDescription
  readonly #name: string
  readonly #memory: RowGroupMemory
  /** Of blocks: with the texts of the partition columns at the end. */
  readonly #blockSchema: Schema
  readonly #partitionBy: readonly string[]
  readonly #files: string[] = []
  #file: ParquetOutputFile | undefined
  /** The folder of the file that is open: rows come in the order of partitions. */
  #folder = ''
  #rows = 0

  constructor(write: WriteDescription, { partition, attempt, memory }: WriteContext) {
    this.#write = write
    this.#memory = { held: memory.count('Parquet row group'), share: memory.share }
    this.#name = partName(write, partition, attempt, extensionOf(write.options))
    this.#partitionBy = write.partitionBy ?? []
    this.#blockSchema = {
      fields: [...write.schema.fields, ...this.#partitionBy.map((name) => field(name, STRING))],
    }
  }

  async write(block: Block): Promise<void> {
    const values = blockValues(this.#blockSchema, block)
    const texts = values.slice(this.#write.schema.fields.length)
    for (let from = 0; from < block.rows; ) {
      const until = endOfPartition(texts, from, block.rows)
      const file = await this.#fileOf(this.#folderOf(texts, from))
      await file.write(values, from, until, (block.bytes.byteLength * (until - from)) / block.rows)
      from = until
    }
    this.#rows += block.rows
  }

  async prepare(): Promise<Json> {
    await this.#file?.finish()
    return outputToJson({ files: this.#files, rows: this.#rows })
  }

  async abort(): Promise<void> {
    await this.#file?.close()
    for (const file of this.#files) await rm(join(jobFolder(this.#write), file), { force: true })
  }

  async #fileOf(folder: string): Promise<ParquetOutputFile> {
    if (this.#file && folder === this.#folder) return this.#file
    await this.#file?.finish()
    this.#file = undefined
    const name = folder === '' ? this.#name : `${folder}/${this.#name}`
    const path = join(jobFolder(this.#write), name)
    await makeFolders(jobFolder(this.#write), folder)
    const { schema, options } = this.#write
    this.#file = await ParquetOutputFile.create(path, schema, codecOfOptions(options), this.#memory)
    this.#files.push(name)
    this.#folder = folder
    return this.#file
  }

  #folderOf(texts: readonly StoredValue[][], row: number): string {
    return partitionFolder(this.#partitionBy.map((name, i) => [name, textOf(texts[i]![row]!)]))
  }
}

const textOf = (value: StoredValue): string | null =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString() : null

/** The first row of another partition. */
function endOfPartition(texts: readonly StoredValue[][], from: number, rows: number): number {
  let until = from + 1
  while (until < rows && texts.every((column) => isSame(column[from]!, column[until]!))) until++
  return until
}

const isSame = (a: StoredValue, b: StoredValue): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b

/** One by one: the folder of the job itself is not made again by a task that is late. @throws FAILED_WRITE_FILE */
async function makeFolders(jobFolder: string, folder: string): Promise<void> {
  const missing: string[] = []
  for (let at = folder; at !== '.' && at !== ''; at = dirname(at)) missing.unshift(join(jobFolder, at))
  for (const path of missing) {
    try {
      await mkdir(path)
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw failedWrite(path, error)
    }
  }
}
