import {
  WINDOW_ADDRESSES,
  WINDOW_CAPACITY,
  WINDOW_COUNT,
  WINDOW_FIRST_END,
  WINDOW_ON_DISK,
} from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import { type LoadedPage, type RowPage, RowPages } from '../../spill/row-pages.js'
import { NEAR_ADDRESS, NEAR_COUNT, NEAR_FIRST } from '../codegen/window/row-finder.js'
import type { TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import { bytesOf, type RowTable } from './stored-rows.js'

/** Small, as each place in the code that asks for rows keeps a page in memory. */
const WINDOW_PAGE_BYTES = 64 * 1024
const ADDRESS_BYTES = 4
/** The rows that are kept when the others leave the memory: the next one is compared with the last. */
const KEPT_ROWS = 1

/** The table of a window. */
export interface WindowTable extends RowTable {
  /** A table that has the rows from before while those that stay are moved. */
  readonly before: number
  /** Offsets in the data area of what places in the code know of rows (see `PagedRows`). */
  readonly places: readonly number[]
  /** Offset of a u32 that is 1 while the first partition on disk is read alone; undefined when rows never are there. */
  readonly alone: number | undefined
}

/** A page of rows, with the number of its first one. */
interface NumberedPage {
  readonly first: number
  page: RowPage
  loaded: LoadedPage | undefined
  isChanged: boolean
}

/** Reads the rows with numbers from one up to another. */
type ReadRows = (first: number, end: number) => Promise<void>

export type HeldRowsOf = (task: TaskRun) => HeldRows

/** The rows of partitions that are not passed on yet, of one task. */
export const heldRows = (table: WindowTable): HeldRowsOf => ofTask((task) => new HeldRows(task, table))

/**
 * Rows of a partition until it is complete, and while it is read. When memory becomes short they go to the scratch file, in their order; to be
 * read, pages come back for the places in the code that ask for rows of them, and go again when others need the memory.
 */
export class HeldRows implements MemoryHolder {
  readonly operator = 'window'
  readonly #task: TaskRun
  readonly #table: WindowTable
  readonly #pages: RowPages
  #onDisk: NumberedPage[] = []
  #rowsOnDisk = 0
  /** Pages in memory, those that were asked for last at the end. */
  readonly #loaded = new Set<NumberedPage>()
  #isRead = false

  constructor(task: TaskRun, table: WindowTable) {
    this.#task = task
    this.#table = table
    this.#pages = new RowPages(task.memory, task.scratch, table.width, task.addressOf(table.refs), WINDOW_PAGE_BYTES)
  }

  get bytes(): number {
    if (this.#isRead) return [...this.#idle()].reduce((sum, { loaded }) => sum + loaded!.bytes, 0)
    return this.#count > KEPT_ROWS ? bytesOf(this.#task, this.#table.table) : 0
  }

  /** A page to be written or read, and the list of addresses when it doubles. */
  get reserve(): number {
    return (
      WINDOW_PAGE_BYTES + (this.#isRead ? 0 : this.#task.slot(this.#table.table + WINDOW_CAPACITY) * ADDRESS_BYTES * 2)
    )
  }

  get #count(): number {
    return this.#task.slot(this.#table.table + WINDOW_COUNT)
  }

  giveBack(): void {
    if (this.#isRead) for (const page of this.#idle()) this.#unload(page)
    else this.#write(this.#count - KEPT_ROWS)
  }

  /** Drops the rows on disk and the first ones in memory. */
  drop(count: number): void {
    this.#onDisk = []
    this.#rowsOnDisk = 0
    this.#dropFromMemory(count)
  }

  /** Has rows read, by their numbers from 0 on: those on disk and the first `complete` ones in memory. They are dropped then. */
  async readComplete(complete: number, read: ReadRows): Promise<void> {
    const isOnDisk = this.#onDisk.length > 0
    const { table, places } = this.#table
    for (const place of places) this.#set(place + NEAR_COUNT, 0)
    if (isOnDisk) {
      this.#set(table + WINDOW_FIRST_END, this.#rowsOnDisk + this.#task.slot(table + WINDOW_FIRST_END))
      this.#write(complete)
      this.#set(table + WINDOW_ON_DISK, 1)
    }
    this.#task.provideRows(table, (place, index, writes) => this.#find(place, index, writes))
    this.#isRead = true
    try {
      if (isOnDisk) await this.#readDisk(read)
      else await read(0, complete)
    } finally {
      this.#isRead = false
      for (const { loaded } of this.#loaded) this.#task.memory.release(loaded!.address)
      this.#loaded.clear()
    }
    this.#set(table + WINDOW_ON_DISK, 0)
    this.drop(isOnDisk ? 0 : complete)
  }

  async #readDisk(read: ReadRows): Promise<void> {
    const { table, alone } = this.#table
    const end = this.#rowsOnDisk
    if (alone === undefined) return read(0, end)
    const firstEnd = this.#task.slot(table + WINDOW_FIRST_END)
    this.#set(alone, 1)
    await read(0, firstEnd)
    this.#set(alone, 0)
    if (firstEnd < end) await read(firstEnd, end)
  }

  /** Moves the first rows in memory to the end of those on disk. */
  #write(count: number): void {
    const { table } = this.#table
    const address = this.#task.slot(table + WINDOW_ADDRESSES)
    const written = this.#pages.write({ address, stride: ADDRESS_BYTES, count })
    for (const page of written) {
      this.#onDisk.push({ first: this.#rowsOnDisk, page, loaded: undefined, isChanged: false })
      this.#rowsOnDisk += page.rows
    }
    this.#dropFromMemory(count)
  }

  #dropFromMemory(count: number): void {
    const { kernels } = this.#task.memory
    const [table, before, refs] = [this.#table.table, this.#table.before, this.#table.refs].map((offset) =>
      this.#task.addressOf(offset),
    )
    kernels.windowDrop(table!, before!, count, this.#table.width, refs!)
  }

  /** Brings the page of a row into memory and tells a place in the code of it. */
  #find(place: number, index: number, writes: boolean): void {
    const page = this.#pageOf(index)
    const { view } = this.#task.memory
    // From here on the place keeps this page, not the one before.
    view.setUint32(place + NEAR_FIRST, page.first, true)
    view.setUint32(place + NEAR_COUNT, page.page.rows, true)
    const loaded = page.loaded ?? this.#load(page)
    this.#loaded.delete(page)
    this.#loaded.add(page)
    if (writes) page.isChanged = true
    this.#task.memory.view.setUint32(place + NEAR_ADDRESS, loaded.first, true)
  }

  #pageOf(index: number): NumberedPage {
    let [low, high] = [0, this.#onDisk.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#onDisk[middle]!.first <= index) low = middle
      else high = middle - 1
    }
    return this.#onDisk[low]!
  }

  #load(page: NumberedPage): LoadedPage {
    const { length } = page.page
    const hasRoom = (): boolean => this.#task.arbiter.secured(length) >= length
    if (!hasRoom()) {
      for (const idle of this.#idle()) {
        this.#unload(idle)
        if (hasRoom()) break
      }
    }
    const loaded = this.#pages.load(page.page)
    page.loaded = loaded
    this.#loaded.add(page)
    return loaded
  }

  #unload(page: NumberedPage): void {
    if (page.isChanged) page.page = this.#pages.putBack(page.page, page.loaded!)
    page.isChanged = false
    this.#task.memory.release(page.loaded!.address)
    page.loaded = undefined
    this.#loaded.delete(page)
  }

  /** Pages in memory that no place in the code keeps, those that were asked for last at the end. */
  *#idle(): Generator<NumberedPage> {
    const kept = new Set<number>()
    for (const place of this.#table.places)
      if (this.#task.slot(place + NEAR_COUNT) > 0) kept.add(this.#task.slot(place + NEAR_FIRST))
    for (const page of this.#loaded) if (!kept.has(page.first)) yield page
  }

  #set(offset: number, value: number): void {
    this.#task.memory.view.setUint32(this.#task.addressOf(offset), value, true)
  }
}
