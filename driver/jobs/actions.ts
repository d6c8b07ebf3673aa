import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import type { OutputGroup } from '../tasks/output-table.js'
import type { PartitionRange } from './merged-tasks.js'

/** Where a task finds what a stage wrote. */
export interface TaskInput {
  readonly stageKey: number
  /** All map outputs, or for a cache only those of the task's own partition. */
  readonly outputs: readonly OutputGroup[]
}

/** A task to be run by an executor. Attempt ids are unique and grow over the whole application. */
export interface TaskAttempt {
  readonly attemptId: number
  readonly jobId: number
  readonly stageKey: number
  readonly partition: number
  /** Which attempt of the task this is, from 0. */
  readonly attempt: number
  readonly executorId: string
  /** What it reads of shuffles, where that is not its own partition alone. */
  readonly shuffled?: PartitionRange
}

/** What the scheduler wants done. */
export type SchedulerAction =
  | { readonly kind: 'launchTask'; readonly task: TaskAttempt; readonly inputs: readonly TaskInput[] }
  | { readonly kind: 'cancelTask'; readonly executorId: string; readonly attemptId: number }
  /** The first success of a task: its report counts, later ones do not. */
  | { readonly kind: 'taskAccepted'; readonly task: TaskAttempt; readonly report: TaskReport }
  | { readonly kind: 'taskRetried'; readonly task: TaskAttempt; readonly error: SerializedError }
  /** A partition of the result can be taken; said again, with another attempt, when it was lost before it was taken. */
  | { readonly kind: 'resultReady'; readonly task: TaskAttempt }
  | { readonly kind: 'jobSucceeded'; readonly jobId: number }
  | { readonly kind: 'jobFailed'; readonly jobId: number; readonly error: SerializedError }
  /** Executors may drop what they hold for the job. */
  | { readonly kind: 'releaseJob'; readonly jobId: number }
  | { readonly kind: 'dropCache'; readonly cacheId: string }
  /** The executor counts as gone; whatever it still says is ignored. */
  | { readonly kind: 'disconnectExecutor'; readonly executorId: string; readonly reason: string }
