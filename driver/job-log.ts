import type { Logger } from '../common/log.js'
import type { SchedulerAction, TaskAttempt } from './jobs/actions.js'
import type { SchedulerEvent } from './jobs/events.js'

interface LoggedJob {
  readonly startedMs: number
  /** By stage, how many of its tasks are left. */
  readonly left: Map<number, number>
  tasks: number
  rowsRead: number
  taskMs: number
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** Log lines of what jobs do: jobs and executors at `info`, their stages and tasks at `debug`. What goes wrong is told where it does. */
export class JobLog {
  readonly #logger: Logger
  readonly #jobs = new Map<number, LoggedJob>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** What the scheduler was told. */
  heard(event: SchedulerEvent, nowMs: number): void {
    if (!this.#logger.isLevelEnabled('info')) return
    if (event.kind === 'executorRegistered') {
      this.#logger.info({ executor: event.executorId, slots: event.slots }, 'an executor is there')
    } else if (event.kind === 'jobSubmitted') {
      const { jobId: job, stages } = event.job
      const left = new Map(stages.map(({ key, taskCount }) => [key, taskCount]))
      this.#jobs.set(job, { startedMs: nowMs, left, tasks: 0, rowsRead: 0, taskMs: 0 })
      const tasks = stages.reduce((sum, { taskCount }) => sum + taskCount, 0)
      this.#logger.info({ job, stages: stages.length, tasks }, 'a job starts')
    }
  }

  /** What the scheduler wants done. */
  wanted(action: SchedulerAction, nowMs: number): void {
    if (!this.#logger.isLevelEnabled('info')) return
    switch (action.kind) {
      case 'launchTask':
        return this.#logger.debug(placeOf(action.task), 'a task is sent')
      case 'taskAccepted':
        return this.#taskDone(action.task, action.report)
      case 'jobSucceeded':
        return this.#logger.info(this.#summary(action.jobId, nowMs), 'a job is done')
      case 'jobFailed':
        return this.#logger.info(
          { ...this.#summary(action.jobId, nowMs), condition: action.error.condition },
          'a job has failed',
        )
      case 'releaseJob':
        this.#jobs.delete(action.jobId)
        return
      default:
    }
  }

  #taskDone(task: TaskAttempt, report: Extract<SchedulerAction, { kind: 'taskAccepted' }>['report']): void {
    const { rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs } = report
    const sizes = { ms: rounded(elapsedMs), rowsRead, rowsWritten, bytesWritten, spilledBytes }
    this.#logger.debug({ ...placeOf(task), ...sizes }, 'a task is done')
    const job = this.#jobs.get(task.jobId)
    if (job === undefined) return
    job.tasks++
    job.rowsRead += rowsRead
    job.taskMs += elapsedMs
    const left = (job.left.get(task.stageKey) ?? 0) - 1
    job.left.set(task.stageKey, left)
    if (left === 0) this.#logger.debug({ job: task.jobId, stage: task.stageKey }, 'a stage is done')
  }

  #summary(jobId: number, nowMs: number): object {
    const job = this.#jobs.get(jobId)
    if (job === undefined) return { job: jobId }
    const { startedMs, tasks, rowsRead, taskMs } = job
    return { job: jobId, ms: rounded(nowMs - startedMs), tasks, rowsRead, taskMs: rounded(taskMs) }
  }
}

const placeOf = ({ jobId, stageKey, partition, attempt, executorId }: TaskAttempt): object => ({
  job: jobId,
  stage: stageKey,
  partition,
  attempt,
  executor: executorId,
})
