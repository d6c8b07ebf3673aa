import type { EventTime } from '../../planner/plan/physical/task-report.js'
import type { StateVersions } from './checkpoint-entries.js'
import type { ObservedByName, StateOperatorProgress } from './progress.js'
import type { Watermarks } from './watermarks.js'

/** What running a batch came to. */
export interface BatchOutcome {
  /** Of each source. */
  readonly rowsRead: readonly number[]
  /** -1 when the sink had the output already. */
  readonly rowsWritten: number
  /** What its watermarks have seen, by their ids. */
  readonly eventTimes: ReadonlyMap<number, EventTime>
  /** The watermarks after it. */
  readonly watermarks: Watermarks
  readonly states: StateVersions
  readonly stateOperators: readonly StateOperatorProgress[]
  /** By the names of observations. */
  readonly observedMetrics: ObservedByName
  /** How long took what came before its tasks ran. */
  readonly durationMs: Readonly<Record<'getBatch' | 'queryPlanning', number>>
}
