import {
  HASH_ENTRY_BYTES,
  RUN_FOUND,
  RUN_LIST_ENTRY_BYTES,
  RUN_LIST_FIRST,
  RUN_PAGE,
} from '../kernels/interface/state-runs.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { sortedList } from '../spill/sorted-list.js'
import type { PlacedStateRows, StateRows, StateRun } from '../spill/state-run.js'
import { hashRanges, writeRun } from '../spill/state-run-writer.js'
import { MOST_RUNS, mergeRuns } from '../spill/state-runs.js'
import { GoneHashes } from './gone-hashes.js'
import type { SnapshotPiece, SnapshotRows } from './growing-snapshot.js'
import { RowsApart, type RowWork } from './rows-apart.js'

/** How rows of a state lie, whether in chains, and the list of their refs: a copy, since a state outlives the data area of a task. */
export interface DiskLayout extends StateRows {
  readonly isChained: boolean
  readonly refList: Uint8Array
}

/** Of more rows than these a part is listed at a time. */
const LISTED_AT_ONCE = 1 << 15
const PARTS_OF_MANY = 16
const ADDRESS_BYTES = 4
/** So many pages are a piece of a snapshot. */
const PIECE_PAGES = 8
const LAST_HASH = 0xffff_ffff
const NEVER = (1n << 63n) - 1n

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
  #list: number
  /** The address of the list of refs, when there are runs. */
  #refs = 0
  #runs: readonly StateRun[] = []
  /** Hashes of which no row is on disk any more. */
  readonly #gone = new GoneHashes()
  /** Those that a snapshot is made of, which may not be runs of the state any more. */
  #held: readonly StateRun[] = []

  constructor(memory: LinearMemory, layout: DiskLayout) {
    this.#memory = memory
    this.#layout = layout
    this.#list = memory.allocate(RUN_LIST_FIRST + MOST_RUNS * RUN_LIST_ENTRY_BYTES)
    this.#listRuns()
  }

  /** How many rows of the state are on disk. */
  get rows(): number {
    return this.#runs.reduce((sum, { live }) => sum + live, 0)
  }

  /** The address of the list of runs that code looks into. */
  get list(): number {
    return this.#list
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
    const { mark, width, isChained } = this.#layout
    const chained = Number(isChained)
    const count = kernels.stateUntouched(state, mark, 0, LAST_HASH, 0, chained)
    if (count === 0) return
    const rows = this.#rows()
    const run = writeRun(this.#memory, rows, count, (writer) => {
      for (const { from, last } of hashRanges(count > LISTED_AT_ONCE ? PARTS_OF_MANY : 1)) {
        const part = kernels.stateUntouched(state, mark, from, last, 0, chained)
        const listed = (list: number): number => kernels.stateUntouched(state, mark, from, last, list, chained)
        sortedList(this.#memory, part, listed, (list) => writer.add(list, part))
      }
    })
    this.#runs = [...this.#runs, run]
    kernels.stateLeave(state, width, rows.refs, mark, chained)
    this.#runs = mergeRuns(this.#memory, rows, this.#runs)
    this.#listRuns()
  }

  /** Brings the rows with a hash back into the table at an address. None of them is there. */
  bring(state: number, hash: number): void {
    if (!this.#gone.add(hash)) return
    const { kernels } = this.#memory
    const { width, mark, expires = 0, isChained } = this.#layout
    for (const run of this.#runs) {
      const { address } = run
      const page = kernels.runPage(address, hash)
      if (page < 0) continue
      const { first } = run.load(page)
      try {
        kernels.runReturn(address, page, first, hash, state, width, mark, expires, this.#refs, Number(isChained))
      } finally {
        this.#memory.release(first)
      }
    }
  }

  /** The same with the rows that expire at a time or before. */
  bringDue(state: number, until: bigint): void {
    const { kernels } = this.#memory
    const { width, mark, expires } = this.#layout
    if (expires === undefined) return
    for (const run of this.#runs)
      for (const page of run.duePages(until)) {
        const { first, rows } = run.load(page)
        try {
          kernels.runReturnDue(run.address, page, first, until, state, width, mark, expires, this.#refs)
          run.setLeastExpiry(page, kernels.rowsLeastExpiry(first, rows, width, expires, until))
        } finally {
          this.#memory.release(first)
        }
      }
  }

  /** The time before which no row expires. */
  get leastExpiry(): bigint {
    return this.#runs.reduce((least, run) => run.expiryBefore(least), NEVER)
  }

  #listRuns(): void {
    this.#gone.clear()
    const { view } = this.#memory
    view.setUint32(this.#list, this.#runs.length, true)
    const first = this.#list + RUN_LIST_FIRST
    for (const [i, { address }] of this.#runs.entries()) view.setUint32(first + i * RUN_LIST_ENTRY_BYTES, address, true)
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
    const { width, mark, keyBytes = 0 } = this.#layout
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
      for (const page of run.duePages(until)) removed += await this.#expirePage(run, page, expires, until, work)
    const empty = this.#runs.filter((run) => run.live === 0)
    this.#runs = this.#runs.filter((run) => !empty.includes(run))
    for (const run of empty) run.close()
    this.#listRuns()
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
    for (const run of this.#runs) await this.#forEach(run, 0, run.pages, run.dead, work)
  }

  /** The rows that are on disk now, as they are, for as long as they are wanted: what becomes of them does not matter. */
  heldRows(): SnapshotRows {
    const runs = this.#runs
    const dead: number[] = []
    const free = (): void => {
      for (const bits of dead) this.#memory.release(bits)
    }
    try {
      for (const run of runs) dead.push(run.copyDead())
    } catch (error) {
      free()
      throw error
    }
    for (const run of runs) run.retain()
    this.#held = runs
    const pieces = runs.flatMap((run, number) =>
      Array.from({ length: Math.ceil(run.pages / PIECE_PAGES) }, (_, i): SnapshotPiece => {
        const [from, until] = [i * PIECE_PAGES, Math.min(run.pages, (i + 1) * PIECE_PAGES)]
        const rows = run.firstRow(until) - run.firstRow(from)
        return { rows, visit: (work) => this.#forEach(run, from, until, dead[number]!, work) }
      }),
    )
    let isHeld = true
    const release = (): void => {
      if (!isHeld) return
      isHeld = false
      free()
      for (const run of runs) run.close()
      if (this.#held === runs) this.#held = []
    }
    return { pieces, first: undefined, release }
  }

  async #forEach(run: StateRun, from: number, until: number, dead: number, work: RowWork): Promise<void> {
    const { width, mark } = this.#layout
    for (let page = from; page < until; page++)
      await this.#onPage(run, page, async (first, rows) => {
        this.#memory.kernels.runMarkDead(run.address, page, first, width, mark, dead)
        await work(first, rows)
      })
  }

  close(): void {
    for (const run of this.#runs) run.close()
    this.#runs = []
    if (this.#refs !== 0) this.#memory.release(this.#refs)
    this.#refs = 0
    if (this.#list !== 0) this.#memory.release(this.#list)
    this.#list = 0
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
