import type { Block } from '../columnar/blocks/block.js'
import type { EventTime } from '../planner/plan/physical/task-report.js'
import type { StageChange } from './jobs/adaption.js'
import type { MeasuredStage } from './measured-stages.js'
import type { OperatorResult } from './operator-results.js'
import type { StageMetrics } from './stage-metrics.js'

/** What a job came to. */
export interface JobResult {
  readonly jobId: number
  readonly rowsRead: number
  /** Rows of the result stage. */
  readonly rowsWritten: number
  /** Rows of each stream that was read, by the id of the scan. */
  readonly scans: ReadonlyMap<number, number>
  /** The event times that tasks saw for a watermark, by the watermark's id. */
  readonly eventTimes: ReadonlyMap<number, EventTime>
  /** What its stateful operators did, by their ids. */
  readonly operators: ReadonlyMap<number, OperatorResult>
  /** The states of what tasks observed, by the observation's id and the partition. */
  readonly observed: ReadonlyMap<string, ReadonlyMap<number, readonly Block[]>>
  readonly stages: readonly StageMetrics[]
  /** What was decided of stages before they ran. */
  readonly changes: readonly StageChange[]
  /** Those whose operators were measured. */
  readonly measured: readonly MeasuredStage[]
  /** The sink had the output already, so that nothing ran. */
  readonly skipped: boolean
}
