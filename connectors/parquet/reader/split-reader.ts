import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Kernels } from '../../../executor/kernels/interface/generated.js'
import type { Batch, BatchColumn, BatchReader, Memory, ReadContext } from '../../api.js'
import { MAX_BATCH_ROWS } from '../../api.js'
import { constantColumn, nullColumn } from '../../files/constant-column.js'
import { failedRead } from '../../files/file-errors.js'
import type { FileFaults } from '../../files/file-faults.js'
import { Region } from '../../files/region.js'
import { type FileReader, fileReader } from '../../files/systems/open-file.js'
import type { FileSplit, LeafSource, ParquetSplit, SplitRowGroup, ValuesSource } from '../split.js'
import { ColumnReader } from './column-reader.js'
import { NestedColumn } from './nested-column.js'
import { PageFile } from './page-file.js'
import { VariantColumn } from './variant-column.js'

/** A leaf while a file is read. `extra` holds validity that is not the levels themselves, and the NULLs of missing columns. */
interface Leaf {
  readonly source: LeafSource
  readonly reader: ColumnReader | undefined
  readonly nested: NestedColumn | VariantColumn | undefined
  readonly extra: Region
  /** Left out of batches until they are filled. */
  readonly isDeferred: boolean
}

const DEFERRED: BatchColumn = { data: 0, validity: 0 }

/** Reads the row groups of a split in order. A batch never spans two of them. */
export class SplitReader implements BatchReader {
  readonly #files: readonly FileSplit[]
  readonly #faults: FileFaults
  readonly #memory: Memory
  readonly #kernels: Kernels
  readonly #signal: AbortSignal
  readonly #fileReader: FileReader
  readonly #deferred: ReadonlySet<number>
  readonly #coded: ReadonlySet<number>
  readonly #verifiesChecksums: boolean
  #nextFile = 0
  #file: PageFile | undefined
  #leaves: readonly Leaf[] = []
  #groups: readonly SplitRowGroup[] = []
  #nextGroup = 0
  #rowsLeft = 0
  #rowsAtOnce = MAX_BATCH_ROWS

  constructor(split: ParquetSplit, faults: FileFaults, context: ReadContext) {
    this.#files = split.files
    this.#faults = faults
    this.#verifiesChecksums = split.verifiesChecksums
    this.#memory = context.memory
    this.#kernels = context.kernels
    this.#signal = context.signal
    this.#fileReader = fileReader(context)
    this.#deferred = context.deferred ?? new Set()
    this.#coded = context.coded ?? new Set()
  }

  next(): Batch | undefined | Promise<Batch | undefined> {
    try {
      const batch = this.#nextBatch()
      return batch instanceof Promise ? batch.catch((error) => this.#nextAfter(error)) : batch
    } catch (error) {
      return this.#nextAfter(error)
    }
  }

  /** Leaves the rest of a file out, if that is to be passed over. */
  #nextAfter(error: unknown): ReturnType<SplitReader['next']> {
    if (!this.#faults.passesOver(error)) throw error
    this.#closeFile()
    this.#rowsLeft = 0
    return this.next()
  }

  #nextBatch(): Batch | undefined | Promise<Batch | undefined> {
    if (this.#rowsLeft > 0) return this.#batch()
    const group = this.#nextRowGroup()
    if (group === undefined) return undefined
    const coming = this.#file!.fetch(group.chunks.map(([position, bytes]) => ({ position, bytes })))
    if (coming === undefined) return this.#beginGroup(group)
    return coming.then(() => this.#beginGroup(group))
  }

  close(): void {
    this.#closeFile()
    this.#nextFile = this.#files.length
    this.#rowsLeft = 0
  }

  #batch(): Batch {
    const rows = Math.min(this.#rowsLeft, this.#rowsAtOnce)
    this.#rowsLeft -= rows
    const read = this.#leaves.map(({ reader, nested, isDeferred }) => {
      if (!isDeferred) return (reader ?? nested)?.read(rows)
      reader!.defer(rows)
      return DEFERRED
    })
    // Structs first: they need the levels of their leaves, which may then be turned into validity in place.
    const structs = this.#leaves.map((leaf) => this.#structColumn(leaf, read, rows))
    const columns = this.#leaves.map((leaf, i) => structs[i] ?? this.#plainColumn(leaf, read[i], rows))
    if (!read.includes(DEFERRED)) return { rows, columns }
    return {
      rows,
      columns,
      fill: (leaves, selected) => {
        for (const i of leaves) {
          const leaf = this.#leaves[i]!
          if (leaf.isDeferred) columns[i] = this.#plainColumn(leaf, leaf.reader!.readSelected(rows, selected), rows)
        }
        return columns
      },
    }
  }

