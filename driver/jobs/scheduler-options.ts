/** What a scheduler is told once. */
export interface SchedulerOptions {
  /** Failures of one task that its job survives, plus one. Losing the executor under it counts. */
  readonly maxFailures: number
  /** Silence after which an executor counts as lost. */
  readonly executorTimeoutMs: number
  /** How long a task waits for a slot where its input is. */
  readonly localityWaitMs: number
  /** How long jobs wait without any executor before they fail. */
  readonly executorWaitMs: number
}
