import type { PoolsOptions } from '../pools/pool-options.js'
import { Pools } from '../pools/pools.js'
import type { StageState } from '../tasks/stage-state.js'
import type { SchedulerAction } from './actions.js'
import type { Attempts } from './attempts.js'
import { CacheTables } from './cache-tables.js'
import type { JobSpec } from './job-spec.js'
import { JobState } from './job-state.js'

/** The jobs that run, the pools that they are in, and the tables of caches that they share. */
export class Jobs {
  readonly pools: Pools
  readonly caches = new CacheTables()
  readonly #attempts: Attempts
  readonly #byId = new Map<number, JobState>()

  constructor(pools: PoolsOptions | undefined, attempts: Attempts) {
    this.pools = new Pools(pools ?? { mode: 'FAIR', declared: new Map() })
    this.#attempts = attempts
  }

  get size(): number {
    return this.#byId.size
  }

  get(jobId: number): JobState | undefined {
    return this.#byId.get(jobId)
  }

  has(job: JobState): boolean {
    return this.#byId.has(job.spec.jobId)
  }

  /** No attempt has this id yet, or a greater one. */
  get upcomingAttemptId(): number {
    return this.#attempts.upcomingId
  }

  /** As they are now: some may end meanwhile. */
  get all(): readonly JobState[] {
    return [...this.#byId.values()]
  }

  submit(spec: JobSpec): void {
    if (this.#byId.has(spec.jobId)) return
    const job = new JobState(spec, this.caches.of)
    this.#byId.set(spec.jobId, job)
    this.pools.add(job)
  }

  /** Marks the job of a stage for a refresh, or all jobs when the stage's output is a cache that they share. */
  markStale(stage: StageState): void {
    for (const job of this.#byId.values()) {
      if (stage.spec.output.kind === 'cache' || job.stages.includes(stage)) job.isStale = true
    }
  }

  /** An executor is gone, with all that it holds. */
  forgetExecutor(executorId: string): void {
    this.caches.forgetExecutor(executorId)
    for (const job of this.#byId.values()) {
      for (const stage of job.stages) stage.outputs.forgetExecutor(executorId)
      job.isStale = true
    }
  }

  /** Ends what runs of some tasks of a stage, and counts nothing of it any more. @returns what is to be done */
  cancel(job: JobState, stage: StageState, partitions: Iterable<number>): readonly SchedulerAction[] {
    const actions: SchedulerAction[] = []
    for (const partition of partitions) {
      for (const attemptId of stage.runningAttempts(partition)) {
        const { executorId } = job.running.get(attemptId)!
        this.#attempts.unwant(attemptId)
        stage.stopped(partition, attemptId)
        actions.push({ kind: 'cancelTask', executorId, attemptId })
      }
    }
    return actions
  }

  /** @returns what is to be done, first of all `end` */
  end(job: JobState, end: SchedulerAction): readonly SchedulerAction[] {
    const { jobId } = job.spec
    this.#byId.delete(jobId)
    this.pools.remove(job)
    const running = [...job.running.values()].filter(({ attemptId }) => this.#attempts.isWanted(attemptId))
    // Caches that were dropped under the job: what the job computed of them since is dropped too.
    const dropped = this.caches.droppedOf(job.stages)
    return [
      end,
      ...running.map(({ executorId, attemptId }) => ({ kind: 'cancelTask', executorId, attemptId }) as const),
      { kind: 'releaseJob', jobId },
      ...[...dropped].map((cacheId) => ({ kind: 'dropCache', cacheId }) as const),
    ]
  }
}
