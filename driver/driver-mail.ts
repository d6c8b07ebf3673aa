import type { StageGraph } from '../planner/plan/physical/plan.js'
import type { ExecutorMessage } from '../proto/protocol.js'
import type { SubmitOptions } from './driver-options.js'
import type { Settle } from './job-run.js'
import type { SchedulerEvent } from './jobs/events.js'

/** A job that is being prepared. */
export interface Submission {
  readonly jobId: number
  readonly graph: StageGraph
  readonly options: SubmitOptions
  readonly settle: Settle
  readonly signal: AbortSignal
  readonly ended: Promise<unknown>
}

/** Everything that reaches the driver's state, beside what the scheduler takes as it is. */
export type DriverMail =
  | { readonly kind: 'scheduler'; readonly event: SchedulerEvent }
  | { readonly kind: 'executorSays'; readonly executorId: string; readonly message: ExecutorMessage }
