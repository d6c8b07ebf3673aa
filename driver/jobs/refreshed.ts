import { append } from '../../common/append.js'
import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { BarrierRuns } from '../barriers/barrier-runs.js'
import { rolledBack } from '../barriers/rollback.js'
import type { SchedulerAction } from './actions.js'
import type { JobState } from './job-state.js'
import type { Jobs } from './jobs.js'

/** Finds out which tasks of a job are to run now. @returns what is to be done meanwhile, or what fails the job */
export function refreshed(
  job: JobState,
  jobs: Jobs,
  barriers: BarrierRuns,
  nowMs: number,
): readonly SchedulerAction[] | SerializedError {
  const { jobId } = job.spec
  const actions: SchedulerAction[] = []
  // Outputs that are forgotten are looked for again, which forgets no more.
  while (job.isStale) {
    const { changes, together } = job.refresh(nowMs)
    for (const change of changes) actions.push({ kind: 'stageChanged', jobId, change })
    for (const stage of together) {
      const rolled = rolledBack(job, stage, jobs, barriers)
      if ('condition' in rolled) return rolled
      append(actions, rolled)
    }
  }
  return actions
}
