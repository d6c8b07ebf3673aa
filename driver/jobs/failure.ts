import { CONDITIONS, type ConditionName } from '../../common/errors/catalogue.js'
import type { RetryRule } from '../../common/errors/condition.js'
import {
  deserializeError,
  MillraceError,
  type SerializedError,
  serializeError,
} from '../../common/errors/millrace-error.js'
import { longestPauseMs } from '../../common/growing-pause.js'
import type { TaskAttempt } from './actions.js'

const RETRY_DELAY = { firstMs: 100, mostMs: 5_000 }

/** How a task's error is to be met, by its condition. */
export function retryRuleOf(error: SerializedError): RetryRule {
  return Object.hasOwn(CONDITIONS, error.condition) ? CONDITIONS[error.condition as ConditionName].retry : 'never'
}

/** The pause before a task that failed so often is tried again: none at first, then growing. Nothing is drawn, as tasks that failed together share the slots anyway. */
export function retryDelayMs(failures: number): number {
  return failures <= 1 ? 0 : longestPauseMs(RETRY_DELAY, failures - 2)
}

/** What a FETCH_FAILED says of the output that could not be read: the stage's key and the executor that holds it. */
export function failedFetch(
  error: SerializedError,
): { readonly stageKey: number; readonly executorId: string } | undefined {
  if (error.condition !== 'FETCH_FAILED') return undefined
  const { stage, executor } = error.parameters
  return stage === undefined || executor === undefined ? undefined : { stageKey: Number(stage), executorId: executor }
}

/** The error of a job one of whose tasks was tried too often. */
export function exhausted(
  task: Pick<TaskAttempt, 'stageKey' | 'partition'>,
  attempts: number,
  error: SerializedError,
): SerializedError {
  const cause = deserializeError(error)
  return serializeError(
    new MillraceError(
      'TASK_RETRIES_EXHAUSTED',
      { partition: task.partition, stage: task.stageKey, attempts, reason: cause.text },
      { cause },
    ),
  )
}

export function executorLost(executorId: string, reason: string): SerializedError {
  return bare(new MillraceError('EXECUTOR_LOST', { executor: executorId, reason }))
}

export function noExecutors(waitedMs: number): SerializedError {
  return bare(new MillraceError('NO_EXECUTORS', { seconds: Math.round(waitedMs / 1000) }))
}

export const CANCELED: SerializedError = bare(new MillraceError('OPERATION_CANCELED'))

/** Without the stack, which would only show the scheduler. */
export function bare(error: MillraceError): SerializedError {
  const { stack: _, ...rest } = serializeError(error)
  return rest
}
