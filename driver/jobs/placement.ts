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
}

/** A task of a stage's queue and where to run it. */
export interface Placement {
  readonly position: number
  readonly partition: number
  readonly executorId: string
}

/** What a search for a placement came to; without one, `wakeAtMs` says when waiting will have paid. */
export interface PlacementSearch {
  readonly placement: Placement | undefined
  readonly wakeAtMs: number
}

/**
 * Finds a waiting task of the stage that can run now. A task goes where its state or its cached input is held, and waits a bounded while for a
 * slot there; otherwise where most slots are free.
 */
export function findPlacement(
  job: JobState,
  stage: StageState,
  { executors, states }: Places,
  localityWaitMs: number,
  nowMs: number,
): PlacementSearch {
  let wakeAtMs = Number.POSITIVE_INFINITY
  for (let position = 0; position < Math.min(stage.pending.length, LOOK_AHEAD); position++) {
    const partition = stage.pending[position]!
    // Another job may have computed the partition of a cache they share.
    if (stage.isDone(partition)) continue
    if (stage.notBeforeMs(partition) > nowMs) {
      wakeAtMs = Math.min(wakeAtMs, stage.notBeforeMs(partition))
      continue
    }
    const preferred = preferredExecutor(job, stage, partition, states)
    const isPresent = preferred !== undefined && executors.has(preferred)
    if (isPresent && executors.free(preferred) > 0) {
      return { placement: { position, partition, executorId: preferred }, wakeAtMs }
    }
    const waitsUntilMs = stage.pendingSinceMs(partition) + localityWaitMs
    if (isPresent && nowMs < waitsUntilMs) {
      wakeAtMs = Math.min(wakeAtMs, waitsUntilMs)
      continue
    }
    const executorId = executors.mostFree(stage.failedOn(partition))
    return { placement: executorId === undefined ? undefined : { position, partition, executorId }, wakeAtMs }
  }
  return { placement: undefined, wakeAtMs }
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
