import type { JobState } from '../jobs/job-state.js'
import { compareShares } from './fair-order.js'
import { Pool, type SchedulerPool } from './pool.js'
import { DEFAULT_POOL, type PoolsOptions, poolOptions } from './pool-options.js'

/** The pools of an application and their jobs: who gets the next slot. Declared ones are always there, others as long as they have jobs. */
export class Pools {
  readonly #options: PoolsOptions
  readonly #pools = new Map<string, Pool>()
  readonly #poolOf = new Map<JobState, Pool>()
  #turn = 0
  /** What the pool had been given that got a slot last. */
  #given = 0

  constructor(options: PoolsOptions) {
    this.#options = options
    for (const name of options.mode === 'FAIR' ? options.declared.keys() : []) this.#open(name)
    this.#open(DEFAULT_POOL)
  }

  add(job: JobState): void {
    const pool = this.#open(this.#options.mode === 'FAIR' ? (job.spec.pool ?? DEFAULT_POOL) : DEFAULT_POOL)
    this.#poolOf.set(job, pool)
    pool.add(job)
    job.waitsSince = this.#turn++
  }

  remove(job: JobState): void {
    const pool = this.#poolOf.get(job)
    this.#poolOf.delete(job)
    pool?.remove(job)
    const isKept = pool?.name === DEFAULT_POOL || this.#options.declared.has(pool?.name ?? DEFAULT_POOL)
    if (pool?.isEmpty && !isKept) this.#pools.delete(pool.name)
  }

  /** A task of the job was given a slot. */
  launched(job: JobState): void {
    const pool = this.#poolOf.get(job)
    if (!pool) return
    this.#given = this.#givenTo(pool)
    pool.given = this.#given + 1 / pool.options.weight
    pool.launched()
    job.waitsSince = this.#turn++
  }

  /** A task of the job gave its slot back. */
  ended(job: JobState): void {
    this.#poolOf.get(job)?.ended()
    job.waitsSince = this.#turn++
  }

  /** The job that gets the next slot, of those that can use one. */
  first(isBlocked: (job: JobState) => boolean): JobState | undefined {
    let first: { readonly pool: Pool; readonly job: JobState } | undefined
    for (const pool of this.#pools.values()) {
      const job = pool.first(isBlocked)
      if (job && (!first || this.#compare(pool, job, first.pool, first.job) < 0)) first = { pool, job }
    }
    return first?.job
  }

  summaries(): readonly SchedulerPool[] {
    return [...this.#pools.values()].map(({ summary }) => summary)
  }

  #compare(a: Pool, jobOfA: JobState, b: Pool, jobOfB: JobState): number {
    const byShare = compareShares(a.share, b.share)
    if (byShare !== 0) return byShare
    return this.#givenTo(a) - this.#givenTo(b) || jobOfA.waitsSince - jobOfB.waitsSince
  }

  #givenTo({ given }: Pool): number {
    return Math.max(given, this.#given)
  }

  #open(name: string): Pool {
    const known = this.#pools.get(name)
    if (known) return known
    const options = this.#optionsOf(name)
    // A new one comes behind others that wait, so that many that come one after the other do not hold these up.
    const pool = new Pool(name, options, this.#given + 1 / options.weight)
    this.#pools.set(name, pool)
    return pool
  }

  #optionsOf(name: string) {
    const options = poolOptions(name, this.#options)
    return this.#options.mode === 'FAIR' ? options : ({ ...options, schedulingMode: 'FIFO' } as const)
  }
}
