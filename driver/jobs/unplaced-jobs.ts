import { MillraceError, type SerializedError } from '../../common/errors/millrace-error.js'
import type { StageState } from '../tasks/stage-state.js'
import { bare } from './failure.js'
import type { JobState } from './job-state.js'
import { type Places, togetherPlacement } from './placement.js'

/** A task from which every executor is excluded. */
export interface TaskWithoutPlace {
  readonly job: JobState
  readonly stage: StageState
  readonly partition: number
}

/** A stage whose tasks run together, for which there are fewer slots. */
export interface StageWithoutSlots {
  readonly job: JobState
  readonly stage: StageState
  readonly slots: number
}

/** How long jobs have waited for one thing that there may never be. */
class JobWaits<Lack extends { readonly job: JobState }> {
  readonly #mostMs: number
  readonly #errorOf: (lack: Lack) => SerializedError
  /** Whether it is there now: not all that wait are looked at while no slot is free. */
  readonly #isThere: (lack: Lack) => boolean
  readonly #waiting = new Map<JobState, { readonly sinceMs: number; readonly lack: Lack }>()
  /** When the first of them will have waited for too long. */
  wakeAtMs = Number.POSITIVE_INFINITY

  constructor(mostMs: number, errorOf: (lack: Lack) => SerializedError, isThere: (lack: Lack) => boolean) {
    this.#mostMs = mostMs
    this.#errorOf = errorOf
    this.#isThere = isThere
  }

  /** The job goes on, or has ended. */
  forget(job: JobState): void {
    this.#waiting.delete(job)
  }

  /** The jobs that have waited for too long, with those that were found to wait now, and what fails them. What was there meanwhile begins anew. */
  overdue(
    found: readonly Lack[],
    nowMs: number,
  ): readonly { readonly job: JobState; readonly error: SerializedError }[] {
    for (const [job, { lack }] of this.#waiting) if (this.#isThere(lack)) this.#waiting.delete(job)
    for (const lack of found) {
      const { sinceMs = nowMs } = this.#waiting.get(lack.job) ?? {}
      this.#waiting.set(lack.job, { sinceMs, lack })
    }
    this.wakeAtMs = Number.POSITIVE_INFINITY
    return [...this.#waiting].flatMap(([job, { sinceMs, lack }]) => {
      const untilMs = sinceMs + this.#mostMs
      if (nowMs >= untilMs) return [{ job, error: this.#errorOf(lack) }]
      this.wakeAtMs = Math.min(this.wakeAtMs, untilMs)
      return []
    })
  }
}

/** So many executors are named in a condition. */
const MOST_NAMED = 10

function allExcluded({ stage, partition }: TaskWithoutPlace, places: Places): SerializedError {
  const ids = places.executors.ids().toSorted()
  const executors = ids.slice(0, MOST_NAMED).join(', ') + (ids.length > MOST_NAMED ? ', …' : '')
  const reason = places.exclusion.lastReason(stage)
  return bare(new MillraceError('ALL_EXECUTORS_EXCLUDED', { partition, stage: stage.spec.key, executors, reason }))
}

const tooFewSlots = ({ stage, slots }: StageWithoutSlots): SerializedError =>
  bare(new MillraceError('BARRIER_TOO_FEW_SLOTS', { stage: stage.spec.key, tasks: stage.taskCount, slots }))

/** Jobs that wait for places which there may never be, and for how long they do. */
export class UnplacedJobs {
  readonly #withoutPlace: JobWaits<TaskWithoutPlace>
  readonly #withoutSlots: JobWaits<StageWithoutSlots>

  /** @param excludedMs how long they wait where all executors are excluded @param slotsMs how long for as many slots as must be free at once */
  constructor(excludedMs: number, slotsMs: number, places: Places) {
    this.#withoutPlace = new JobWaits(
      excludedMs,
      (task) => allExcluded(task, places),
      ({ stage, partition }) => places.executors.ids().some(places.exclusion.placesOf(stage, partition)),
    )
    this.#withoutSlots = new JobWaits(
      slotsMs,
      tooFewSlots,
      ({ job, stage }) => togetherPlacement(job, stage, places).kind !== 'tooFew',
    )
  }

  /** When the first of them will have waited for too long. */
  get wakeAtMs(): number {
    return Math.min(this.#withoutPlace.wakeAtMs, this.#withoutSlots.wakeAtMs)
  }

  /** The job goes on, or has ended. */
  forget(job: JobState): void {
    this.#withoutPlace.forget(job)
    this.#withoutSlots.forget(job)
  }

  /** @param found what was found just now @param isThere whether a job runs still @returns the jobs that have waited for too long, and what fails them */
  overdue(
    found: {
      readonly withoutPlace: readonly TaskWithoutPlace[]
      readonly withoutSlots: readonly StageWithoutSlots[]
    },
    isThere: (job: JobState) => boolean,
    nowMs: number,
  ): readonly { readonly job: JobState; readonly error: SerializedError }[] {
    const here = <Lack extends { readonly job: JobState }>(of: readonly Lack[]) => of.filter(({ job }) => isThere(job))
    return [
      ...this.#withoutPlace.overdue(here(found.withoutPlace), nowMs),
      ...this.#withoutSlots.overdue(here(found.withoutSlots), nowMs),
    ]
  }
}
