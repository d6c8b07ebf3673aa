import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { StageState } from '../tasks/stage-state.js'
import type { TaskAttempt } from './actions.js'
import { executorLost, exhausted, retryDelayMs } from './failure.js'

/** Attempts of one task for whatever reason, per failure allowed: it bounds recomputation too. */
const ATTEMPTS_PER_FAILURE = 4

/** How often tasks are tried: each of these gives what fails the job when it was too often. */
export class Retries {
  readonly #maxFailures: number
  readonly #maxAttempts: number

  constructor(maxFailures: number) {
    this.#maxFailures = maxFailures
    this.#maxAttempts = maxFailures * ATTEMPTS_PER_FAILURE
  }

  /** @param counts whether it was the task's fault, or that of its place; else only the bound on all attempts counts it */
  afterFailure(
    stage: StageState,
    task: TaskAttempt,
    error: SerializedError,
    counts: boolean,
    nowMs: number,
  ): SerializedError | undefined {
    const { partition, executorId } = task
    const failures = counts ? stage.failed(partition, executorId) : stage.failures(partition)
    const attempts = stage.attempts(partition)
    stage.delay(partition, nowMs + retryDelayMs(counts ? failures : attempts))
    const isTooOften = failures >= this.#maxFailures || attempts >= this.#maxAttempts
    return isTooOften ? exhausted(task, attempts, error) : undefined
  }

  /** What a task wrote is gone before it was taken. */
  afterLoss(stage: StageState, partition: number, error: SerializedError, nowMs: number): SerializedError | undefined {
    const attempts = stage.attempts(partition)
    stage.delay(partition, nowMs + retryDelayMs(attempts))
    if (attempts < this.#maxAttempts) return undefined
    return exhausted({ stageKey: stage.spec.key, partition }, attempts, error)
  }

  beforeLaunch(task: TaskAttempt): SerializedError | undefined {
    const { attempt, executorId } = task
    if (attempt < this.#maxAttempts) return undefined
    return exhausted(task, attempt, executorLost(executorId, 'its output was lost each time'))
  }
}
