import type { BarrierCall } from '../../common/barrier.js'
import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import type { JobSpec } from './job-spec.js'

/** Everything the scheduler is told. Any of them may come late, twice or out of order. */
export type SchedulerEvent =
  | { readonly kind: 'jobSubmitted'; readonly job: JobSpec }
  | { readonly kind: 'jobCanceled'; readonly jobId: number }
  /** The driver could not go on with the job for a reason of its own. */
  | { readonly kind: 'jobAborted'; readonly jobId: number; readonly error: SerializedError }
  | {
      readonly kind: 'executorRegistered'
      readonly executorId: string
      readonly slots: number
      /** Where it runs; absent of one in this process. */
      readonly host?: string
      /** False for an executor in this process, which cannot fall silent alone. */
      readonly heartbeats: boolean
    }
  | { readonly kind: 'executorHeartbeat'; readonly executorId: string }
  | { readonly kind: 'executorLost'; readonly executorId: string; readonly reason: string }
  /** It is to go when others have taken what it holds. */
  | { readonly kind: 'decommissionAsked'; readonly executorId: string; readonly reason: string }
  /** An executor has now what one that is to go held, or could not take it. */
  | { readonly kind: 'outputTaken'; readonly executorId: string; readonly attemptId: number }
  | { readonly kind: 'outputNotTaken'; readonly executorId: string; readonly attemptId: number }
  | {
      readonly kind: 'taskSucceeded'
      readonly executorId: string
      readonly attemptId: number
      readonly report: TaskReport
      /** True when the driver has the output already, so that it cannot be lost with the executor. */
      readonly inlined: boolean
    }
  | {
      readonly kind: 'taskFailed'
      readonly executorId: string
      readonly attemptId: number
      readonly error: SerializedError
    }
  /** A task waits for the others of its stage. */
  | ({ readonly kind: 'barrierCalled'; readonly executorId: string; readonly attemptId: number } & BarrierCall)
  /** The driver took the whole partition of a result. */
  | { readonly kind: 'resultDelivered'; readonly jobId: number; readonly partition: number; readonly attemptId: number }
  /** The driver could not fetch a partition of the result. */
  | {
      readonly kind: 'resultLost'
      readonly jobId: number
      readonly partition: number
      readonly attemptId: number
      readonly error: SerializedError
    }
  | { readonly kind: 'cacheDropped'; readonly cacheId: string }
  /** A stream ended. */
  | { readonly kind: 'stateDropped'; readonly queryId: string }
  /** Time passed. */
  | { readonly kind: 'tick' }
