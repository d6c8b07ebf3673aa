import { JOIN_HAS_NULL, PARTS, TABLE_ROW_STORE, TABLE_ROWS } from '../../kernels/interface/table.js'
import { type RowPage, RowPages } from '../../spill/row-pages.js'
import type { Pipeline, TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import { type PartedTable, RowParts } from './row-parts.js'
import { rowsOf } from './stored-rows.js'

/** For each row of a table: its entries in a directory of up to three times as many, and its bits of the filter. */
export const FINISHING_BYTES = 3 * 8 + 2

/** What the steps of a join know of it. */
export interface PartedJoin {
  /** Offset of the table in which the right rows of one part are looked up, and how wide these are. */
  readonly table: number
  readonly width: number
  readonly probe: Pipeline
  /** Of a full join: passes on right rows without a match. */
  readonly unmatched: Pipeline | undefined
  /** The rows of a part when they are divided once more; one side after the other. */
  readonly left: PartedTable
  readonly right: PartedTable
  /** Offset of a u32 that is 1 while more right rows with the same keys follow (see `LeftMarks`); an inner join need not know. */
  readonly follows: number | undefined
  readonly isNullAware: boolean
}

/** The rows of a task's join until all are there. */
export interface Sides {
  readonly left: RowParts
  readonly right: RowParts
}

export const sidesOf = (left: PartedTable, right: PartedTable): ((task: TaskRun) => Sides) =>
  ofTask((task) => {
    const rights = new RowParts(task, right)
    // Left rows wait for right ones on disk, which come last.
    return { left: new RowParts(task, left, 0, (part) => rights.isOnDisk(part)), right: rights }
  })

type Pages = readonly RowPage[]

/** What the rows of pages take when their table is finished. */
const bytesToFinish = ({ length, rows }: RowPage): number => length + rows * FINISHING_BYTES

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Joins part with part, in one task. */
export class JoinOfParts {
  readonly #task: TaskRun
  readonly #join: PartedJoin
  readonly #left: RowPages
  readonly #right: RowPages
  readonly #hasNull: number
  /** Whether there are right rows, as a number. */
  #rightRows = 0

  constructor(task: TaskRun, join: PartedJoin) {
    this.#task = task
    this.#join = join
    const pagesOf = ({ width, refs }: PartedTable): RowPages =>
      new RowPages(task.memory, task.scratch, width, task.addressOf(refs))
    this.#left = pagesOf(join.left)
    this.#right = pagesOf(join.right)
    this.#hasNull = task.slot(join.table + JOIN_HAS_NULL)
  }

  /** First the parts whose right rows are in memory, then the others, for whose rows that has to be free. */
  async run({ left, right }: Sides): Promise<void> {
    const { arbiter } = this.#task
    left.complete()
    right.complete()
    this.#rightRows = [...Array(PARTS).keys()].some((part) => !right.isEmpty(part)) ? 1 : 0
    for (let part = 0; part < PARTS; part++) {
      const finishing = right.mostRows(part) * FINISHING_BYTES
      if (!right.isOnDisk(part) && arbiter.secured(finishing) >= finishing) await this.#inMemory(left, right, part)
    }
    const [lefts, rights] = [left.take(), right.take()]
    arbiter.release(left)
    arbiter.release(right)
    for (const [i, pages] of lefts.entries()) await this.#onDisk(pages, rights[i]!, 1)
  }

  /** Whether none of some rows would be passed on. */
  #isVain(hasLeft: boolean, hasRight: boolean): boolean {
    const { follows, unmatched } = this.#join
    if (!hasLeft) return !(unmatched && hasRight)
    return follows === undefined && !hasRight
  }

  /** Joins the left rows of a part, wherever they are, with right rows that are in memory. */
  async #inMemory(left: RowParts, right: RowParts, part: number): Promise<void> {
    if (this.#isVain(!left.isEmpty(part), !right.isEmpty(part))) {
      left.drop(part)
      right.drop(part)
      return
    }
    right.move(part, this.#join.table)
    this.#finish()
    await left.drain(part, (first, rows) => this.#probe(first, rows))
    await this.#passUnmatched()
  }

  /** Joins rows on disk. @param level of the parts that they would be divided into */
  async #onDisk(lefts: Pages, rights: Pages, level: number): Promise<void> {
    if (this.#isVain(lefts.length > 0, rights.length > 0)) return
    const chunks = this.#chunks(rights)
    if (chunks.length > 1) {
      const { left, right } = this.#join
      const divided = await this.#divided(right, rights, level)
      // One part of many means that it is one key, or several with the same hash.
      if (divided.filter((pages) => pages.length > 0).length > 1) {
        const dividedLeft = await this.#divided(left, lefts, level)
        for (const [i, pages] of divided.entries()) await this.#onDisk(dividedLeft[i]!, pages, level + 1)
        return
      }
    }
    let marked = lefts
    for (const [i, chunk] of chunks.entries()) marked = await this.#chunk(marked, chunk, i < chunks.length - 1)
  }

  /** The pages of the right side that fit into memory together; none when there are none. */
  #chunks(pages: Pages): readonly Pages[] {
    const chunks: RowPage[][] = [[]]
    const most = this.#task.arbiter.secured(sum(pages.map(bytesToFinish)))
    let bytes = 0
    for (const page of pages) {
      const needed = bytesToFinish(page)
      if (bytes > 0 && bytes + needed > most) {
        chunks.push([])
        bytes = 0
      }
      bytes += needed
      chunks.at(-1)!.push(page)
    }
    return chunks
  }

  /** Divides the rows of pages by the next bits of their hashes. */
  async #divided(table: PartedTable, pages: Pages, level: number): Promise<readonly Pages[]> {
    const parts = new RowParts(this.#task, table, level)
    this.#task.arbiter.hold(parts)
    await parts.divide(pages)
    this.#task.arbiter.release(parts)
    return parts.take()
  }

  /** Joins left rows with right ones on disk. Returns the left rows, which note their matches where others follow. */
  async #chunk(lefts: Pages, chunk: Pages, othersFollow: boolean): Promise<Pages> {
    const task = this.#task
    const { follows, table, width } = this.#join
    for (const page of chunk) {
      const { address, rows, bytes } = this.#right.load(page)
      task.memory.kernels.storeAdopt(task.addressOf(table + TABLE_ROW_STORE), address, rows * width, bytes)
    }
    this.#finish()
    if (follows !== undefined) task.memory.view.setUint32(task.addressOf(follows), othersFollow ? 1 : 0, true)
    const probe = (first: number, rows: number) => this.#probe(first, rows)
    const isMarked = follows !== undefined && othersFollow
    const marked = isMarked ? await this.#left.update(lefts, probe) : lefts
    if (!isMarked) await this.#left.forEach(lefts, probe)
    await this.#passUnmatched()
    return marked
  }

  /** Has the right rows that are in the table looked up from now on. */
  #finish(): void {
    const { table, width, isNullAware } = this.#join
    const { memory } = this.#task
    const address = this.#task.addressOf(table)
    memory.kernels.joinFinish(address, width)
    if (!isNullAware) return
    // What NULLs decide, they decide for the whole side.
    memory.view.setUint32(address + JOIN_HAS_NULL, this.#hasNull, true)
    memory.view.setUint32(address + TABLE_ROWS, this.#rightRows, true)
  }

  #probe(first: number, rows: number): Promise<void> {
    return this.#task.runOverRows(this.#join.probe, [[first, rows]])
  }

  /** All left rows of those in the table have come by; frees it. */
  async #passUnmatched(): Promise<void> {
    const { table, width, unmatched } = this.#join
    if (unmatched) await this.#task.runOverRows(unmatched, rowsOf(this.#task, table, width))
    this.#task.memory.kernels.tableRelease(this.#task.addressOf(table))
  }
}
