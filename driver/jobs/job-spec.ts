import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'

/**
 * What the scheduler knows of a job: the shape of its stages, without plans. A stage's `key` is unique in the job; several
 * plans may be joined in one job (a query and the lineage of a cache it reads), so it is not the plan's stage id.
 */
export interface StageSpec {
  readonly key: number
  /** Keys of the stages whose output this one reads. They come earlier in the job. */
  readonly inputs: readonly number[]
  readonly taskCount: number
  readonly output: StageOutput
  /** Caches of which task i reads partition i: it is placed where that is held. Their stages are among `inputs`. */
  readonly cacheReads: readonly string[]
  /** The state of a stream of which task i keeps partition i: it is placed where that was kept last. */
  readonly stateId?: string
  /** Its tasks wait for one another: all of them run at once, and when one fails all are run again. */
  readonly hasBarrier?: true
  /** What is decided when it is known how large that is which it reads. */
  readonly adaptive?: StageAdaptivity
}

/** What becomes of a task's output. */
export type StageOutput =
  /** Held by the executor for later stages of the job. */
  | { readonly kind: 'map' }
  /** Held by the executor until the driver took it. */
  | { readonly kind: 'result' }
  /** Held by the executor beyond the job. Partitions that are held already are not computed again. */
  | { readonly kind: 'cache'; readonly cacheId: string }
  /** Outside, prepared but not visible: it cannot be lost with an executor. */
  | {
      readonly kind: 'write'
      /** Whether what an attempt wrote is nowhere to be seen unless it is committed, so that several may run at once. */
      readonly keepsAttemptsApart: boolean
    }

/** The last stage is the result of the job. */
export interface JobSpec {
  readonly jobId: number
  /** With whose jobs it shares slots; without one those for which none was chosen. */
  readonly pool?: string
  readonly stages: readonly StageSpec[]
}
