import { HASH_ENTRY_BYTES, RUN_FOUND, RUN_PAGE } from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { sortedList } from '../spill/sorted-list.js'
import type { PlacedStateRows, StateRows, StateRun } from '../spill/state-run.js'
import { hashRanges, writeRun } from '../spill/state-run-writer.js'
import { mergeRuns } from '../spill/state-runs.js'
import type { SnapshotPiece, SnapshotRows } from './growing-snapshot.js'
import { RowsApart, type RowWork } from './rows-apart.js'

/** How rows of a state lie, and the list of their refs: a copy, since a state outlives the data area of a task. */
export interface DiskLayout extends StateRows {
  readonly refList: Uint8Array
}

/** Of more rows than these a part is listed at a time. */
const LISTED_AT_ONCE = 1 << 15
const PARTS_OF_MANY = 16
const ADDRESS_BYTES = 4
/** So many pages are a piece of a snapshot. */
const PIECE_PAGES = 32
const LAST_HASH = 0xffff_ffff

/** How many bytes it takes to list so many rows while they leave the memory. */
export const leavingBytes = (rows: number): number =>
  Math.max(Math.min(rows, LISTED_AT_ONCE), Math.ceil(rows / PARTS_OF_MANY)) * 2 * HASH_ENTRY_BYTES

/** Rows whose older versions are looked for. */
interface Unresolved {
  readonly state: number
  readonly list: number
  readonly count: number
}

/**
 * The rows of a state that do not fit into memory: runs on local disk. The checkpoint has all rows, so these outlive neither their thread nor a failure. A key is in one place: in memory or in one
 * run. A row that a batch touches comes back into memory, and its place in the run does not count any more.
 */
export class StateDisk {
  readonly #memory: LinearMemory
  readonly #layout: DiskLayout
  /** The address of the list of refs, when there are runs. */
  #refs = 0
  #runs: readonly StateRun[] = []
  /** Those that a snapshot is made of, which may not be runs of the state any more. */
  #held: readonly StateRun[] = []

  constructor(memory: LinearMemory, layout: DiskLayout) {
    this.#memory = memory
    this.#layout = layout
  }

  /** How many rows of the state are on disk. */
  get rows(): number {
    return this.#runs.reduce((sum, { live }) => sum + live, 0)
  }

  get runs(): number {
    return this.#runs.length
  }

