import { MillraceError } from '../../common/errors/millrace-error.js'
import type { JobHandle } from '../../driver/index.js'

/** What is noted of a query, or of a write, when it begins. */
export interface Begun {
  readonly beganMs: number
  analyzedMs: number
  /** The tags of the session then. */
  readonly tags: ReadonlySet<string>
  /** With whose jobs its own share slots. */
  readonly pool: string
  /** How many interrupts there had been. */
  readonly interrupts: number
}

/** The jobs of a session that run, with the tags that it had when they began. */
export class RunningJobs {
  /** What begins from now on gets these. */
  readonly tags = new Set<string>()
  readonly #jobs = new Map<JobHandle, ReadonlySet<string>>()
  readonly #pool: () => string
  #interrupts = 0
  #lastOfAll = 0
  /** By tag the number of the last interrupt of it: what was planned across it is not to run. */
  readonly #lastOf = new Map<string, number>()

  /** @param pool the one that the session is set to */
  constructor(pool: () => string) {
    this.#pool = pool
  }

  begin(): Begun {
    const beganMs = performance.now()
    const [tags, pool] = [new Set(this.tags), this.#pool()]
    return { beganMs, analyzedMs: beganMs, tags, pool, interrupts: this.#interrupts }
  }

  /** @throws OPERATION_CANCELED when there was an interrupt of it since it began */
  check({ tags, interrupts }: Begun): void {
    const isMeant = [...tags].some((tag) => (this.#lastOf.get(tag) ?? 0) > interrupts)
    if (isMeant || this.#lastOfAll > interrupts) throw new MillraceError('OPERATION_CANCELED')
  }

  /** @returns what forgets the job, when it has ended */
  add(job: JobHandle, { tags }: Begun): () => void {
    this.#jobs.set(job, tags)
    return () => void this.#jobs.delete(job)
  }

  /** Cancels the jobs that fit. @returns their ids */
  #cancel(isMeant: (job: JobHandle, tags: ReadonlySet<string>) => boolean): readonly string[] {
    const jobs = [...this.#jobs].filter(([job, tags]) => isMeant(job, tags)).map(([job]) => job)
    for (const job of jobs) job.cancel()
    return jobs.map(({ jobId }) => String(jobId))
  }

  interruptAll(): readonly string[] {
    this.#lastOfAll = ++this.#interrupts
    return this.#cancel(() => true)
  }

  interruptTag(tag: string): readonly string[] {
    this.#lastOf.set(tag, ++this.#interrupts)
    return this.#cancel((_, tags) => tags.has(tag))
  }

  interruptOperation(id: string): readonly string[] {
    return this.#cancel(({ jobId }) => String(jobId) === id)
  }
}
