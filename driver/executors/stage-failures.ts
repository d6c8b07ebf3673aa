/** How many failures keep executors and hosts from tasks of a stage, as `excludeOnFailure.task.*` and `excludeOnFailure.stage.*` say. */
export interface StageLimits {
  readonly taskAttemptsPerExecutor: number
  readonly taskAttemptsPerHost: number
  readonly stageFailedTasksPerExecutor: number
  readonly stageFailedExecutorsPerHost: number
}

/** What failed where of a stage. */
export class StageFailures {
  readonly #limits: StageLimits
  readonly #hostOf: (executorId: string) => string
  /** By executor, how often each task failed there. */
  readonly #failures = new Map<string, Map<number, number>>()
  readonly #told = new Map<string, number>()
  /** What failed last, for people. */
  lastReason = ''

  constructor(limits: StageLimits, hostOf: (executorId: string) => string) {
    this.#limits = limits
    this.#hostOf = hostOf
  }

  add(partition: number, executorId: string, reason: string): void {
    const ofExecutor = this.#failures.get(executorId) ?? new Map<number, number>()
    this.#failures.set(executorId, ofExecutor)
    ofExecutor.set(partition, (ofExecutor.get(partition) ?? 0) + 1)
    this.lastReason = reason
  }

  /** How many tasks failed on each executor beside those that this told before. */
  *failedSince(): Iterable<{ readonly executorId: string; readonly tasks: number }> {
    for (const [executorId, { size }] of this.#failures) {
      const tasks = size - (this.#told.get(executorId) ?? 0)
      this.#told.set(executorId, size)
      if (tasks > 0) yield { executorId, tasks }
    }
  }

  /** How many tasks of the stage failed there. */
  failedTasksOf(executorId: string): number {
    return this.#failures.get(executorId)?.size ?? 0
  }

  isExecutorExcluded(executorId: string): boolean {
    return this.failedTasksOf(executorId) >= this.#limits.stageFailedTasksPerExecutor
  }

  /** How many of the executors of a host are or were excluded. */
  excludedOn(host: string): number {
    let excluded = 0
    for (const executorId of this.#failures.keys()) {
      if (this.#hostOf(executorId) === host && this.isExecutorExcluded(executorId)) excluded++
    }
    return excluded
  }

  isHostExcluded(host: string): boolean {
    return this.excludedOn(host) >= this.#limits.stageFailedExecutorsPerHost
  }

  mayRun(partition: number, executorId: string): boolean {
    const { taskAttemptsPerExecutor, taskAttemptsPerHost } = this.#limits
    const here = this.#failures.get(executorId)?.get(partition) ?? 0
    if (here >= taskAttemptsPerExecutor || this.isExecutorExcluded(executorId)) return false
    const host = this.#hostOf(executorId)
    return !this.isHostExcluded(host) && this.#failuresOn(host, partition) < taskAttemptsPerHost
  }

  #failuresOn(host: string, partition: number): number {
    let failures = 0
    for (const [executorId, ofExecutor] of this.#failures) {
      if (this.#hostOf(executorId) === host) failures += ofExecutor.get(partition) ?? 0
    }
    return failures
  }
}
