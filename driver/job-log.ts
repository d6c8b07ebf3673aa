import type { Logger } from '../common/log.js'
import type { EngineListener, EventOf, EventTask } from './events/engine-event.js'

interface LoggedJob {
  readonly startedMs: number
  tasks: number
  rowsRead: number
  taskMs: number
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** Log lines of events: jobs and executors at `info`, their stages and tasks at `debug`, what goes wrong at `warn`. */
export class JobLog implements EngineListener {
  readonly #logger: Logger
  readonly #jobs = new Map<number, LoggedJob>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  onExecutorAdded({ executorId: executor, slots }: EventOf<'executorAdded'>): void {
    this.#logger.info({ executor, slots }, 'an executor is there')
  }

  onExecutorDecommissioned({ executorId: executor, reason }: EventOf<'executorDecommissioned'>): void {
    this.#logger.info({ executor, reason }, 'an executor is to go')
  }

  onOutputMoved({ kind: _, timeMs: __, ...moved }: EventOf<'outputMoved'>): void {
    this.#logger.debug(moved, 'an output has moved')
  }

  onExecutorRemoved({ executorId: executor, reason, isDecommissioned }: EventOf<'executorRemoved'>): void {
    this.#logger[isDecommissioned ? 'info' : 'warn']({ executor, reason }, 'an executor is gone')
  }

  onJobStart({ jobId: job, stages, pool, timeMs }: EventOf<'jobStart'>): void {
    this.#jobs.set(job, { startedMs: timeMs, tasks: 0, rowsRead: 0, taskMs: 0 })
    const tasks = stages.reduce((sum, stage) => sum + stage.tasks, 0)
    this.#logger.info({ job, stages: stages.length, tasks, pool }, 'a job starts')
  }

  onJobEnd({ jobId: job, failure, timeMs }: EventOf<'jobEnd'>): void {
    const { startedMs, tasks, rowsRead, taskMs } = this.#jobs.get(job)!
    this.#jobs.delete(job)
    const summary = { job, ms: rounded(timeMs - startedMs), tasks, rowsRead, taskMs: rounded(taskMs) }
    if (failure === undefined) this.#logger.info(summary, 'a job is done')
    else this.#logger.info({ ...summary, condition: failure.condition }, 'a job has failed')
  }

  onStageChanged({ jobId: job, stageKey: stage, tasks, why }: EventOf<'stageChanged'>): void {
    this.#logger.debug({ job, stage, tasks, why }, 'a stage is changed')
  }

  onStageCompleted({ jobId: job, stageKey: stage }: EventOf<'stageCompleted'>): void {
    this.#logger.debug({ job, stage }, 'a stage is done')
  }

  onTaskStart(task: EventOf<'taskStart'>): void {
    if (this.#logger.isLevelEnabled('debug')) this.#logger.debug(placeOf(task), 'a task is sent')
  }

  onTaskEnd({ counts, ...task }: EventOf<'taskEnd'>): void {
    if (counts === undefined) return
    const { rowsRead, rowsWritten, bytesWritten, spilledBytes, elapsedMs } = counts
    if (this.#logger.isLevelEnabled('debug')) {
      const sizes = { ms: rounded(elapsedMs), rowsRead, rowsWritten, bytesWritten, spilledBytes }
      this.#logger.debug({ ...placeOf(task), ...sizes }, 'a task is done')
    }
    const job = this.#jobs.get(task.jobId)
    if (job === undefined) return
    job.tasks++
    job.rowsRead += rowsRead
    job.taskMs += elapsedMs
  }

  onExecutorExcludedForStage({ executorId: executor, jobId: job, ...rest }: EventOf<'executorExcludedForStage'>): void {
    const { stageKey: stage, taskFailures } = rest
    this.#logger.warn({ executor, job, stage, taskFailures }, 'an executor is excluded from a stage')
  }

  onExecutorExcluded({ executorId: executor, taskFailures }: EventOf<'executorExcluded'>): void {
    this.#logger.warn({ executor, taskFailures }, 'an executor is excluded')
  }

  onNodeExcluded({ host, executorFailures }: EventOf<'nodeExcluded'>): void {
    this.#logger.warn({ host, executorFailures }, 'a host is excluded')
  }

  onExecutorUnexcluded({ executorId: executor }: EventOf<'executorUnexcluded'>): void {
    this.#logger.info({ executor }, 'an executor may run tasks again')
  }

  onSpeculativeTaskSubmitted({ runtimeMs, thresholdMs, ...task }: EventOf<'speculativeTaskSubmitted'>): void {
    const times = { ms: rounded(runtimeMs), thresholdMs: rounded(thresholdMs) }
    this.#logger.info({ ...placeOf(task), ...times }, 'a task takes long: a copy is to run')
  }

  onTaskRetried({ failure, ...task }: EventOf<'taskRetried'>): void {
    this.#logger.warn({ ...placeOf(task), ...failure }, 'a task is tried again')
  }
}

const placeOf = ({ jobId, stageKey, partition, attempt, executorId }: EventTask): object => ({
  job: jobId,
  stage: stageKey,
  partition,
  attempt,
  executor: executorId,
})
