import type { SerializedError } from '../../common/errors/millrace-error.js'
import type { TaskReport } from '../../planner/plan/physical/task-report.js'
import { type ExecutorSummary, ExecutorTable } from '../executors/executor-table.js'
import { StateHolders } from '../executors/state-holders.js'
import { OutputTable } from '../tasks/output-table.js'
import type { StageState } from '../tasks/stage-state.js'
import type { SchedulerAction, TaskAttempt } from './actions.js'
import type { SchedulerEvent } from './events.js'
import { CANCELED, executorLost, exhausted, failedFetch, noExecutors, retryDelayMs, retryRuleOf } from './failure.js'
import type { JobSpec } from './job-spec.js'
import { JobState } from './job-state.js'
import { findPlacement, type Placement, type Places } from './placement.js'
import type { SchedulerOptions } from './scheduler-options.js'
import { inputsOf } from './task-inputs.js'

/** Attempts of one task for whatever reason, per failure allowed: it bounds recomputation too. */
const ATTEMPTS_PER_FAILURE = 4

/**
 * Decides what runs where. It has no clock and performs nothing: `handle` takes an event and the time, and returns what is to be
 * done. Events may come late, twice or out of order: attempts that ended, jobs that ended and executors that are gone absorb them.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #executors: ExecutorTable
  readonly #jobs = new Map<number, JobState>()
  readonly #caches = new Map<string, OutputTable>()
  readonly #states = new StateHolders()
  readonly #places: Places
  /** Every attempt whose end the executor has not told, also of jobs that ended: they occupy slots. */
  readonly #attempts = new Map<number, TaskAttempt>()
  #actions: SchedulerAction[] = []
  #nextAttemptId = 1
  #turn = 0
  #placementWakeMs = Number.POSITIVE_INFINITY
  #withoutExecutorsSinceMs: number | undefined

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#executors = new ExecutorTable(options.executorTimeoutMs)
    this.#places = { executors: this.#executors, states: this.#states }
  }

  handle(event: SchedulerEvent, nowMs: number): readonly SchedulerAction[] {
    this.#actions = []
    this.#executors.advance(nowMs)
    this.#apply(event, nowMs)
    this.#expire(nowMs)
    for (const job of [...this.#jobs.values()]) {
      if (!job.isStale) continue
      if (job.result.isComplete) this.#succeedJob(job)
      else job.refresh(nowMs)
    }
    this.#assign(nowMs)
    return this.#actions
  }

  /** When a `tick` is due at the latest; infinity when only events matter. */
  nextWakeMs(): number {
    const waitsUntilMs = (this.#withoutExecutorsSinceMs ?? Number.POSITIVE_INFINITY) + this.#options.executorWaitMs
    return Math.min(this.#placementWakeMs, this.#executors.nextWakeMs(), waitsUntilMs)
  }

  executors(): readonly ExecutorSummary[] {
    return this.#executors.summaries()
  }

  #apply(event: SchedulerEvent, nowMs: number): void {
    switch (event.kind) {
      case 'jobSubmitted':
        return this.#submit(event.job)
      case 'jobCanceled':
        return this.#failJob(event.jobId, CANCELED)
      case 'jobAborted':
        return this.#failJob(event.jobId, event.error)
      case 'executorRegistered':
        return this.#executors.register(event.executorId, event.slots, event.heartbeats, nowMs)
      case 'executorHeartbeat':
        return this.#executors.seen(event.executorId, nowMs)
      case 'executorLost':
        return this.#loseExecutor(event.executorId, event.reason, nowMs)
      case 'taskSucceeded':
        this.#executors.seen(event.executorId, nowMs)
        return this.#taskSucceeded(event.executorId, event.attemptId, event.report, event.inlined)
      case 'taskFailed':
        this.#executors.seen(event.executorId, nowMs)
        return this.#failed(event.executorId, event.attemptId, event.error, nowMs)
      case 'resultDelivered':
        return this.#delivered(event.jobId, event.partition)
      case 'resultLost':
        return this.#resultLost(event, nowMs)
      case 'cacheDropped':
        this.#caches.delete(event.cacheId)
        return void this.#actions.push({ kind: 'dropCache', cacheId: event.cacheId })
      case 'stateDropped':
        return this.#states.forgetQuery(event.queryId)
      case 'tick':
        return
    }
  }

  #submit(spec: JobSpec): void {
    if (this.#jobs.has(spec.jobId)) return
    this.#jobs.set(
      spec.jobId,
      new JobState(spec, this.#turn++, (cacheId, partitions) => {
        const table = this.#caches.get(cacheId) ?? new OutputTable(partitions)
        this.#caches.set(cacheId, table)
        return table
      }),
    )
  }

  /** Time's own events: silent executors, and jobs that wait for executors in vain. */
  #expire(nowMs: number): void {
    for (const executorId of this.#executors.silent(nowMs)) {
      this.#loseExecutor(executorId, `it was silent for ${this.#options.executorTimeoutMs} ms`, nowMs)
    }
    if (this.#executors.size > 0 || this.#jobs.size === 0) {
      this.#withoutExecutorsSinceMs = undefined
      return
    }
    this.#withoutExecutorsSinceMs ??= nowMs
    if (nowMs - this.#withoutExecutorsSinceMs < this.#options.executorWaitMs) return
    for (const jobId of [...this.#jobs.keys()]) this.#failJob(jobId, noExecutors(this.#options.executorWaitMs))
    this.#withoutExecutorsSinceMs = undefined
  }

  #taskSucceeded(executorId: string, attemptId: number, report: TaskReport, inlined: boolean): void {
    const task = this.#endAttempt(executorId, attemptId)
    const job = task && this.#jobs.get(task.jobId)
    const stage = job?.stage(task!.stageKey)
    if (!task || !job || !stage || stage.isDone(task.partition)) return
    const isSafe = inlined || stage.spec.output.kind === 'write'
    const holder = isSafe ? undefined : executorId
    stage.outputs.set(task.partition, { attemptId, executorId: holder, bytes: report.bytesWritten })
    if (stage.spec.stateId !== undefined) this.#states.set(stage.spec.stateId, task.partition, executorId)
    this.#actions.push({ kind: 'taskAccepted', task, report })
    if (stage.spec.output.kind === 'result') this.#actions.push({ kind: 'resultReady', task })
    if (stage.outputs.available === stage.spec.taskCount) this.#markStale(stage)
  }

  /** An attempt ended without output. */
  #failed(executorId: string, attemptId: number, error: SerializedError, nowMs: number): void {
    const task = this.#endAttempt(executorId, attemptId)
    const job = task && this.#jobs.get(task.jobId)
    if (task && job) this.#retry(job, task, error, nowMs)
  }

  /** Decides whether a task whose attempt failed is tried again, and what must be recomputed first. */
  #retry(job: JobState, task: TaskAttempt, error: SerializedError, nowMs: number): void {
    const stage = job.stage(task.stageKey)!
    if (stage.isDone(task.partition)) return
    const rule = retryRuleOf(error)
    if (rule === 'never') return this.#failJob(task.jobId, error)
    const fetch = failedFetch(error)
    if (fetch) {
      const source = job.stage(fetch.stageKey)
      if (source && source.outputs.forgetExecutor(fetch.executorId, task.attemptId) > 0) this.#markStale(source)
    }
    // A failed fetch is the fault of the task that wrote, so only the bound on all attempts counts it.
    const failures = fetch ? stage.failures(task.partition) : stage.failed(task.partition, task.executorId)
    const { maxFailures } = this.#options
    const attempts = stage.attempts(task.partition)
    stage.delay(task.partition, nowMs + retryDelayMs(fetch ? attempts : failures))
    if (failures >= maxFailures || attempts >= maxFailures * ATTEMPTS_PER_FAILURE) {
      return this.#failJob(task.jobId, exhausted(task, attempts, error))
    }
    job.isStale = true
    this.#actions.push({ kind: 'taskRetried', task, error })
  }

  /** Takes an attempt out of all books. Undefined when it ended before, or never ran on that executor. */
  #endAttempt(executorId: string, attemptId: number): TaskAttempt | undefined {
    const task = this.#attempts.get(attemptId)
    if (task?.executorId !== executorId) return undefined
    this.#attempts.delete(attemptId)
    this.#executors.vacate(executorId, attemptId)
    const job = this.#jobs.get(task.jobId)
    if (job?.running.delete(attemptId)) job.waitsSince = this.#turn++
    job?.stage(task.stageKey)?.stopped(task.partition, attemptId)
    return task
  }

  #loseExecutor(executorId: string, reason: string, nowMs: number): void {
    if (!this.#executors.has(executorId)) return
    const attemptIds = [...this.#attempts.values()].filter((task) => task.executorId === executorId)
    this.#executors.remove(executorId)
    this.#states.forgetExecutor(executorId)
    this.#actions.push({ kind: 'disconnectExecutor', executorId, reason })
    for (const table of this.#caches.values()) table.forgetExecutor(executorId)
    for (const job of this.#jobs.values()) {
      for (const stage of job.stages) stage.outputs.forgetExecutor(executorId)
      job.isStale = true
    }
    const error = executorLost(executorId, reason)
    for (const { attemptId } of attemptIds) this.#failed(executorId, attemptId, error, nowMs)
  }

  #delivered(jobId: number, partition: number): void {
    const job = this.#jobs.get(jobId)
    if (job?.result.spec.output.kind !== 'result') return
    job.result.markDelivered(partition)
    if (job.result.isComplete) job.isStale = true
  }

  #resultLost(event: Extract<SchedulerEvent, { kind: 'resultLost' }>, nowMs: number): void {
    const { jobId, partition, attemptId, error } = event
    const job = this.#jobs.get(jobId)
    const output = job?.result.outputs.at(partition)
    if (!job || output?.attemptId !== attemptId || job.result.isDelivered(partition)) return
    if (retryRuleOf(error) === 'never') return this.#failJob(jobId, error)
    job.result.outputs.forget(partition)
    job.isStale = true
    const attempts = job.result.attempts(partition)
    job.result.delay(partition, nowMs + retryDelayMs(attempts))
    if (attempts < this.#options.maxFailures * ATTEMPTS_PER_FAILURE) return
    this.#failJob(jobId, exhausted({ stageKey: job.result.spec.key, partition }, attempts, error))
  }

  /** Marks the job of a stage for a refresh, or all jobs when the stage's output is a cache that they share. */
  #markStale(stage: StageState): void {
    for (const job of this.#jobs.values()) {
      if (stage.spec.output.kind === 'cache' || job.stages.includes(stage)) job.isStale = true
    }
  }

  #succeedJob(job: JobState): void {
    this.#actions.push({ kind: 'jobSucceeded', jobId: job.spec.jobId })
    this.#endJob(job)
  }

  #failJob(jobId: number, error: SerializedError): void {
    const job = this.#jobs.get(jobId)
    if (!job) return
    this.#actions.push({ kind: 'jobFailed', jobId, error })
    this.#endJob(job)
  }

  #endJob(job: JobState): void {
    const { jobId } = job.spec
    this.#jobs.delete(jobId)
    for (const { executorId, attemptId } of job.running.values()) {
      this.#actions.push({ kind: 'cancelTask', executorId, attemptId })
    }
    this.#actions.push({ kind: 'releaseJob', jobId })
    for (const { spec, outputs } of job.stages) {
      // A cache that was dropped under the job: what the job computed of it since is dropped too.
      if (spec.output.kind === 'cache' && this.#caches.get(spec.output.cacheId) !== outputs) {
        this.#actions.push({ kind: 'dropCache', cacheId: spec.output.cacheId })
      }
    }
  }

  /** Gives free slots to waiting tasks of the job that `isBefore` the others. */
  #assign(nowMs: number): void {
    this.#placementWakeMs = Number.POSITIVE_INFINITY
    const blocked = new Set<JobState>()
    while (this.#executors.hasFree()) {
      let next: JobState | undefined
      for (const job of this.#jobs.values()) {
        if (!blocked.has(job) && (next === undefined || job.isBefore(next))) next = job
      }
      if (next === undefined) return
      if (!this.#launchOne(next, nowMs)) blocked.add(next)
    }
  }

  #launchOne(job: JobState, nowMs: number): boolean {
    for (const stage of job.stages) {
      if (!stage.ready) continue
      while (stage.pending.length > 0 && stage.isDone(stage.pending[0]!)) stage.unqueue(0)
      if (stage.pending.length === 0) continue
      const search = findPlacement(job, stage, this.#places, this.#options.localityWaitMs, nowMs)
      this.#placementWakeMs = Math.min(this.#placementWakeMs, search.wakeAtMs)
      if (search.placement) {
        this.#launch(job, stage, search.placement)
        return this.#jobs.has(job.spec.jobId)
      }
    }
    return false
  }

  #launch(job: JobState, stage: StageState, { position, partition, executorId }: Placement): void {
    stage.unqueue(position)
    const attemptId = this.#nextAttemptId++
    const attempt = stage.started(partition, attemptId)
    const { jobId } = job.spec
    const own = { attemptId, jobId, stageKey: stage.spec.key, partition, attempt, executorId }
    const task: TaskAttempt = { ...own, ...stage.shuffledBy(partition) }
    if (attempt >= this.#options.maxFailures * ATTEMPTS_PER_FAILURE) {
      return this.#failJob(jobId, exhausted(task, attempt, executorLost(executorId, 'its output was lost each time')))
    }
    this.#attempts.set(attemptId, task)
    job.waitsSince = this.#turn++
    job.running.set(attemptId, task)
    this.#executors.occupy(executorId, attemptId)
    this.#actions.push({ kind: 'launchTask', task, inputs: inputsOf(job, stage, partition) })
  }
}
