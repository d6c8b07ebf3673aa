import type { ScanRows } from '../../planner/plan/physical/task-report.js'
import type { OpenSource } from './step.js'

/** How many rows a task has read, and of which streams. */
export class RowsRead {
  #total = 0
  readonly #ofScans = new Map<number, number>()

  add({ isCounted, scanId }: OpenSource, rows: number): void {
    if (!isCounted) return
    this.#total += rows
    if (scanId !== undefined) this.#ofScans.set(scanId, (this.#ofScans.get(scanId) ?? 0) + rows)
  }

  get total(): number {
    return this.#total
  }

  get scans(): readonly ScanRows[] {
    return [...this.#ofScans].map(([scanId, rows]) => ({ scanId, rows }))
  }
}
