import type { BarrierRuns } from '../barriers/barrier-runs.js'
import type { OutputTable } from '../tasks/output-table.js'
import type { JobState } from './job-state.js'
import type { Jobs } from './jobs.js'

/** What a task wrote that an executor holds, and for whom. */
export interface HeldOutput {
  readonly kind: 'cache' | 'shuffle' | 'result'
  readonly table: OutputTable
  readonly partition: number
  readonly attemptId: number
  readonly bytes: number
  /** 0 of a cache, which outlives jobs. */
  readonly jobId: number
  readonly cacheId: string | undefined
}

/** Where outputs are: of caches, and of the jobs that run. */
export interface Outputs {
  readonly jobs: Pick<Jobs, 'caches' | 'all' | 'get'>
  /** Of tasks that have ended, and wait for others of their stage to count. */
  readonly barriers: Pick<BarrierRuns, 'heldBy'>
}

/** Everything that an executor holds and somebody may still want: caches, what stages of running jobs wrote, results that the driver has not taken. */
export function* outputsHeldBy(executorId: string, { jobs, barriers }: Outputs): Iterable<HeldOutput> {
  for (const [cacheId, table] of jobs.caches.all) {
    for (const [partition, { attemptId, bytes }] of table.heldBy(executorId))
      yield { kind: 'cache', table, partition, attemptId, bytes, jobId: 0, cacheId }
  }
  for (const job of jobs.all) yield* heldOf(job, executorId)
  for (const { stage, task, report } of barriers.heldBy(executorId)) {
    const { partition, attemptId, jobId } = task
    const bytes = report.bytesWritten
    yield { kind: 'result', table: stage.outputs, partition, attemptId, bytes, jobId, cacheId: undefined }
  }
}

function* heldOf(job: JobState, executorId: string): Iterable<HeldOutput> {
  const { jobId } = job.spec
  for (const stage of job.stages) {
    const { output } = stage.spec
    if (output.kind !== 'map' && output.kind !== 'result') continue
    const kind = output.kind === 'map' ? 'shuffle' : 'result'
    for (const [partition, { attemptId, bytes }] of stage.outputs.heldBy(executorId)) {
      if (stage.isDelivered(partition)) continue
      yield { kind, table: stage.outputs, partition, attemptId, bytes, jobId, cacheId: undefined }
    }
  }
}
