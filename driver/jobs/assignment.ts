import type { Pools } from '../pools/pools.js'
import type { StageState } from '../tasks/stage-state.js'
import type { TaskAttempt } from './actions.js'
import type { JobState } from './job-state.js'
import { findCopyPlacement, findPlacement, type Placement, type Places, togetherPlacement } from './placement.js'
import type { StageWithoutSlots, TaskWithoutPlace } from './unplaced-jobs.js'

/** A task that is to run now, and where. */
export interface Assignment {
  readonly job: JobState
  readonly stage: StageState
  readonly placement: Placement
  /** Of tasks that run together, where each of them does, by partition. */
  readonly together?: readonly string[]
}

/** Takes the task out of its queue, as an attempt that starts. */
export function attemptOf({ job, stage, placement }: Assignment, attemptId: number, launchedMs: number): TaskAttempt {
  const { position, partition, executorId } = placement
  const isCopy = position === undefined
  if (!isCopy) stage.unqueue(position)
  const attempt = stage.started(partition, attemptId)
  const place = { jobId: job.spec.jobId, stageKey: stage.spec.key, partition, attempt, executorId }
  return { attemptId, ...place, launchedMs, isCopy, ...stage.readsOf(partition) }
}

/** Gives free slots to waiting tasks, one after the other, of the job whose turn it is. */
export class AssignmentRound {
  readonly #places: Places
  readonly #localityWaitMs: number
  readonly #nowMs: number
  readonly #blocked = new Set<JobState>()
  /** The job whose turn it is waits until there are as many slots as it needs at once: others would take them away. */
  #isKeptFree = false
  /** When waiting will have paid for a task that found no place. */
  wakeAtMs = Number.POSITIVE_INFINITY
  /** Of each stage that has such, a task that may run nowhere. */
  readonly withoutPlace: TaskWithoutPlace[] = []
  readonly withoutSlots: StageWithoutSlots[] = []

  constructor(places: Places, localityWaitMs: number, nowMs: number) {
    this.#places = places
    this.#localityWaitMs = localityWaitMs
    this.#nowMs = nowMs
  }

  /** To be asked again when these have their slots; none is the end. Several are tasks that run together. */
  next(pools: Pools): readonly Assignment[] {
    while (!this.#isKeptFree && this.#places.executors.hasFree()) {
      const first = pools.first((job) => this.#blocked.has(job))
      if (first === undefined) return []
      const tasks = this.#tasksOf(first) ?? this.#copyOf(first)
      if (tasks) return tasks
      this.#blocked.add(first)
    }
    return []
  }

  #tasksOf(job: JobState): readonly Assignment[] | undefined {
    for (const stage of job.stages) {
      if (!stage.ready || this.#isKeptFree) continue
      const tasks = stage.spec.hasBarrier ? this.#allOf(job, stage) : this.#taskOf(job, stage)
      if (tasks) return tasks
    }
    return undefined
  }

  #taskOf(job: JobState, stage: StageState): readonly Assignment[] | undefined {
    while (stage.pending.length > 0 && stage.isDone(stage.pending[0]!)) stage.unqueue(0)
    if (stage.pending.length === 0) return undefined
    const search = findPlacement(job, stage, this.#places, this.#localityWaitMs, this.#nowMs)
    this.wakeAtMs = Math.min(this.wakeAtMs, search.wakeAtMs)
    if (search.placement) return [{ job, stage, placement: search.placement }]
    if (search.nowhere !== undefined) this.withoutPlace.push({ job, stage, partition: search.nowhere })
    return undefined
  }

  /** All tasks of a stage with a barrier, or none. They wait for no place that would be better. */
  #allOf(job: JobState, stage: StageState): readonly Assignment[] | undefined {
    if (stage.pending.length === 0) return undefined
    const notBeforeMs = stage.pending.reduce((latest, one) => Math.max(latest, stage.notBeforeMs(one)), 0)
    if (notBeforeMs > this.#nowMs) {
      this.wakeAtMs = Math.min(this.wakeAtMs, notBeforeMs)
      return undefined
    }
    const placement = togetherPlacement(job, stage, this.#places)
    switch (placement.kind) {
      case 'placed': {
        const { executorIds: together } = placement
        // Each is the first of the queue when it is its turn.
        return together.map((executorId, partition) => {
          return { job, stage, placement: { position: 0, partition, executorId }, together }
        })
      }
      case 'busy':
        this.#isKeptFree = true
        return undefined
      case 'tooFew':
        this.withoutSlots.push({ job, stage, slots: placement.slots })
        return undefined
    }
  }

  /** Copies of tasks that take long come behind all that wait. */
  #copyOf(job: JobState): readonly Assignment[] | undefined {
    for (const stage of job.stages) {
      const placement = stage.ready && !this.#isKeptFree ? findCopyPlacement(job, stage, this.#places) : undefined
      if (placement) return [{ job, stage, placement }]
    }
    return undefined
  }
}
