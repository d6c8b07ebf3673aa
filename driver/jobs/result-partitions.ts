import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { SchedulerEvent } from './events.js'
import { retryRuleOf } from './failure.js'
import type { JobState } from './job-state.js'
import type { Retries } from './retries.js'

/** The driver took the whole partition of a result. */
export function resultDelivered(job: JobState | undefined, partition: number): void {
  if (job?.result.spec.output.kind !== 'result') return
  job.result.markDelivered(partition)
  if (job.result.isComplete) job.isStale = true
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
