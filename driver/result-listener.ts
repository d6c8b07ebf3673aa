import { serializeError } from '../common/errors/millrace-error.js'
import type { SchedulerEvent } from './jobs/events.js'
import type { ResultListener } from './result-stream.js'

/** What a job's result stream tells, as events of the scheduler. */
export function resultListener(jobId: number, tell: (event: SchedulerEvent) => void): ResultListener {
  return {
    delivered: (partition, attemptId) => tell({ kind: 'resultDelivered', jobId, partition, attemptId }),
    lost: (partition, attemptId, error) =>
      tell({ kind: 'resultLost', jobId, partition, attemptId, error: serializeError(error) }),
    broken: (error) => tell({ kind: 'jobAborted', jobId, error: serializeError(error) }),
    abandoned: () => tell({ kind: 'jobCanceled', jobId }),
  }
}
