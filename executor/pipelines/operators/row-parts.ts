import { append } from '../../../common/append.js'
import { DIRECTORY_ENTRY_SHIFT } from '../../kernels/interface/rows.js'
import {
  TABLE_MASK,
  TABLE_MOST_ROWS,
  TABLE_ROW_STORE,
  TABLE_ROWS,
  TABLE_STRING_STORE,
} from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import { PAGE_BYTES, type RowPage, RowPages } from '../../spill/row-pages.js'
import type { TaskRun } from '../step.js'
import { storeBytes } from './stored-rows.js'

/** Rows that go to disk are divided by four bits of their hashes, the highest first; what is still too much, by the next four. */
const PART_BITS = 4
const PARTS = 1 << PART_BITS
const HASH_BITS = 32
const LEVELS = HASH_BITS / PART_BITS
const ADDRESS_BYTES = 4
/** Rows that one call of generated code may add. */
const PAGE_ROWS = PAGE_BYTES / 16

/** A table of the kernels and how its rows lie. */
export interface RowTable {
  readonly table: number
  readonly width: number
  /** Offset of the list of refs in a row. */
  readonly refs: number
}

/** A table whose rows can be divided by their hashes. */
export interface HashedTable extends RowTable {
  readonly operator: string
  /** Lists the rows by a part of their hashes: `counts` becomes where the rows of each part end in the list. */
  list(task: TaskRun, shift: number, mask: number, counts: number, list: number): void
  /** Frees the rows; others may be added. */
  clear(task: TaskRun): void
  /** Bytes that adding rows may take at once beside the rows' own. */
  growth(task: TaskRun): number
}

/** Bytes that the rows of a table take, with their strings. */
export const bytesOf = (task: TaskRun, { table }: RowTable): number =>
  storeBytes(task, table + TABLE_ROW_STORE) + storeBytes(task, table + TABLE_STRING_STORE)

/** How many rows a table has at most: the last chunks of its store may be filled in part. */
export const mostRows = (task: TaskRun, { table, width }: RowTable): number =>
  Math.ceil(storeBytes(task, table + TABLE_ROW_STORE) / width)

/** Rows that have their hash in their second word. */
export const hashedRows = ({ table, width, refs }: RowTable): HashedTable => ({
  operator: 'join',
  table,
  width,
  refs,
  list: (task, shift, mask, counts, list) =>
    task.memory.kernels.rowsByPart(task.addressOf(table + TABLE_ROW_STORE), width, shift, mask, counts, list),
  clear: (task) => {
    // Only the stores: the rest of a join's table tells of all rows that were added.
    task.memory.kernels.storeRelease(task.addressOf(table + TABLE_ROW_STORE))
    task.memory.kernels.storeRelease(task.addressOf(table + TABLE_STRING_STORE))
  },
  growth: () => 0,
})

/** The groups of an aggregation. */
export const hashedGroups = ({ table, width, refs }: RowTable): HashedTable => ({
  operator: 'aggregate',
  table,
  width,
  refs,
  list: (task, shift, mask, counts, list) =>
    task.memory.kernels.groupsByPart(task.addressOf(table), shift, mask, counts, list),
  clear: (task) => {
    task.memory.kernels.tableRelease(task.addressOf(table))
    task.memory.kernels.groupTableInit(task.addressOf(table))
  },
  growth: (task) => {
    const isNearlyFull = task.slot(table + TABLE_ROWS) + PAGE_ROWS > task.slot(table + TABLE_MOST_ROWS)
    return isNearlyFull ? (task.slot(table + TABLE_MASK) + 1) * 2 * (1 << DIRECTORY_ENTRY_SHIFT) : 0
  },
})

/** The rows of a table in memory, and those that went to the scratch file in parts by their hash when memory became short. */
export class RowParts implements MemoryHolder {
  readonly level: number
  readonly #task: TaskRun
  readonly #table: HashedTable
  readonly #pages: RowPages
  #parts: RowPage[][] | undefined

  constructor(task: TaskRun, table: HashedTable, level = 0) {
    this.level = level
    this.#task = task
    this.#table = table
    this.#pages = new RowPages(task.memory, task.scratch, table.width, task.addressOf(table.refs))
  }

  /** Rows whose hashes are the same cannot be divided. */
  get canDivide(): boolean {
    return this.level < LEVELS
  }

  get bytes(): number {
    return this.canDivide ? bytesOf(this.#task, this.#table) : 0
  }

  /** As many as there are, or more. */
  get rows(): number {
    return mostRows(this.#task, this.#table)
  }

  get reserve(): number {
    return this.rows * ADDRESS_BYTES + PAGE_BYTES + this.#table.growth(this.#task)
  }

  get operator(): string {
    return this.#table.operator
  }

  get isOnDisk(): boolean {
    return this.#parts !== undefined
  }

  giveBack(): void {
    const { memory } = this.#task
    this.#parts ??= Array.from({ length: PARTS }, () => [])
    const counts = memory.allocate(PARTS * ADDRESS_BYTES)
    const list = memory.allocate(Math.max(1, this.rows) * ADDRESS_BYTES)
    try {
      this.#table.list(this.#task, HASH_BITS - PART_BITS * (this.level + 1), PARTS - 1, counts, list)
      let first = 0
      for (const [part, pages] of this.#parts.entries()) {
        const end = memory.view.getUint32(counts + part * ADDRESS_BYTES, true)
        const rows = { address: list + first * ADDRESS_BYTES, stride: ADDRESS_BYTES, count: end - first }
        append(pages, this.#pages.write(rows))
        first = end
      }
    } finally {
      memory.release(list)
      memory.release(counts)
    }
    this.#table.clear(this.#task)
  }

  /** For the rows of one part: divides them by the next bits. */
  deeper(): RowParts {
    return new RowParts(this.#task, this.#table, this.level + 1)
  }

  /** Puts the rest on disk, too, and hands over all parts. */
  take(): readonly (readonly RowPage[])[] {
    this.giveBack()
    const parts = this.#parts!
    this.#parts = undefined
    return parts
  }

  /** Adds the rows of a page to those in memory. */
  adopt(page: RowPage): void {
    const { address, rows, bytes } = this.#pages.load(page)
    const store = this.#task.addressOf(this.#table.table + TABLE_ROW_STORE)
    this.#task.memory.kernels.storeAdopt(store, address, rows * this.#table.width, bytes)
  }

  /** Has the rows of pages worked on, each while it is in memory. */
  async forEach(pages: readonly RowPage[], work: (first: number, rows: number) => Promise<void>): Promise<void> {
    for (const page of pages) {
      const { address, first, rows } = this.#pages.load(page)
      try {
        await work(first, rows)
      } finally {
        this.#task.memory.release(address)
      }
    }
  }

  /** The same, and puts the rows back, in which the work may change what is not a string. */
  async update(
    pages: readonly RowPage[],
    work: (first: number, rows: number) => Promise<void>,
  ): Promise<readonly RowPage[]> {
    const updated: RowPage[] = []
    for (const page of pages) {
      const loaded = this.#pages.load(page)
      try {
        await work(loaded.first, loaded.rows)
        updated.push(this.#pages.putBack(page, loaded))
      } finally {
        this.#task.memory.release(loaded.address)
      }
    }
    return updated
  }
}
