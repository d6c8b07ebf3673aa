import { append } from '../../../common/append.js'
import { PART_BITS, PARTS, PARTS_SHIFT, TABLE_ROW_STORE, TABLE_STRING_STORE } from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import { PAGE_BYTES, type RowPage, RowPages } from '../../spill/row-pages.js'
import { partTables } from '../part-tables.js'
import type { RowRange, TaskRun } from '../step.js'
import { CALL_ROWS, emptyGroups, grownDirectoryBytes, growthOf } from './group-tables.js'
import { bytesOf, mostRows, rowsOf } from './stored-rows.js'

/** Rows are divided by the highest bits of their hashes; those of a part that is still too much, by the next ones. */
const HASH_BITS = 32
const LEVELS = HASH_BITS / PART_BITS
const ADDRESS_BYTES = 4
/** Rows that one call of generated code adds to one part, when hashes are spread evenly; for others is what the arbiter leaves free. */
const PART_ROWS = CALL_ROWS / PARTS
/** Who gives back less of what there is would soon be asked again. */
const LEAST_GIVEN_SHARE = 1 / 8

/** Tables of the kernels that rows are divided into by their hashes, and how the rows lie. */
export interface PartedTable {
  readonly operator: string
  /** Offset of the tables (see `PARTS_HEADER_BYTES`). */
  readonly parts: number
  readonly width: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
  /** Makes a table an empty one. */
  clear(task: TaskRun, table: number): void
  /** Bytes that rows to come may take at once in these tables, or to finish them, beside the rows' own. */
  reserve(task: TaskRun, tables: readonly number[]): number
}

const largest = (counts: readonly number[]): number => counts.reduce((a, b) => Math.max(a, b), 0)

/** The groups of an aggregation. */
export const partedGroups = (rows: Pick<PartedTable, 'parts' | 'width' | 'refs'>): PartedTable => ({
  operator: 'aggregate',
  ...rows,
  clear: emptyGroups,
  reserve: (task, tables) => {
    // Half of a next directory is in place of the one before, which is freed when the next one is filled.
    const halves = tables.map((table) => growthOf(task, table, PART_ROWS) / 2)
    return halves.reduce((sum, bytes) => sum + bytes, 0) + largest(halves)
  },
})

/** Rows of a join. @param finishing bytes for each row when a table is finished */
export const partedRows = (rows: Pick<PartedTable, 'parts' | 'width' | 'refs'>, finishing: number): PartedTable => ({
  operator: 'join',
  ...rows,
  clear: (task, table) => task.memory.kernels.tableRelease(task.addressOf(table)),
  reserve: (task, tables) => largest(tables.map((table) => mostRows(task, table, rows.width))) * finishing,
})

/**
 * Rows in parts by their hashes, each in a table of its own. When memory becomes short, some parts go to the scratch file: as few as will do, and those
 * first of which rows went there before. Rows that come later for such a part collect in its table.
 */
export class RowParts implements MemoryHolder {
  readonly level: number
  readonly pages: RowPages
  readonly #task: TaskRun
  readonly #table: PartedTable
  readonly #tables: readonly number[]
  readonly #onDisk: RowPage[][] = Array.from({ length: PARTS }, () => [])
  readonly #isEarly: (part: number) => boolean
  /** The part whose rows are worked on. */
  #atWork: number | undefined
  #isComplete = false

