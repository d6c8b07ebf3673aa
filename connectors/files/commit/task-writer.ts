import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Block } from '../../../columnar/blocks/block.js'
import type { Schema } from '../../../columnar/types.js'
import { hasCode } from '../../../common/system-errors.js'
import type { BlockWriter, Json, WriteContext, WriteDescription, WriterProvider } from '../../api.js'
import { bucketMark } from '../bucket-files.js'
import { failedWrite } from '../file-errors.js'
import { limitedWrite } from '../most-rows.js'
import { OutputDivision, type RowPlace } from '../output-division.js'
import { jobFolder, outputToJson, partName } from '../output-names.js'

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
  /** The rows of a block as files take them. Behind the columns of the write the schema has what divides them. */
  rowsOf(schema: Schema, block: Block): Rows
}

/** Files of a directory, executor side: a file for each task, and each partition and bucket of it, in the job's temporary folder until it is committed. */
export const fileWriter = <Rows>(format: OutputFormat<Rows>): WriterProvider => ({
  name: format.name,

  openWriter(write: WriteDescription, context: WriteContext): Promise<BlockWriter> {
    return Promise.resolve(new TaskWriter(format, write, context))
  },
})

class TaskWriter<Rows> implements BlockWriter {
  readonly #format: OutputFormat<Rows>
  readonly #write: WriteDescription
  readonly #mostRows: number
  /** The name of a file, of those in one place the first or a later one. */
  readonly #name: (place: RowPlace, number: number) => string
  readonly #open: (path: string) => Promise<OutputFile<Rows>>
  readonly #division: OutputDivision
  readonly #files: string[] = []
  #file: OutputFile<Rows> | undefined
  /** That of the file that is open: rows come in the order of places. */
  #place: RowPlace = { folder: '' }
  /** Which one it is there, and how many rows it has. */
  #number = 0
  #fileRows = 0
  #rows = 0

  constructor(format: OutputFormat<Rows>, given: WriteDescription, context: WriteContext) {
    const { write, mostRows } = limitedWrite(given)
    const { partition, attempt } = context
    const extension = format.extension(write)
    // Behind the number of a bucket nothing but endings may stand.
    const numbered = (number: number, sign: string): string =>
      number === 0 ? '' : `${sign}c${String(number).padStart(3, '0')}`
    const suffix = ({ bucket }: RowPlace, number: number): string =>
      bucket === undefined ? numbered(number, '-') : `${bucketMark(bucket)}${numbered(number, '.')}`
    this.#format = format
    this.#write = write
    this.#mostRows = mostRows
    this.#name = (place, number) => partName(write, partition, attempt, `${suffix(place, number)}${extension}`)
    this.#open = format.opener(write, context)
    this.#division = new OutputDivision(write)
  }

  async write(block: Block): Promise<void> {
    const rows = this.#format.rowsOf(this.#division.schema, block)
    const places = this.#division.placesOf(block)
    for (let from = 0; from < block.rows; ) {
      const file = await this.#fileOf(places.placeOf(from))
      const until = Math.min(places.endOf(from), from + this.#mostRows - this.#fileRows)
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

  async #fileOf(place: RowPlace): Promise<OutputFile<Rows>> {
    const { folder, bucket } = place
    const isSame = this.#file !== undefined && folder === this.#place.folder && bucket === this.#place.bucket
    if (isSame && this.#fileRows < this.#mostRows) return this.#file!
    await this.#file?.finish()
    this.#file = undefined
    this.#number = isSame ? this.#number + 1 : 0
    this.#fileRows = 0
    const own = this.#name(place, this.#number)
    const name = folder === '' ? own : `${folder}/${own}`
    await makeFolders(jobFolder(this.#write), folder)
    this.#file = await this.#open(join(jobFolder(this.#write), name))
    this.#files.push(name)
    this.#place = place
    return this.#file
  }
}

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
