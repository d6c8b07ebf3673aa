import { type BarrierPlacement, placeTogether } from '../barriers/barrier-placement.js'
import type { Exclusion } from '../executors/exclusion.js'
import type { ExecutorTable } from '../executors/executor-table.js'
import type { StateHolders } from '../executors/state-holders.js'
import type { StageState } from '../tasks/stage-state.js'
import type { JobState } from './job-state.js'

/** How many waiting tasks are looked at for one that can be placed now. */
const LOOK_AHEAD = 64

/** Where tasks may run, and who holds states. */
export interface Places {
  readonly executors: ExecutorTable
  readonly states: StateHolders
  readonly exclusion: Exclusion
}

/** A task of a stage's queue, or a copy of one that runs, and where to run it. */
export interface Placement {
  /** In the queue; of a copy there is none. */
  readonly position: number | undefined
  readonly partition: number
  readonly executorId: string
}

/** What a search for a placement came to; without one, `wakeAtMs` says when waiting will have paid. */
export interface PlacementSearch {
  readonly placement: Placement | undefined
  readonly wakeAtMs: number
  /** A task that every executor is excluded from. */
  readonly nowhere: number | undefined
}

/**
 * Finds a waiting task of the stage that can run now. A task goes where its state or its cached input is held, and waits a bounded while for a
 * slot there; otherwise where most slots are free.
 */
export function findPlacement(
  job: JobState,
  stage: StageState,
  { executors, states, exclusion }: Places,
  localityWaitMs: number,
  nowMs: number,
): PlacementSearch {
  let wakeAtMs = Number.POSITIVE_INFINITY
  let nowhere: number | undefined
  for (let position = 0; position < Math.min(stage.pending.length, LOOK_AHEAD); position++) {
    const partition = stage.pending[position]!
    // Another job may have computed the partition of a cache they share.
    if (stage.isDone(partition)) continue
    if (stage.notBeforeMs(partition) > nowMs) {
      wakeAtMs = Math.min(wakeAtMs, stage.notBeforeMs(partition))
      continue
    }
    const mayRun = exclusion.placesOf(stage, partition)
    const holder = preferredExecutor(job, stage, partition, states)
    // What it holds can be read elsewhere; what made the task fail there, such as a full disk, may be there still.
    const preferred = holder === stage.failedOn(partition) ? undefined : holder
    const isPresent = preferred !== undefined && executors.takes(preferred) && mayRun(preferred)
    if (isPresent && executors.free(preferred) > 0) {
      return { placement: { position, partition, executorId: preferred }, wakeAtMs, nowhere }
    }
    const waitsUntilMs = stage.pendingSinceMs(partition) + localityWaitMs
    if (isPresent && nowMs < waitsUntilMs) {
      wakeAtMs = Math.min(wakeAtMs, waitsUntilMs)
      continue
    }
    const executorId = executors.mostFree(mayRun, stage.failedOn(partition))
    if (executorId !== undefined) return { placement: { position, partition, executorId }, wakeAtMs, nowhere }
    // There is a free slot where it may not run; another task may.
    if (!executors.ids().some(mayRun)) nowhere ??= partition
  }
  return { placement: undefined, wakeAtMs, nowhere }
}

/** Finds a task of which a copy is wanted, and an executor on which it does not run already. */
export function findCopyPlacement(
  job: JobState,
  stage: StageState,
  { executors, exclusion }: Places,
): Placement | undefined {
  for (const partition of stage.wantedCopies) {
    if (stage.isDone(partition)) continue
    const [attemptId] = stage.runningAttempts(partition)
    const slow = attemptId === undefined ? undefined : job.running.get(attemptId)?.executorId
    const mayRun = exclusion.placesOf(stage, partition)
    const executorId = executors.mostFree((id) => id !== slow && mayRun(id), stage.failedOn(partition))
    if (slow !== undefined && executorId !== undefined) return { position: undefined, partition, executorId }
  }
  return undefined
}

/** The executor that holds the partition of a state which the task goes on from, or the cached one which it reads. */
function preferredExecutor(
  job: JobState,
  stage: StageState,
  partition: number,
  states: StateHolders,
): string | undefined {
  const { stateId } = stage.spec
  if (stateId !== undefined) return states.of(stateId, partition)
  for (const cacheId of stage.spec.cacheReads) {
    const holder = job.cacheStage(cacheId)?.outputs.at(partition)?.executorId
    if (holder !== undefined) return holder
  }
  return undefined
}

/** Where all tasks of a stage with a barrier can run at once. */
export function togetherPlacement(
  job: JobState,
  stage: StageState,
  { executors, exclusion, states }: Places,
): BarrierPlacement {
  return placeTogether(stage.taskCount, executors, {
    mayRun: (partition, executorId) => exclusion.placesOf(stage, partition)(executorId),
    preferred: (partition) => preferredExecutor(job, stage, partition, states),
  })
}
