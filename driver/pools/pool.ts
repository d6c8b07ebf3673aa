import type { JobState } from '../jobs/job-state.js'
import type { PoolOptions, SchedulingMode } from './pool-options.js'

/** A pool as others may see it. */
export interface SchedulerPool {
  readonly name: string
  readonly schedulingMode: SchedulingMode
  readonly weight: number
  readonly minShare: number
  /** How many jobs it has that run or wait. */
  readonly jobs: number
  readonly runningTasks: number
  /** Tasks that could run if there were slots for them. */
  readonly waitingTasks: number
}

/** Jobs that share what they get of the slots. */
export class Pool {
  readonly name: string
  readonly options: PoolOptions
  /**
   * What it has been given so far, by its weight: among pools with the same right to a slot the one comes first that has been given least. One that had nothing to do is not given what it
   * missed, so that this is counted from where the others are.
   */
  given: number
  readonly #jobs = new Set<JobState>()
  #running = 0

  constructor(name: string, options: PoolOptions, given: number) {
    this.name = name
    this.options = options
    this.given = given
  }

  get isEmpty(): boolean {
    return this.#jobs.size === 0
  }

  get share() {
    const { weight, minShare } = this.options
    return { running: this.#running, weight, minShare }
  }

  add(job: JobState): void {
    this.#jobs.add(job)
  }

  remove(job: JobState): void {
    if (this.#jobs.delete(job)) this.#running -= job.running.size
  }

  launched(): void {
    this.#running++
  }

  ended(): void {
    this.#running--
  }

  /** Which of its jobs gets the next slot, of those that can use one. */
  first(isBlocked: (job: JobState) => boolean): JobState | undefined {
    const isBefore = this.options.schedulingMode === 'FIFO' ? cameBefore : hasLess
    let first: JobState | undefined
    for (const job of this.#jobs) if (!isBlocked(job) && (!first || isBefore(job, first))) first = job
    return first
  }

  get summary(): SchedulerPool {
    const jobs = [...this.#jobs]
    const waitingTasks = jobs.reduce((sum, job) => sum + job.waitingTasks, 0)
    return { name: this.name, ...this.options, jobs: jobs.length, runningTasks: this.#running, waitingTasks }
  }
}

const cameBefore = (a: JobState, b: JobState): boolean => a.spec.jobId < b.spec.jobId

/** It has fewer tasks that run, or as many and waits longer. */
function hasLess(a: JobState, b: JobState): boolean {
  const more = b.running.size - a.running.size
  return more > 0 || (more === 0 && a.waitsSince < b.waitsSince)
}
