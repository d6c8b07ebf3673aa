/** Sums over the tasks of a stage that counted. */
export interface StageMetrics {
  readonly stageKey: number
  readonly tasks: number
  readonly finished: number
  readonly retries: number
  readonly rowsRead: number
  readonly rowsWritten: number
  readonly bytesWritten: number
  readonly spilledBytes: number
  readonly taskMs: number
}
