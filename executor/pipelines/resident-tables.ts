import type { Stage } from '../../planner/plan/physical/plan.js'
import { TABLE_BYTES } from '../kernels/interface/table.js'
import type { LinearMemory } from '../memory/linear-memory.js'
import { tableBytes } from './table-copy.js'

/**
 * The tables of broadcast joins, which stay in the thread's memory from one task of a stage to the next, so that each thread has to come by them
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
