import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import type { ExclusionChange } from '../executors/exclusion.js'
import type { OutputGroup } from '../tasks/output-table.js'
import type { StageChange } from './adaption.js'
import type { TaskReads } from './division.js'

/** Where a task finds what a stage wrote. */
export interface TaskInput {
  readonly stageKey: number
  /** All map outputs, or those of some tasks; for a cache only those of the task's own partition. */
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
  /** When it was sent. */
  readonly launchedMs: number
  /** Another attempt at the task runs, which takes long. */
  readonly isCopy: boolean
  /** What it reads of shuffles, where that is not its own partition alone. */
  readonly reads?: TaskReads
}

/** What an executor that goes held, and another holds now: of a cache, or of a stage of a job. */
export interface MovedOutput {
  readonly partition: number
  readonly bytes: number
  readonly from: string
  readonly to: string
  readonly cacheId?: string
  readonly jobId?: number
}

/** What the scheduler wants done. */
export type SchedulerAction =
  | {
      readonly kind: 'launchTask'
      readonly task: TaskAttempt
      readonly inputs: readonly TaskInput[]
      /** Of a task that waits for others of its stage, the executor of each, by partition. */
      readonly together?: readonly string[] | undefined
    }
  | { readonly kind: 'cancelTask'; readonly executorId: string; readonly attemptId: number }
  /** All tasks of the stage are at the barrier. `messages` is what each handed to the others, by partition, if that was asked for. */
  | {
      readonly kind: 'passBarrier'
      readonly executorId: string
      readonly attemptId: number
      readonly sequence: number
      readonly messages: readonly string[]
    }
  /** A stage is changed before its first task is launched. */
  | { readonly kind: 'stageChanged'; readonly jobId: number; readonly change: StageChange }
  /** A task ended well, and will be accepted when all others of its stage have: they are run again together otherwise. */
  | { readonly kind: 'taskHeld'; readonly task: TaskAttempt; readonly report: TaskReport }
  /** The first success of a task: its report counts, later ones do not. */
  | { readonly kind: 'taskAccepted'; readonly task: TaskAttempt; readonly report: TaskReport }
  | { readonly kind: 'taskRetried'; readonly task: TaskAttempt; readonly error: SerializedError }
  /** It takes long: another attempt is to run beside it. */
  | {
      readonly kind: 'taskStraggles'
      readonly task: TaskAttempt
      readonly runtimeMs: number
      readonly thresholdMs: number
    }
  /** Executors or hosts are excluded, or come back. */
  | { readonly kind: 'exclusionChanged'; readonly change: ExclusionChange }
  /** A partition of the result can be taken; said again, with another attempt, when it was lost before it was taken. */
  | { readonly kind: 'resultReady'; readonly task: TaskAttempt }
  /** Of attempts with smaller ids no partition of the result is to be taken any more: what they were made of is made anew. */
  | { readonly kind: 'resultsForgotten'; readonly jobId: number; readonly beforeAttemptId: number }
  | { readonly kind: 'jobSucceeded'; readonly jobId: number }
  | { readonly kind: 'jobFailed'; readonly jobId: number; readonly error: SerializedError }
  /** Executors may drop what they hold for the job. */
  | { readonly kind: 'releaseJob'; readonly jobId: number }
  | { readonly kind: 'dropCache'; readonly cacheId: string }
  /** It gets no more tasks, and goes when others have what it holds. */
  | { readonly kind: 'executorDecommissioned'; readonly executorId: string; readonly reason: string }
  /** One executor is to take what an attempt wrote on another. */
  | {
      readonly kind: 'moveOutput'
      readonly from: string
      readonly to: string
      readonly attemptId: number
      readonly jobId: number
      readonly cacheId: string | undefined
    }
  /** Nobody wants what it took of an attempt. */
  | { readonly kind: 'discardOutput'; readonly executorId: string; readonly attemptId: number }
  | { readonly kind: 'outputMoved'; readonly moved: MovedOutput }
  /** The executor counts as gone; whatever it still says is ignored. One that was decommissioned is to end. */
  | {
      readonly kind: 'disconnectExecutor'
      readonly executorId: string
      readonly reason: string
      readonly isDecommissioned: boolean
    }
