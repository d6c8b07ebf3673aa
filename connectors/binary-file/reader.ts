import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  type Batch,
  type BatchColumn,
  type BatchReader,
  MAX_BATCH_ROWS,
  type Memory,
  type ReadContext,
  type ReaderProvider,
  type ScanRequest,
  type Split,
} from '../api.js'
import { type ConstantColumn, columnOfConstants } from '../files/constant-column.js'
import { failedRead } from '../files/file-errors.js'
import { FileFaults } from '../files/file-faults.js'
import { readInto } from '../files/read-range.js'
import { Region } from '../files/region.js'
import { openFile } from '../files/systems/file-systems.js'
import { type FileReader, fileReader, type PlannedFile } from '../files/systems/open-file.js'
import { maxLengthOf } from './max-length.js'
import { type BinaryRow, splitFromJson } from './split.js'

/** Files are put into one batch until they have so many bytes. */
const BATCH_BYTES = 1024 ** 2
const REF_BYTES = 8

/** Files as rows of batches, executor side. */
export const binaryFileReader: ReaderProvider = {
  name: 'binaryFile',

  openReader({ source: { options } }: ScanRequest, split: Split, context: ReadContext): Promise<BatchReader> {
    const rows = splitFromJson(split.data)
    return Promise.resolve(new BinaryFileReader(rows, new FileFaults(options), maxLengthOf(options), context))
  },
}

/** A file that is a row of the batch, and where in the batch's bytes its content lies. */
interface ReadRow extends BinaryRow {
  readonly at: number
}

class BinaryFileReader implements BatchReader {
  readonly #rows: readonly BinaryRow[]
  readonly #faults: FileFaults
  readonly #maxLength: number
  readonly #memory: Memory
  readonly #signal: AbortSignal
  readonly #files: FileReader
  readonly #contents: Region
  readonly #leaves: readonly Region[]
  #next = 0

  constructor(rows: readonly BinaryRow[], faults: FileFaults, maxLength: number, context: ReadContext) {
    this.#rows = rows
    this.#faults = faults
    this.#maxLength = maxLength
    this.#memory = context.memory
    this.#signal = context.signal
    this.#files = fileReader(context)
    this.#contents = new Region(context.memory)
    this.#leaves = (rows[0]?.columns ?? []).map(() => new Region(context.memory))
  }

  async next(): Promise<Batch | undefined> {
    while (this.#next < this.#rows.length) {
      if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
      const rows = await this.#read(this.#taken())
      if (rows.length > 0) return { rows: rows.length, columns: this.#leaves.map((_, i) => this.#column(rows, i)) }
    }
    return undefined
  }

  close(): void {
    for (const region of [this.#contents, ...this.#leaves]) region.release()
  }

  /** The files of the next batch, at least one. */
  #taken(): readonly BinaryRow[] {
    const first = this.#next
    let bytes = 0
    do bytes += this.#rows[this.#next++]!.file.size
    while (this.#next < this.#rows.length && this.#next - first < MAX_BATCH_ROWS && bytes < BATCH_BYTES)
    return this.#rows.slice(first, this.#next)
  }

  /** Those whose contents are there, if these are wanted. */
  async #read(rows: readonly BinaryRow[]): Promise<readonly ReadRow[]> {
    if (!rows[0]!.columns.some(({ kind }) => kind === 'content')) return rows.map((row) => ({ ...row, at: 0 }))
    for (const { file } of rows) this.#refuseLong(file)
    this.#contents.reserve(rows.reduce((sum, { file }) => sum + file.size, 0))
    const read: ReadRow[] = []
    let at = 0
    for (const row of rows) {
      try {
        await this.#readContent(row.file, at)
      } catch (error) {
        if (!this.#faults.passesOver(error)) throw error
        continue
      }
      read.push({ ...row, at })
      at += row.file.size
    }
    return read
  }

  /** @throws FAILED_READ_FILE */
  #refuseLong({ path, size }: PlannedFile): void {
    if (size > this.#maxLength)
      throw failedRead(path, `it has ${size} bytes, and at most ${this.#maxLength} are read as a value`)
  }

  async #readContent(file: PlannedFile, at: number): Promise<void> {
    const open = openFile(file, this.#files)
    try {
      const coming = open.fetch([{ position: 0, bytes: file.size }])
      if (coming) await coming
      readInto(open, this.#memory.bytes, this.#contents.address + at, 0, file.size)
    } finally {
      open.close()
    }
  }

  #column(rows: readonly ReadRow[], leaf: number): BatchColumn {
    const region = this.#leaves[leaf]!
    switch (rows[0]!.columns[leaf]!.kind) {
      case 'struct':
        return { data: 0, validity: 0 }
      case 'constant':
        return columnOfConstants(
          rows.map(({ columns }) => columns[leaf] as ConstantColumn & { readonly kind: 'constant' }),
          region,
          this.#memory,
        )
      case 'content': {
        const data = region.reserve(rows.length * REF_BYTES)
        for (const [row, { at, file }] of rows.entries()) {
          this.#memory.view.setUint32(data + row * REF_BYTES, this.#contents.address + at, true)
          this.#memory.view.setUint32(data + row * REF_BYTES + 4, file.size, true)
        }
        return { data, validity: 0 }
      }
    }
  }
}
