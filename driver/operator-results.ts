import type { StateVersion } from '../common/state-path.js'
import type { OperatorCounts, OperatorReport } from '../planner/plan/physical/task-report.js'

/** What a stateful operator did in all its partitions. */
export interface OperatorResult extends OperatorCounts {
  /** Of each partition. */
  readonly versions: (StateVersion | null)[]
  /** When the first row expires, of all partitions. */
  readonly dueMicros?: bigint
}

/** Adds up what the tasks of a job report of its stateful operators. */
export class OperatorResults {
  readonly all = new Map<number, OperatorResult>()

  accept(partition: number, { operatorId, version, dueMicros, ...counts }: OperatorReport): void {
    const before = this.all.get(operatorId)
    const sum: OperatorCounts = before ?? NONE
    const versions = before?.versions ?? []
    const due = earlier(before?.dueMicros, dueMicros)
    versions[partition] = version ?? null
    this.all.set(operatorId, {
      rowsTotal: sum.rowsTotal + counts.rowsTotal,
      rowsUpdated: sum.rowsUpdated + counts.rowsUpdated,
      rowsRemoved: sum.rowsRemoved + counts.rowsRemoved,
      rowsDropped: sum.rowsDropped + counts.rowsDropped,
      memoryBytes: sum.memoryBytes + counts.memoryBytes,
      updatesMs: sum.updatesMs + counts.updatesMs,
      removalsMs: sum.removalsMs + counts.removalsMs,
      commitMs: sum.commitMs + counts.commitMs,
      versions,
      ...(due === undefined ? {} : { dueMicros: due }),
    })
  }
}

const earlier = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a

const NONE: OperatorCounts = {
  rowsTotal: 0,
  rowsUpdated: 0,
  rowsRemoved: 0,
  rowsDropped: 0,
  memoryBytes: 0,
  updatesMs: 0,
  removalsMs: 0,
  commitMs: 0,
}
