import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import type { SchedulerOptions } from '../../driver/jobs/scheduler-options.js'

const REPORT = { rowsRead: 0, rowsWritten: 0, bytesWritten: 10, spilledBytes: 0, elapsedMs: 0 }
const PASSING = serializeError(new MillraceError('TASK_THREAD_DIED', { reason: 'test' }))
const BARRIER = { syncTimeoutMs: 1_000, slotsWaitMs: 500 }

/** A scheduler that is told what happens, at times of the test's own. */
export class Told {
  readonly scheduler: Scheduler

  constructor(executors: Readonly<Record<string, number>>, options: Partial<SchedulerOptions> = {}) {
    const own = { maxFailures: 4, executorTimeoutMs: 1e9, localityWaitMs: 100, executorWaitMs: 1e9, barrier: BARRIER }
    this.scheduler = new Scheduler({ ...own, ...options })
    for (const [executorId, slots] of Object.entries(executors)) this.join(executorId, slots)
  }

  tell(event: SchedulerEvent, nowMs = 0): readonly SchedulerAction[] {
    return this.scheduler.handle(event, nowMs)
  }

  join(executorId: string, slots: number, nowMs = 0, host = 'h'): readonly SchedulerAction[] {
    return this.tell({ kind: 'executorRegistered', executorId, slots, host, heartbeats: false }, nowMs)
  }

  submit(jobId: number, stages: readonly StageSpec[], nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'jobSubmitted', job: { jobId, stages } }, nowMs)
  }

  succeed({ executorId, attemptId }: TaskAttempt, bytesWritten = 10, nowMs = 0): readonly SchedulerAction[] {
    const report = { ...REPORT, bytesWritten }
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, nowMs)
  }

  fail({ executorId, attemptId }: TaskAttempt, nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskFailed', executorId, attemptId, error: PASSING }, nowMs)
  }
}

export const stage = (key: number, taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  ...{ key, taskCount, inputs: [], cacheReads: [], output: { kind: 'result' } },
  ...rest,
})
export const CACHE = { kind: 'cache', cacheId: 'c' } as const
export const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
export const of = <K extends SchedulerAction['kind']>(actions: readonly SchedulerAction[], kind: K) =>
  actions.filter((action): action is Extract<SchedulerAction, { kind: K }> => action.kind === kind)