  /** The next row group, whose file is open then; none is without rows. */
  #nextRowGroup(): SplitRowGroup | undefined {
    if (this.#signal.aborted) throw new MillraceError('OPERATION_CANCELED')
    while (this.#nextGroup === this.#groups.length) {
      if (this.#nextFile === this.#files.length) return undefined
      this.#openFile(this.#files[this.#nextFile++]!)
    }
    return this.#groups[this.#nextGroup++]!
  }

  #beginGroup(group: SplitRowGroup): Batch {
    for (const { reader, source } of this.#leaves) {
      if (reader === undefined || source.kind !== 'values') continue
      const chunk = group.chunks[source.chunk]!
      if (chunk[2] !== group.rows) {
        throw failedRead(this.#file!.path, `the column ${source.name} has ${chunk[2]} of ${group.rows} values`)
      }
      reader.open(this.#file!, chunk)
    }
    this.#rowsAtOnce = MAX_BATCH_ROWS
    for (const { nested } of this.#leaves) {
      nested?.open(this.#file!, group)
      this.#rowsAtOnce = Math.min(this.#rowsAtOnce, nested?.rowsAtOnce ?? MAX_BATCH_ROWS)
    }
    this.#rowsLeft = group.rows
    return this.#batch()
  }

  #openFile(split: FileSplit): void {
    this.#closeFile()
    this.#file = new PageFile(split, this.#verifiesChecksums, this.#fileReader)
    const shared = new Set(split.leaves.map((source) => (source.kind === 'struct' ? source.of : -1)))
    this.#leaves = split.leaves.map((source, i) => ({
      source,
      isDeferred: source.kind === 'values' && !shared.has(i) && this.#deferred.has(i),
      reader: source.kind === 'values' ? this.#columnReader(source, !shared.has(i) && this.#coded.has(i)) : undefined,
      nested: this.#assembled(source),
      extra: new Region(this.#memory),
    }))
    this.#groups = split.rowGroups
    this.#nextGroup = 0
  }

  #columnReader(source: ValuesSource, givesCodes: boolean): ColumnReader {
    return new ColumnReader(source, this.#memory, this.#kernels, givesCodes)
  }

  /** What is made of several columns of the file. */
  #assembled(source: LeafSource): NestedColumn | VariantColumn | undefined {
    if (source.kind === 'variant') return new VariantColumn(source, this.#memory, this.#kernels)
    return source.kind === 'nested' ? new NestedColumn(source, this.#memory, this.#kernels) : undefined
  }

  #closeFile(): void {
    for (const { reader, nested, extra } of this.#leaves) {
      reader?.release()
      nested?.release()
      extra.release()
    }
    this.#leaves = []
    this.#groups = []
    this.#nextGroup = 0
    this.#file?.close()
    this.#file = undefined
  }

  #structColumn(
    { source, extra }: Leaf,
    read: readonly (BatchColumn | undefined)[],
    rows: number,
  ): BatchColumn | undefined {
    if (source.kind !== 'struct') return undefined
    if (source.level === 0 || !read[source.of]!.validity) return { data: 0, validity: 0 }
    const validity = extra.reserve(MAX_BATCH_ROWS)
    const { reader, nested } = this.#leaves[source.of]!
    this.#kernels.parquetValidity((reader ?? nested)!.levels, rows, source.level, validity)
    return { data: 0, validity }
  }

  #plainColumn({ source, extra }: Leaf, read: BatchColumn | undefined, rows: number): BatchColumn {
    if (read !== undefined && 'level' in source && source.kind !== 'struct') {
      // With one level only, the levels are the validity.
      if (read.validity && source.level > 1) {
        this.#kernels.parquetValidity(read.validity, rows, source.level, read.validity)
      }
      return read
    }
    return source.kind === 'constant'
      ? constantColumn(source, extra, this.#memory)
      : nullColumn(source.kind === 'missing' ? source.targetBytes : 0, extra, this.#memory)
  }
}
