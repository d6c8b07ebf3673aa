import type { Stage } from '../../planner/plan/physical/plan.js'
import { DIRECTORY_ENTRY_SHIFT, STORE_SIZE } from '../kernels/interface/rows.js'
import {
  JOIN_FILTER,
  JOIN_FILTER_LAST,
  TABLE_BYTES,
  TABLE_DIRECTORY,
  TABLE_MASK,
  TABLE_ROW_STORE,
  TABLE_STRING_STORE,
} from '../kernels/interface/table.js'
import type { LinearMemory } from '../memory/linear-memory.js'

/** Bytes that a finished table of a join takes. */
export function tableBytes(view: DataView, table: number): number {
  const at = (offset: number): number => view.getUint32(table + offset, true)
  const directory = at(TABLE_DIRECTORY) === 0 ? 0 : (at(TABLE_MASK) + 1) << DIRECTORY_ENTRY_SHIFT
  const filter = at(JOIN_FILTER) === 0 ? 0 : (at(JOIN_FILTER_LAST) + 1) / 8
  return directory + filter + at(TABLE_ROW_STORE + STORE_SIZE) + at(TABLE_STRING_STORE + STORE_SIZE)
}

/**
 * The tables of broadcast joins, which stay in the thread's memory from one task of a stage to the next, so that each thread builds them
 * once. A task takes them over, and gives them back when it succeeded. Tasks of another stage find the memory free.
 */
export class ResidentTables {
  #stage: Stage | undefined
  /** By where the table lies in the data area; the table itself is spread over the memory. */
  #headers = new Map<number, Uint8Array>()

  /** Bytes of the tables that no task has at the moment. */
  get bytes(): number {
    return [...this.#headers.values()].reduce(
      (sum, { buffer, byteOffset }) => sum + tableBytes(new DataView(buffer, byteOffset), 0),
      0,
    )
  }

  /** Frees what another stage left. */
  open(stage: Stage, memory: LinearMemory): void {
    if (this.#stage === stage) return
    this.release(memory)
    this.#stage = stage
  }

  /** Frees all tables. */
  release(memory: LinearMemory): void {
    for (const header of this.#headers.values()) {
      const at = memory.allocate(TABLE_BYTES)
      memory.bytes.set(header, at)
      memory.kernels.tableRelease(at)
      memory.release(at)
    }
    this.#headers.clear()
  }

  /** Puts the tables of the stage into a task's data area, whose they are from now on. Returns where. */
  take(memory: LinearMemory, base: number): ReadonlySet<number> {
    const headers = this.#headers
    this.#headers = new Map()
    for (const [table, header] of headers) memory.bytes.set(header, base + table)
    return new Set(headers.keys())
  }

  /** Keeps a finished table of a task's data area. */
  keep(memory: LinearMemory, base: number, table: number): void {
    this.#headers.set(table, memory.bytes.slice(base + table, base + table + TABLE_BYTES))
  }
}
