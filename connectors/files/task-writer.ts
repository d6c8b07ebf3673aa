import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Block } from '../../columnar/block.js'
import type { ColumnBuffers } from '../../columnar/column-buffers.js'
import { columnReaders } from '../../columnar/column-reader.js'
import type { Read } from '../../columnar/records/record.js'
import { plainRecordOf } from '../../columnar/records/records.js'
import { field, type PlainType, type Schema, STRING } from '../../columnar/types.js'
import { partitionFolder } from '../../common/partition-path.js'
import { hasCode } from '../../common/system-errors.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../api.js'
import { failedWrite } from './file-errors.js'
import { limitedWrite } from './most-rows.js'
import { jobFolder, outputToJson, partName } from './output-names.js'

/** One file that a task writes. */
export interface OutputFile<Rows> {
  /** Takes rows of a block, which have so many of its bytes. */
  write(rows: Rows, from: number, until: number, bytes: number): Promise<void>
  /** Writes the rest and flushes to disk. */
  finish(): Promise<void>
  close(): Promise<void>
}

/** What a format adds to the way in which tasks write files. */
export interface OutputFormat<Rows> {
  readonly name: string
  /** The end of a file's name. */
  extension(write: WriteDescription): string
  /** How files are made that a task writes one after the other. */
  opener(write: WriteDescription, context: WriteContext): (path: string) => Promise<OutputFile<Rows>>
  /** The rows of a block as files take them. Behind the columns of the write the schema has the texts of partitions. */
  rowsOf(schema: Schema, block: Block): Rows
}

/** Files of a directory, executor side: a file for each task, and each partition of it, in the job's temporary folder until it is committed. */
export const fileWriter = <Rows>(format: OutputFormat<Rows>): WriterProvider => ({
  name: format.name,

  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    return Promise.resolve(new TaskWriter(format, write, context))
  },
})

type PartitionText = Buffer | null

class TaskWriter<Rows> implements BlockWriter {
  readonly #format: OutputFormat<Rows>
  readonly #write: WriteDescription
  readonly #mostRows: number
  /** The name of a file, of those in one folder the first or a later one. */
  readonly #name: (number: number) => string
  readonly #open: (path: string) => Promise<OutputFile<Rows>>
  /** Of blocks: with the texts of the partition columns at the end. */
  readonly #blockSchema: Schema
  readonly #partitionBy: readonly string[]
  readonly #files: string[] = []
  #file: OutputFile<Rows> | undefined
  /** The folder of the file that is open: rows come in the order of partitions. */
  #folder = ''
  /** Which one it is in the folder, and how many rows it has. */
  #number = 0
  #fileRows = 0
  #rows = 0

  constructor(format: OutputFormat<Rows>, given: WriteDescription, context: WriteContext) {
    const { write, mostRows } = limitedWrite(given)
    const { partition, attempt } = context
    const extension = format.extension(write)
    const numbered = (number: number): string => (number === 0 ? '' : `-c${String(number).padStart(3, '0')}`)
    this.#format = format
    this.#write = write
    this.#mostRows = mostRows
    this.#name = (number) => partName(write, partition, attempt, `${numbered(number)}${extension}`)
    this.#open = format.opener(write, context)
    this.#partitionBy = write.partitionBy ?? []
    this.#blockSchema = {
      fields: [...write.schema.fields, ...this.#partitionBy.map((name) => field(name, STRING))],
    }
  }

  async write(block: Block): Promise<void> {
    const rows = this.#format.rowsOf(this.#blockSchema, block)
    const texts = this.#partitionTexts(block)
    for (let from = 0; from < block.rows; ) {
      const file = await this.#fileOf(this.#folderOf(texts, from))
      const until = Math.min(endOfPartition(texts, from, block.rows), from + this.#mostRows - this.#fileRows)
      await file.write(rows, from, until, (block.bytes.byteLength * (until - from)) / block.rows)
      this.#fileRows += until - from
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

  async #fileOf(folder: string): Promise<OutputFile<Rows>> {
    const isSame = this.#file !== undefined && folder === this.#folder
    if (isSame && this.#fileRows < this.#mostRows) return this.#file!
    await this.#file?.finish()
    this.#file = undefined
    this.#number = isSame ? this.#number + 1 : 0
    this.#fileRows = 0
    const own = this.#name(this.#number)
    const name = folder === '' ? own : `${folder}/${own}`
    await makeFolders(jobFolder(this.#write), folder)
    this.#file = await this.#open(join(jobFolder(this.#write), name))
    this.#files.push(name)
    this.#folder = folder
    return this.#file
  }

  /** Of the rows of a block, for each column that divides them. */
  #partitionTexts(block: Block): readonly (readonly PartitionText[])[] {
    if (this.#partitionBy.length === 0) return []
    const readers = columnReaders(this.#blockSchema, block, textReader).slice(this.#write.schema.fields.length)
    return readers.map((read) => Array.from({ length: block.rows }, (_, row) => read(row) as PartitionText))
  }

  #folderOf(texts: readonly (readonly PartitionText[])[], row: number): string {
    return partitionFolder(this.#partitionBy.map((name, i) => [name, texts[i]![row]?.toString() ?? null]))
  }
}

/** Of the columns of partitions: the others are not read by it. */
function textReader(type: PlainType, buffers: ColumnBuffers): Read<unknown> {
  const read = plainRecordOf(type).readStored(buffers, type)
  return type.kind === 'string' ? (row) => bufferOf(read(row) as Uint8Array) : read
}

const bufferOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength)

/** The first row of another partition. */
function endOfPartition(texts: readonly (readonly PartitionText[])[], from: number, rows: number): number {
  if (texts.length === 0) return rows
  let until = from + 1
  while (until < rows && texts.every((column) => isSame(column[from]!, column[until]!))) until++
  return until
}

const isSame = (a: PartitionText, b: PartitionText): boolean => (a && b ? a.equals(b) : a === b)

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
