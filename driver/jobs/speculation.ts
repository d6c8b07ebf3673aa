import type { ExecutorTable } from '../executors/executor-table.js'
import type { StageState } from '../tasks/stage-state.js'
import type { TaskAttempt } from './actions.js'
import type { JobState } from './job-state.js'

/** When a task is run a second time, as `speculation.*` says. */
export interface SpeculationOptions {
  readonly intervalMs: number
  readonly multiplier: number
  readonly quantile: number
  readonly minRuntimeMs: number
  /** How long a task of a stage that has room on one executor may take while too few are done to tell; 0 leaves it alone. */
  readonly fewTasksMs?: number
}

/** A task that takes long, and after what time it counts as such. */
export interface Straggler {
  readonly task: TaskAttempt
  readonly runtimeMs: number
  readonly thresholdMs: number
}

/** Finds tasks that take far longer than others of their stage. Each attempt is found once. */
export class Speculation {
  readonly #options: SpeculationOptions | undefined
  readonly #mostAttempts: number
  #nextCheckMs = 0

  /**
   * @param options without which it finds none
   * @param mostAttempts tasks that were tried so often are left alone: copies are not to use up what failures may take
   */
  constructor(options: SpeculationOptions | undefined, mostAttempts: number) {
    this.#options = options
    // The attempt that takes long is one of them.
    this.#mostAttempts = Math.max(mostAttempts, 2)
  }

  /** When to look again while tasks run; infinity when there is nothing to look for, or no second executor. */
  wakeAtMs(runningTasks: number, executors: number): number {
    return this.#options && runningTasks > 0 && executors > 1 ? this.#nextCheckMs : Number.POSITIVE_INFINITY
  }

  /** Those that take too long since a moment ago; a copy of each is wanted from now on. */
  found(jobs: Iterable<JobState>, executors: ExecutorTable, nowMs: number): readonly Straggler[] {
    if (!this.#options || executors.size < 2 || nowMs < this.#nextCheckMs) return []
    this.#nextCheckMs = nowMs + this.#options.intervalMs
    const stragglers: Straggler[] = []
    for (const job of jobs) this.#addOf(job, stragglers, executors.mostSlots, nowMs)
    return stragglers
  }

  #addOf(job: JobState, stragglers: Straggler[], slots: number, nowMs: number): void {
    const thresholds = new Map<StageState, number>()
    for (const task of job.running.values()) {
      const stage = job.stage(task.stageKey)!
      const thresholdMs = thresholds.get(stage) ?? this.#thresholdMs(stage, slots)
      thresholds.set(stage, thresholdMs)
      const runtimeMs = nowMs - task.launchedMs
      if (runtimeMs <= thresholdMs || stage.attempts(task.partition) >= this.#mostAttempts) continue
      if (!stage.wantCopy(task.partition, task.attemptId)) continue
      stragglers.push({ task, runtimeMs, thresholdMs })
    }
  }

  /** After how long tasks of a stage are stragglers; infinity while too few are done to tell, or when no task may run twice at once. @param slots of the largest executor */
  #thresholdMs({ spec, taskCount, tasksDone, durations }: StageState, slots: number): number {
    const { quantile, multiplier, minRuntimeMs, fewTasksMs = 0 } = this.#options!
    const { median } = durations
    if (!maySpeculate(spec)) return Number.POSITIVE_INFINITY
    if (median === undefined || tasksDone < quantile * taskCount)
      return fewTasksMs > 0 && taskCount <= slots ? fewTasksMs : Number.POSITIVE_INFINITY
    return Math.max(median * multiplier, minRuntimeMs)
  }
}

/**
 * Whether two attempts at a task may run at once. Where a sink has what an attempt wrote before it is committed, it would be there twice; and the state of a
 * stream is kept by the executor that runs its task. Tasks that wait for one another run once each.
 */
const maySpeculate = ({ output, stateId, hasBarrier }: StageState['spec']): boolean =>
  stateId === undefined && !hasBarrier && (output.kind !== 'write' || output.keepsAttemptsApart)
