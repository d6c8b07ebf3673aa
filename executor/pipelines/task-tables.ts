import { STORE_SIZE } from '../kernels/interface/rows.js'
import { TABLE_ROW_STORE, TABLE_STRING_STORE } from '../kernels/interface/table.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { copyOfTable, placeCopy, type SharedTable, tableBytes } from './table-copy.js'
import type { TableClaim, TaskEnvironment } from './task.js'

/** How a task comes by the tables of broadcasts: its thread has kept them, it takes copies of what another thread has made, or it makes them, perhaps for others as well. */
export class TaskTables {
  readonly #memory: LinearMemory
  readonly #base: number
  readonly #environment: TaskEnvironment
  readonly #stageOf: (table: SharedTable) => number
  readonly #shared: ReadonlyMap<number, SharedTable>
  readonly #there: Set<number>
  readonly #made = new Set<number>()
  readonly #copied = new Set<number>()

  /** @param there the tables that are in the data area at `base` already; `stageOf` which stage the rows of a table come from */
  constructor(
    memory: LinearMemory,
    base: number,
    environment: TaskEnvironment,
    shared: readonly SharedTable[],
    stageOf: (table: SharedTable) => number,
    there: ReadonlySet<number>,
  ) {
    this.#memory = memory
    this.#base = base
    this.#environment = environment
    this.#shared = new Map(shared.map((one) => [one.table, one]))
    this.#stageOf = stageOf
    this.#there = new Set(there)
  }

  /** Whether a table is there; if not, the task has to make it. */
  async has(table: number): Promise<boolean> {
    if (this.#there.has(table)) return true
    if (this.#made.has(table)) return false
    const shared = this.#shared.get(table)
    const claim: TableClaim = shared
      ? await this.#environment.claimTable(shared.source, this.#stageOf(shared))
      : { kind: 'make', isShared: false }
    if (claim.kind === 'make') {
      this.#made.add(table)
      if (claim.isShared) this.#copied.add(table)
      return false
    }
    placeCopy(this.#memory, this.#base, shared!, claim.copy)
    this.#there.add(table)
    return true
  }

  /** Whether a table, whose rows are all there, is to be made so that it can be copied, for which these move to one chunk. */
  isCopied(table: number): boolean {
    if (!this.#copied.has(table)) return false
    const { view, taskBytes } = this.#memory
    const at = this.#base + table
    const bytes =
      view.getUint32(at + TABLE_ROW_STORE + STORE_SIZE, true) +
      view.getUint32(at + TABLE_STRING_STORE + STORE_SIZE, true)
    if (this.#memory.secure(taskBytes + bytes)) return true
    this.#copied.delete(table)
    this.#environment.madeTable(this.#shared.get(table)!.source, undefined)
    return false
  }

  /** The table is made. */
  made(table: number): void {
    if (!this.#copied.has(table)) return
    const hasRoom = this.#environment.memory.hasFree(tableBytes(this.#memory.view, this.#base + table))
    const { source } = this.#shared.get(table)!
    this.#environment.madeTable(source, hasRoom ? copyOfTable(this.#memory, this.#base + table) : undefined)
  }
}
