import { append } from '../../common/append.js'
import { MillraceError, type SerializedError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction } from '../jobs/actions.js'
import { bare } from '../jobs/failure.js'
import type { JobState } from '../jobs/job-state.js'
import type { Jobs } from '../jobs/jobs.js'
import type { StageState } from '../tasks/stage-state.js'
import type { BarrierRuns } from './barrier-runs.js'

/**
 * The tasks of a stage with a barrier are to run, perhaps again, since some of what they wrote is gone: then they write something else. So what is left of it, and
 * whatever was made of it, is forgotten, too: nobody may read a part of either run.
 * @returns what is to be done; or what fails the job, which has given out some of that
 */
export function rolledBack(
  job: JobState,
  again: StageState,
  jobs: Jobs,
  barriers: BarrierRuns,
): readonly SchedulerAction[] | SerializedError {
  const actions: SchedulerAction[] = []
  const found = thisAndBehind(job, again)
  for (const stage of found) {
    const partitions = Array.from({ length: stage.taskCount }, (_, partition) => partition)
    if (partitions.some((partition) => stage.isDelivered(partition))) return outputLost(again)
    append(actions, barriers.forget(stage))
    append(actions, jobs.cancel(job, stage, partitions))
    for (const partition of partitions) {
      const { executorId, attemptId } = stage.outputs.at(partition) ?? {}
      if (attemptId === undefined) continue
      stage.outputs.forget(partition)
      job.isStale = true
      if (executorId !== undefined) actions.push({ kind: 'discardOutput', executorId, attemptId })
    }
  }
  if (found.has(job.result)) append(actions, resultsForgotten(job, again, jobs.upcomingAttemptId))
  return actions
}

/** The driver may still have partitions of the result, also of executors that are gone: it is to hand out none of them. */
function resultsForgotten(job: JobState, barrier: StageState, beforeAttemptId: number): readonly SchedulerAction[] {
  const { result, spec } = job
  if (result.spec.output.kind !== 'result' || !result.wasLaunched) return []
  job.rolledBack = { barrier, beforeAttemptId }
  return [{ kind: 'resultsForgotten', jobId: spec.jobId, beforeAttemptId }]
}

export const outputLost = ({ spec }: StageState): SerializedError =>
  bare(new MillraceError('BARRIER_OUTPUT_LOST', { stage: spec.key }))

/** The stage, and those that read what it writes, or what is made of that. A cache that is whole is of one run. */
function thisAndBehind(job: JobState, first: StageState): ReadonlySet<StageState> {
  const found = new Set([first])
  for (const stage of job.stages) {
    if (stage.spec.output.kind === 'cache' && stage.isComplete) continue
    if (stage.spec.inputs.some((key) => found.has(job.stage(key)!))) found.add(stage)
  }
  return found
}