  /** @param isEarly whether a part that is in memory goes to disk before others are */
  constructor(task: TaskRun, table: PartedTable, level = 0, isEarly: (part: number) => boolean = () => false) {
    this.level = level
    this.pages = new RowPages(task.memory, task.scratch, table.width, task.addressOf(table.refs))
    this.#task = task
    this.#table = table
    this.#tables = partTables(table.parts)
    this.#isEarly = isEarly
    // Beyond the last bits, where all hashes are the same, any will do.
    const shift = HASH_BITS - PART_BITS * (level + 1)
    task.memory.view.setUint32(task.addressOf(table.parts + PARTS_SHIFT), shift, true)
    for (const each of this.#tables) table.clear(task, each)
  }

  get operator(): string {
    return this.#table.operator
  }

  get bytes(): number {
    // Rows whose hashes are the same cannot be divided: those on disk would have to come back together.
    if (this.level === LEVELS) return 0
    return this.#inMemory().reduce((sum, part) => sum + this.#bytesOf(part), 0)
  }

  get reserve(): number {
    const most = largest(this.#tables.map((table) => mostRows(this.#task, table, this.#table.width)))
    const coming = this.#isComplete ? 0 : this.#table.reserve(this.#task, this.#tables)
    return most * ADDRESS_BYTES + PAGE_BYTES + coming
  }

  giveBack(): void {
    const rank = (part: number): number => (this.isOnDisk(part) ? 0 : this.#isEarly(part) ? 1 : 2)
    const parts = this.#inMemory().sort((a, b) => rank(a) - rank(b) || this.#bytesOf(b) - this.#bytesOf(a))
    let wanted = Math.max(this.bytes * LEAST_GIVEN_SHARE, this.#task.arbiter.leastBytes)
    for (const part of parts) {
      if (wanted <= 0) return
      wanted -= this.#bytesOf(part)
      this.#write(part)
    }
  }

  /** No more rows come. */
  complete(): void {
    this.#isComplete = true
  }

  isOnDisk(part: number): boolean {
    return this.#onDisk[part]!.length > 0
  }

  /** How many rows of a part are in memory, or more. */
  mostRows(part: number): number {
    return mostRows(this.#task, this.#tables[part]!, this.#table.width)
  }

  isEmpty(part: number): boolean {
    return !this.isOnDisk(part) && this.mostRows(part) === 0
  }

  /** Has the rows of a part worked on, those on disk first, and drops them. They stay where they are meanwhile, while others may go. */
  async drain(part: number, work: (first: number, rows: number) => Promise<void>): Promise<void> {
    this.#atWork = part
    await this.pages.forEach(this.#onDisk[part]!, work)
    for (const [first, rows] of this.rowsIn(part)) await work(first, rows)
    this.#atWork = undefined
    this.drop(part)
  }

  /** Where the rows of a part that are in memory lie. */
  rowsIn(part: number): Iterable<RowRange> {
    return rowsOf(this.#task, this.#tables[part]!, this.#table.width)
  }

  drop(part: number): void {
    this.#onDisk[part] = []
    this.#table.clear(this.#task, this.#tables[part]!)
  }

  /** Moves the rows of a part, which are in memory, to the table at an offset of the data area. */
  move(part: number, to: number): void {
    for (const store of [TABLE_ROW_STORE, TABLE_STRING_STORE]) {
      const from = this.#task.addressOf(this.#tables[part]! + store)
      this.#task.memory.kernels.storeMove(this.#task.addressOf(to + store), from)
    }
  }

  /** Puts on disk what is left in memory, and hands over all parts. */
  take(): readonly (readonly RowPage[])[] {
    for (const part of this.#inMemory()) this.#write(part)
    return this.#onDisk.map((pages, part) => {
      this.#onDisk[part] = []
      return pages
    })
  }

  /** Adds rows of the level above, which have their hash in their second word. */
  async divide(pages: readonly RowPage[]): Promise<void> {
    const { memory, arbiter } = this.#task
    const [refs, parts] = [this.#task.addressOf(this.#table.refs), this.#task.addressOf(this.#table.parts)]
    await this.pages.forEach(pages, (first, rows) => {
      memory.kernels.rowsDivide(first, rows, this.#table.width, refs, parts)
      return arbiter.relieve()
    })
  }

  /** Parts that have rows in memory which can leave it. */
  #inMemory(): number[] {
    return [...this.#tables.keys()].filter((part) => part !== this.#atWork && this.mostRows(part) > 0)
  }

  /** What giving a part back frees. */
  #bytesOf(part: number): number {
    const table = this.#tables[part]!
    return bytesOf(this.#task, table) + grownDirectoryBytes(this.#task, table)
  }

  #write(part: number): void {
    const { memory } = this.#task
    const table = this.#tables[part]!
    const { width } = this.#table
    const address = memory.allocate(this.mostRows(part) * ADDRESS_BYTES)
    try {
      const count = memory.kernels.rowsList(this.#task.addressOf(table + TABLE_ROW_STORE), width, address) >>> 0
      append(this.#onDisk[part]!, this.pages.write({ address, stride: ADDRESS_BYTES, count }))
    } finally {
      memory.release(address)
    }
    this.#table.clear(this.#task, table)
  }
}
