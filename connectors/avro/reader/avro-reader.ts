import { parseAvroRecord } from '../../../columnar/avro/parse-schema.js'
import { indexOfName, recordNode } from '../../../columnar/avro/reading-node.js'
import { writtenTree } from '../../../columnar/avro/written-tree.js'
import type { Target } from '../../../columnar/leaf-places.js'
import type { Field } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import { type Batch, type BatchReader, MAX_BATCH_ROWS, type ReadContext } from '../../api.js'
import { failedRead, reasonOf } from '../../files/file-errors.js'
import type { FileFaults } from '../../files/file-faults.js'
import { givenLeaf } from '../../files/given-columns.js'
import { Region } from '../../files/region.js'
import { type FileReader, fileReader } from '../../files/systems/open-file.js'
import type { AvroColumn, AvroShare } from '../split.js'
import { type AvroBlock, BlockSource } from './block-source.js'
import { ColumnPlaces } from './column-places.js'

/** A share that is being read. */
interface OpenShare {
  readonly share: AvroShare
  readonly source: BlockSource
  /** Where the tree for the kernel is. */
  readonly root: number
}

/** Reads the blocks of shares of files; a kernel reads their rows into columns. */
export class AvroReader implements BatchReader {
  readonly #shares: readonly AvroShare[]
  readonly #faults: FileFaults
  readonly #context: ReadContext
  readonly #fileReader: FileReader
  readonly #fields: readonly Field[]
  /** Of columns that files have, by the number of the column. */
  readonly #places = new Map<number, ColumnPlaces>()
  /** What the share that is open has in place of others, leaf by leaf. */
  #given: Region[] = []
  readonly #window: Region
  readonly #tree: Region
  /** Decompressed blocks of a batch, of which the first may be one that the batch before began. */
  readonly #blocks: Region[] = []
  #next = 0
  #open: OpenShare | undefined
  #block: AvroBlock | undefined
  /** The rest of the share is passed over. */
  #isCut = false

  constructor(shares: readonly AvroShare[], fields: readonly Field[], faults: FileFaults, context: ReadContext) {
    this.#shares = shares
    this.#faults = faults
    this.#context = context
    this.#fileReader = fileReader(context)
    this.#fields = fields
    this.#window = new Region(context.memory)
    this.#tree = new Region(context.memory)
  }

  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#context.signal.aborted) throw new MillraceError('OPERATION_CANCELED')
      if (!this.#open && !this.#openNext()) return undefined
      const { share } = this.#open!
      const rows = await this.#fill()
      if (rows > 0) return { rows, columns: this.#columns(share.columns, rows) }
      // Lists of a row that was refused.
      this.#context.kernels.arenaReset()
      this.#closeShare()
    }
  }

  close(): void {
    this.#closeShare()
    for (const places of this.#places.values()) places.release()
    for (const region of [this.#window, this.#tree, ...this.#blocks, ...this.#given]) region.release()
  }

  #openNext(): boolean {
    for (let share = this.#shares[this.#next++]; share; share = this.#shares[this.#next++]) {
      try {
        const root = this.#rootOf(share)
        this.#open = { share, root, source: new BlockSource(share, this.#window, this.#fileReader, this.#context) }
        return true
      } catch (error) {
        if (!this.#faults.passesOver(error)) throw error
      }
    }
    return false
  }

  /** @throws FAILED_READ_FILE when a column is of another type in the file */
  #rootOf({ schema, file, columns }: AvroShare): number {
    try {
      const record = parseAvroRecord(schema)
      const targets = new Map<string, Target>()
      for (const [at, column] of columns.entries()) {
        if (column.kind === 'given') continue
        const places = this.#placesOf(at)
        const found = column.names.map((name) => indexOfName(record.fields, name)).find((i) => i >= 0)
        if (found !== undefined) targets.set(record.fields[found]!.name, places.target)
      }
      const node = recordNode(record, (name) => targets.get(name), undefined)
      const tree = writtenTree(node)
      const at = this.#tree.reserve(tree.length)
      this.#context.memory.bytes.set(tree, at)
      return at
    } catch (error) {
      throw failedRead(file.path, reasonOf(error), error)
    }
  }

  #regionAt(regions: Region[], at: number): Region {
    const region = regions[at] ?? new Region(this.#context.memory)
    regions[at] = region
    return region
  }

  #placesOf(column: number): ColumnPlaces {
    const places = this.#places.get(column) ?? new ColumnPlaces(this.#fields[column]!, this.#context)
    this.#places.set(column, places)
    return places
  }

  /** Reads rows until a batch is full or the share ends; what fails is passed over once the rows before it are given. */
  async #fill(): Promise<number> {
    for (const places of this.#places.values()) places.clear()
    if (this.#isCut) return 0
    let rows = 0
    let used = 0
    try {
      while (rows < MAX_BATCH_ROWS) {
        if (!this.#block?.rows) {
          const region = this.#regionAt(this.#blocks, used)
          const next = await this.#open!.source.next(region, rows === 0)
          if (next === 'later') break
          this.#block = next
          if (!next) break
          used++
          continue
        }
        if (rows === 0) used = this.#keepFirst(used)
        rows += this.#readRows(this.#block, rows)
      }
    } catch (error) {
      if (!this.#faults.passesOver(error)) throw error
      this.#isCut = true
    }
    return rows
  }

  /** A block that the batch before began must stay where it is while others are decompressed. */
  #keepFirst(used: number): number {
    if (used > 0 || this.#blocks.length === 0) return used
    const at = this.#blocks.findIndex(({ address, capacity }) => {
      const block = this.#block!.address
      return address <= block && block <= address + capacity
    })
    if (at > 0) [this.#blocks[0], this.#blocks[at]] = [this.#blocks[at]!, this.#blocks[0]!]
    return 1
  }

  /** Reads rows of a block from a row of the batch on; returns how many. @throws FAILED_READ_FILE */
  #readRows(block: AvroBlock, first: number): number {
    const rows = Math.min(block.rows, MAX_BATCH_ROWS - first)
    const { address, length } = block
    const end = address + length
    const at = this.#places.size > 0 ? this.#context.kernels.avroRows(this.#open!.root, address, end, first, rows) : end
    const left = block.rows - rows
    if (at === 0 || (left === 0 && at !== end)) throw this.#open!.source.damaged()
    this.#block = this.#places.size > 0 ? { address: at, length: end - at, rows: left } : { ...block, rows: left }
    return rows
  }

  #columns(columns: readonly AvroColumn[], rows: number): Batch['columns'] {
    const { memory, kernels } = this.#context
    let given = 0
    const leaves = columns.flatMap((column, i) =>
      column.kind === 'column'
        ? this.#places.get(i)!.columns(rows)
        : column.leaves.map((leaf) => givenLeaf(leaf, this.#regionAt(this.#given, given++), memory)),
    )
    kernels.arenaReset()
    return leaves
  }

  #closeShare(): void {
    this.#open?.source.close()
    this.#open = undefined
    this.#block = undefined
    this.#isCut = false
    for (const region of this.#given) region.release()
    this.#given = []
  }
}
