import type { StageState } from '../tasks/stage-state.js'
import { StageFailures, type StageLimits } from './stage-failures.js'

/** When executors and hosts get no more tasks, and for how long. */
export interface ExclusionOptions extends StageLimits {
  readonly timeoutMs: number
  readonly failedTasksPerExecutor: number
  readonly failedExecutorsPerHost: number
  /** How long a job waits for a place when all executors are excluded. */
  readonly waitMs: number
  /** Whether executors are ended that are excluded from all stages. */
  readonly endsExcluded?: boolean
}

/** An executor or a host that gets no more tasks of a stage or of any, or gets them again. */
export type ExclusionChange =
  | {
      readonly kind: 'executorExcludedForStage'
      readonly jobId: number
      readonly stageKey: number
      readonly executorId: string
      readonly taskFailures: number
    }
  | {
      readonly kind: 'nodeExcludedForStage'
      readonly jobId: number
      readonly stageKey: number
      readonly host: string
      readonly executorFailures: number
    }
  | { readonly kind: 'executorExcluded'; readonly executorId: string; readonly taskFailures: number }
  | { readonly kind: 'nodeExcluded'; readonly host: string; readonly executorFailures: number }
  | { readonly kind: 'executorUnexcluded'; readonly executorId: string }
  | { readonly kind: 'nodeUnexcluded'; readonly host: string }

/** A task that failed, and until when that counts. */
interface CountedFailure {
  readonly executorId: string
  readonly untilMs: number
}

/** Of more failures that count at once, the oldest are forgotten. */
const MOST_COUNTED = 10_000
const ANYWHERE = (): boolean => true

/**
 * Which executors and hosts get no tasks as too many failed there. For other stages a failure counts when its stage is done in spite of it: what fails
 * everywhere is not the fault of an executor. An executor within the driver's process, which has no host, is never excluded.
 */
export class Exclusion {
  readonly #options: ExclusionOptions | undefined
  readonly #hostOf: (executorId: string) => string
  readonly #stages = new WeakMap<StageState, StageFailures>()
  #counted: CountedFailure[] = []
  /** Until when, by executor and by host. */
  readonly #executors = new Map<string, number>()
  readonly #hosts = new Map<string, number>()
  #changes: ExclusionChange[] = []

  /** Without options nothing is excluded. @param hostOf also of executors that are gone */
  constructor(options: ExclusionOptions | undefined, hostOf: (executorId: string) => string) {
    this.#options = options
    this.#hostOf = hostOf
  }

  /** What has changed since this was asked last. */
  takeChanges(): readonly ExclusionChange[] {
    const changes = this.#changes
    if (changes.length > 0) this.#changes = []
    return changes
  }

  /** Which executors of those that there are have to be ended for what has changed. */
  ended(changes: readonly ExclusionChange[], executorIds: readonly string[]): readonly string[] {
    if (changes.length === 0 || !this.#options?.endsExcluded) return []
    return executorIds.filter((executorId) =>
      changes.some(
        (change) =>
          (change.kind === 'executorExcluded' && change.executorId === executorId) ||
          (change.kind === 'nodeExcluded' && change.host === this.#hostOf(executorId)),
      ),
    )
  }

  /** When an exclusion ends next. */
  get wakeAtMs(): number {
    let nextMs = Number.POSITIVE_INFINITY
    for (const untilMs of this.#executors.values()) nextMs = Math.min(nextMs, untilMs)
    for (const untilMs of this.#hosts.values()) nextMs = Math.min(nextMs, untilMs)
    return nextMs
  }

  /** Lets those return whose time is over; to be told before anything else. */
  advance(nowMs: number): void {
    for (const [executorId, untilMs] of this.#executors) {
      if (untilMs > nowMs) continue
      this.#executors.delete(executorId)
      this.#changes.push({ kind: 'executorUnexcluded', executorId })
    }
    for (const [host, untilMs] of this.#hosts) {
      if (untilMs > nowMs) continue
      this.#hosts.delete(host)
      this.#changes.push({ kind: 'nodeUnexcluded', host })
    }
  }

  /** An attempt failed, and its task is to be tried again. */
  failed(stage: StageState, jobId: number, partition: number, executorId: string, reason: string): void {
    const host = this.#hostOf(executorId)
    if (!this.#options || host === '') return
    const failures = this.#stages.get(stage) ?? new StageFailures(this.#options, this.#hostOf)
    this.#stages.set(stage, failures)
    const [hadExecutor, hadHost] = [failures.isExecutorExcluded(executorId), failures.isHostExcluded(host)]
    failures.add(partition, executorId, reason)
    const place = { jobId, stageKey: stage.spec.key }
    if (!hadExecutor && failures.isExecutorExcluded(executorId)) {
      const taskFailures = failures.failedTasksOf(executorId)
      this.#changes.push({ kind: 'executorExcludedForStage', ...place, executorId, taskFailures })
    }
    if (!hadHost && failures.isHostExcluded(host)) {
      this.#changes.push({ kind: 'nodeExcludedForStage', ...place, host, executorFailures: failures.excludedOn(host) })
    }
  }

  /** A stage is done, perhaps again as output was lost: what failed of it counts for others. */
  completed(stage: StageState, nowMs: number): void {
    const failures = this.#stages.get(stage)
    if (!failures || !this.#options) return
    const untilMs = nowMs + this.#options.timeoutMs
    this.#counted = this.#counted.filter((failure) => failure.untilMs > nowMs)
    for (const { executorId, tasks } of failures.failedSince()) {
      for (let i = 0; i < tasks; i++) this.#counted.push({ executorId, untilMs })
      this.#exclude(executorId, untilMs, this.#options)
    }
    this.#counted.splice(0, this.#counted.length - MOST_COUNTED)
  }

  /** Where a task of a stage may run. */
  placesOf(stage: StageState, partition: number): (executorId: string) => boolean {
    const failures = this.#stages.get(stage)
    if (!failures && this.#executors.size === 0 && this.#hosts.size === 0) return ANYWHERE
    return (executorId) =>
      !this.#executors.has(executorId) &&
      !this.#hosts.has(this.#hostOf(executorId)) &&
      (failures?.mayRun(partition, executorId) ?? true)
  }

  /** What failed last of a stage, for people. */
  lastReason(stage: StageState): string {
    return this.#stages.get(stage)?.lastReason ?? 'tasks of earlier stages failed there'
  }

  #exclude(executorId: string, untilMs: number, options: ExclusionOptions): void {
    const taskFailures = this.#counted.filter((failure) => failure.executorId === executorId).length
    if (taskFailures < options.failedTasksPerExecutor || this.#executors.has(executorId)) return
    this.#executors.set(executorId, untilMs)
    // It begins anew when it returns.
    this.#counted = this.#counted.filter((failure) => failure.executorId !== executorId)
    this.#changes.push({ kind: 'executorExcluded', executorId, taskFailures })
    const host = this.#hostOf(executorId)
    const executorFailures = [...this.#executors.keys()].filter((id) => this.#hostOf(id) === host).length
    if (executorFailures < options.failedExecutorsPerHost || this.#hosts.has(host)) return
    this.#hosts.set(host, untilMs)
    this.#changes.push({ kind: 'nodeExcluded', host, executorFailures })
  }
}