  /** What it takes of memory. */
  get bytes(): number {
    return [...new Set([...this.#runs, ...this.#held])].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Puts the rows of the table at an address on disk that the batch has not touched. No run may have another version of one of them. */
  leave(state: number): void {
    const { kernels } = this.#memory
    const { mark, width } = this.#layout
    const count = kernels.stateUntouched(state, mark, 0, LAST_HASH, 0)
    if (count === 0) return
    const rows = this.#rows()
    const run = writeRun(this.#memory, rows, count, (writer) => {
      for (const { from, last } of hashRanges(count > LISTED_AT_ONCE ? PARTS_OF_MANY : 1)) {
        const part = kernels.stateUntouched(state, mark, from, last, 0)
        const listed = (list: number): number => kernels.stateUntouched(state, mark, from, last, list)
        sortedList(this.#memory, part, listed, (list) => writer.add(list, part))
      }
    })
    this.#runs = [...this.#runs, run]
    kernels.stateLeave(state, width, rows.refs, mark)
    this.#runs = mergeRuns(this.#memory, rows, this.#runs)
  }

  /**
   * Finds older versions of rows in memory, of those that the batch touched or of all, in one pass over the pages that have them. They count no more. With work given, a row becomes what its older
   * version was, and what it was itself is worked on.
   */
  async resolve(state: number, ofAll: boolean, work?: RowWork): Promise<void> {
    if (this.#runs.length === 0) return
    const { kernels } = this.#memory
    const { mark } = this.#layout
    const count = kernels.stateUnresolved(state, mark, Number(ofAll), 0)
    const listed = (list: number): number => kernels.stateUnresolved(state, mark, Number(ofAll), list)
    await sortedList(this.#memory, count, listed, async (list) => {
      for (const run of this.#runs) await this.#resolveIn(run, { state, list, count }, work)
    })
  }

  async #resolveIn(run: StateRun, { state, list, count }: Unresolved, work: RowWork | undefined): Promise<void> {
    const { kernels } = this.#memory
    const { width, mark, keyBytes } = this.#layout
    const { address } = run
    const apart = work && new RowsApart(this.#memory, width, work)
    try {
      for (let at = kernels.runSeek(address, list, count, 0) >>> 0; at < count; ) {
        await this.#onPage(run, this.#memory.view.getUint32(address + RUN_PAGE, true), async (first, rows) => {
          const to = apart ? await apart.roomFor(rows) : 0
          at = kernels.runMatch(address, list, count, at, first, width, mark, keyBytes, this.#refs, state, to) >>> 0
          apart?.added(this.#memory.view.getUint32(address + RUN_FOUND, true))
        })
        at = kernels.runSeek(address, list, count, at) >>> 0
      }
      await apart?.finish()
    } finally {
      apart?.release()
    }
  }

  /** Removes the rows that expire at a time or before, and returns how many there were. @param work gets lists of the addresses of some */
  async expire(until: bigint, work?: RowWork): Promise<number> {
    const { expires } = this.#layout
    if (expires === undefined) return 0
    let removed = 0
    for (const run of this.#runs)
      for (let page = 0; page < run.pages; page++)
        if (run.leastExpiry(page) <= until) removed += await this.#expirePage(run, page, expires, until, work)
    for (const run of this.#runs) if (run.live === 0) run.close()
    this.#runs = this.#runs.filter((run) => run.live > 0)
    return removed
  }

  async #expirePage(
    run: StateRun,
    page: number,
    expires: number,
    until: bigint,
    work: RowWork | undefined,
  ): Promise<number> {
    const { kernels } = this.#memory
    const { width } = this.#layout
    let removed = 0
    await this.#onPage(run, page, async (first, rows) => {
      const list = this.#memory.allocate(rows * ADDRESS_BYTES)
      try {
        removed = kernels.runExpire(run.address, page, first, width, expires, until, list)
        run.setLeastExpiry(page, kernels.rowsLeastExpiry(first, rows, width, expires, until))
        if (removed > 0) await work?.(list, removed)
      } finally {
        this.#memory.release(list)
      }
    })
    return removed
  }

  /** Has all rows on disk worked on, page by page. Those that count no more are marked as removed. */
  async forEachPage(work: RowWork): Promise<void> {
    for (const run of this.#runs) await this.#forEach(run, 0, run.pages, work)
  }

  /** The rows that are on disk now, for as long as they are wanted: what becomes of them does not matter, but those that count no more may be missing. */
  heldRows(): SnapshotRows {
    const runs = this.#runs
    for (const run of runs) run.retain()
    this.#held = runs
    const pieces = runs.flatMap((run) =>
      Array.from({ length: Math.ceil(run.pages / PIECE_PAGES) }, (_, i): SnapshotPiece => {
        const [from, until] = [i * PIECE_PAGES, Math.min(run.pages, (i + 1) * PIECE_PAGES)]
        const rows = run.firstRow(until) - run.firstRow(from)
        return { rows, visit: (work) => this.#forEach(run, from, until, work) }
      }),
    )
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      for (const run of runs) run.close()
      if (this.#held === runs) this.#held = []
    }
    return { pieces, first: undefined, release }
  }

  async #forEach(run: StateRun, from: number, until: number, work: RowWork): Promise<void> {
    const { width, mark } = this.#layout
    for (let page = from; page < until; page++)
      await this.#onPage(run, page, async (first, rows) => {
        this.#memory.kernels.runMarkDead(run.address, page, first, width, mark)
        await work(first, rows)
      })
  }

  close(): void {
    for (const run of this.#runs) run.close()
    this.#runs = []
    if (this.#refs !== 0) this.#memory.release(this.#refs)
    this.#refs = 0
  }

  async #onPage(run: StateRun, page: number, work: RowWork): Promise<void> {
    const { first, rows } = run.load(page)
    try {
      await work(first, rows)
    } finally {
      this.#memory.release(first)
    }
  }

  /** How rows lie, with the address of the list of their refs. */
  #rows(): PlacedStateRows {
    const { refList, ...rows } = this.#layout
    if (this.#refs === 0) {
      this.#refs = this.#memory.allocate(refList.length)
      this.#memory.bytes.set(refList, this.#refs)
    }
    return { ...rows, refs: this.#refs }
  }
}
