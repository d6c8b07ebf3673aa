import type { SerializedError } from '../../common/errors/millrace-error.js'
import { outputLost } from '../barriers/rollback.js'
import type { SchedulerEvent } from './events.js'
import { retryRuleOf } from './failure.js'
import type { JobState } from './job-state.js'
import type { Retries } from './retries.js'

/** The driver took the whole partition of a result. @returns what fails the job instead: other partitions will be of another run of tasks that wait for one another */
export function resultDelivered(
  job: JobState | undefined,
  { partition, attemptId }: Extract<SchedulerEvent, { kind: 'resultDelivered' }>,
): SerializedError | undefined {
  if (job?.result.spec.output.kind !== 'result') return undefined
  const { rolledBack } = job
  if (rolledBack && attemptId < rolledBack.beforeAttemptId && !job.result.isDelivered(partition))
    return outputLost(rolledBack.barrier)
  job.result.markDelivered(partition)
  if (job.result.isComplete) job.isStale = true
  return undefined
}

/** The driver could not fetch a partition of a result: it is computed again. @returns what fails the job instead */
export function resultLost(
  job: JobState | undefined,
  { partition, attemptId, error }: Extract<SchedulerEvent, { kind: 'resultLost' }>,
  retries: Retries,
  nowMs: number,
): SerializedError | undefined {
  if (job?.result.outputs.at(partition)?.attemptId !== attemptId || job.result.isDelivered(partition)) return undefined
  if (retryRuleOf(error) === 'never') return error
  job.result.outputs.forget(partition)
  job.isStale = true
  return retries.afterLoss(job.result, partition, error, nowMs)
}
