import { append } from '../../../common/append.js'
import { MAX_BATCH_ROWS } from '../../../connectors/api.js'
import {
  MERGE_CURSOR_BYTES,
  MERGE_HEADER_BYTES,
  MERGE_HEAP_BYTES,
  MERGE_STALLED,
  SORT_ENTRY_BYTES,
  SORT_ENTRY_ROW,
} from '../../kernels/interface/rows.js'
import { SORT_COUNT, SORT_ENTRIES } from '../../kernels/interface/table.js'
import type { MemoryHolder } from '../../memory/memory-arbiter.js'
import { type LoadedPage, PAGE_BYTES, type RowPage, RowPages } from '../../spill/row-pages.js'
import type { RowRange, TaskRun } from '../step.js'
import { ofTask } from './of-task.js'
import { STATE_ROW_BYTES } from './state-row-bytes.js'
import { bytesOf, mostRows, type RowTable } from './stored-rows.js'

/** For each row sorting takes an entry, and another to merge into. */
const SORTING_BYTES = 2 * SORT_ENTRY_BYTES
const MERGE_RUN_BYTES = MERGE_CURSOR_BYTES + MERGE_HEAP_BYTES

/** The table of a sort. */
export interface SortedTable extends RowTable {
  /** Offset of what rows are compared by. */
  readonly descriptor: number
}

type Run = readonly RowPage[]

/** Where a task's sort stands: its rows in memory, and those that went to the scratch file, sorted, when memory became short. */
export const sortedRuns = (sorted: SortedTable): ((task: TaskRun) => SortedRuns) =>
  ofTask((task) => new SortedRuns(task, sorted))

class SortedRuns implements MemoryHolder {
  readonly operator = 'sort'
  readonly #task: TaskRun
  readonly #sorted: SortedTable
  readonly #pages: RowPages
  readonly #runs: Run[] = []

  constructor(task: TaskRun, sorted: SortedTable) {
    this.#task = task
    this.#sorted = sorted
    this.#pages = new RowPages(task.memory, task.scratch, sorted.width, task.addressOf(sorted.refs))
  }

  get bytes(): number {
    return bytesOf(this.#task, this.#sorted.table)
  }

  get reserve(): number {
    return this.#rows * SORTING_BYTES + PAGE_BYTES
  }

  get #rows(): number {
    return mostRows(this.#task, this.#sorted.table, this.#sorted.width)
  }

  /** Makes a run of the rows in memory. */
  giveBack(): void {
    const count = this.#sort()
    const address = this.#task.slot(this.#sorted.table + SORT_ENTRIES) + SORT_ENTRY_ROW
    if (count > 0) this.#runs.push(this.#pages.write({ address, stride: SORT_ENTRY_BYTES, count }))
    this.#task.memory.kernels.tableRelease(this.#task.addressOf(this.#sorted.table))
  }

  /**
   * All rows are there. They stay in memory while they are passed on, where they cannot leave it any more: a state that takes them in takes about as much again,
   * so where it has no room for that they are on disk by then.
   */
  finish(): void {
    const { arbiter } = this.#task
    // Asked while what sorting takes is still reserved: it is allocated right behind.
    const stays = this.#runs.length === 0 && arbiter.secureRoomInStates(this.bytes + this.#rows * STATE_ROW_BYTES)
    arbiter.keep(this)
    if (stays) this.#sort()
    else this.giveBack()
  }

  #sort(): number {
    const { table, width, descriptor } = this.#sorted
    const { memory } = this.#task
    return memory.kernels.sortFinish(this.#task.addressOf(table), width, this.#task.addressOf(descriptor)) >>> 0
  }

  /** Entries of all rows in order. */
  ranges(): Iterable<RowRange> {
    return this.#runs.length === 0 ? entriesOf(this.#task, this.#sorted.table, 0) : this.#merged()
  }

  *#merged(): Generator<RowRange> {
    const fanIn = Math.max(
      2,
      Math.floor(this.#task.arbiter.secured(2 * this.#runs.length * PAGE_BYTES) / 2 / PAGE_BYTES),
    )
    let runs = this.#runs.splice(0)
    while (runs.length > fanIn) {
      const longer: Run[] = []
      for (let at = 0; at < runs.length; at += fanIn) longer.push(this.#mergedRun(runs.slice(at, at + fanIn)))
      runs = longer
    }
    yield* this.#merge(runs)
  }

  /** Merges some runs to one, when there are more than can be merged at once. */
  #mergedRun(runs: readonly Run[]): Run {
    const pages: RowPage[] = []
    for (const [address, count] of this.#merge(runs)) {
      append(pages, this.#pages.write({ address: address + SORT_ENTRY_ROW, stride: SORT_ENTRY_BYTES, count }))
    }
    return pages
  }

  *#merge(runs: readonly Run[]): Generator<RowRange> {
    const { memory } = this.#task
    const { kernels } = memory
    const { width } = this.#sorted
    const descriptor = this.#task.addressOf(this.#sorted.descriptor)
    const merge = memory.allocate(MERGE_HEADER_BYTES + runs.length * MERGE_RUN_BYTES)
    const entries = memory.allocate(MAX_BATCH_ROWS * SORT_ENTRY_BYTES)
    const loaded: (LoadedPage | undefined)[] = runs.map(() => undefined)
    const next = runs.map(() => 0)
    const refill = (run: number): boolean => {
      const old = loaded[run]
      if (old) memory.release(old.address)
      loaded[run] = undefined
      const page = runs[run]![next[run]!++]
      if (!page) return false
      const fresh = this.#pages.load(page)
      loaded[run] = fresh
      kernels.mergeRefill(merge, run, fresh.first, fresh.first + fresh.rows * width)
      return true
    }
    try {
      for (let run = 0; run < runs.length; run++) refill(run)
      kernels.mergeStart(merge, runs.length, descriptor)
      for (;;) {
        const count = kernels.mergeNext(merge, runs.length, width, descriptor, entries, MAX_BATCH_ROWS) >>> 0
        if (count === 0) return
        yield [entries, count]
        const stalled = memory.view.getUint32(merge + MERGE_STALLED, true)
        if (stalled > 0) kernels.mergeResume(merge, runs.length, descriptor, refill(stalled - 1) ? 0 : 1)
      }
    } finally {
      for (const page of loaded) if (page) memory.release(page.address)
      memory.release(entries)
      memory.release(merge)
    }
  }
}

/** Entries of the rows of a sorted table, the first `skip` left out. */
export function* entriesOf(task: TaskRun, table: number, skip: number): Generator<RowRange> {
  const first = task.slot(table + SORT_ENTRIES)
  const count = task.slot(table + SORT_COUNT)
  for (let at = skip; at < count; at += MAX_BATCH_ROWS) {
    yield [first + at * SORT_ENTRY_BYTES, Math.min(MAX_BATCH_ROWS, count - at)]
  }
}
