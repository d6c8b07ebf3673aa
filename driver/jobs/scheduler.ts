import { append } from '../../common/append.js'
import { deserializeError, type SerializedError } from '../../common/errors/millrace-error.js'
import { BARRIER_DEFAULTS } from '../barriers/barrier-options.js'
import { BarrierRuns, type EndedTask } from '../barriers/barrier-runs.js'
import { Exclusion } from '../executors/exclusion.js'
import { type ExecutorSummary, ExecutorTable } from '../executors/executor-table.js'
import { ExecutorWait } from '../executors/executor-wait.js'
import { StateHolders } from '../executors/state-holders.js'
import type { SchedulerPool } from '../pools/pool.js'
import type { StageState } from '../tasks/stage-state.js'
import type { SchedulerAction, TaskAttempt } from './actions.js'
import { type Assignment, AssignmentRound, attemptOf } from './assignment.js'
import { Attempts } from './attempts.js'
import { Decommissions } from './decommissions.js'
import type { SchedulerEvent } from './events.js'
import { CANCELED, executorLost, failedFetch, noExecutors, retryRuleOf } from './failure.js'
import type { Outputs } from './held-outputs.js'
import type { JobState } from './job-state.js'
import { Jobs } from './jobs.js'
import type { Places } from './placement.js'
import { refreshed } from './refreshed.js'
import { resultDelivered, resultLost } from './result-partitions.js'
import { Retries } from './retries.js'
import type { SchedulerOptions } from './scheduler-options.js'
import { Speculation } from './speculation.js'
import { inputsOf } from './task-inputs.js'
import { UnplacedJobs } from './unplaced-jobs.js'
import { type Workload, workloadOf } from './workload.js'

/**
 * Decides what runs where. It has no clock and performs nothing: `handle` takes an event and the time, and returns what is to be
 * done. Events may come late, twice or out of order: attempts that ended, jobs that ended and executors that are gone absorb them.
 */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #executors: ExecutorTable
  readonly #jobs: Jobs
  readonly #states = new StateHolders()
  readonly #places: Places
  readonly #attempts: Attempts
  readonly #retries: Retries
  readonly #speculation: Speculation
  readonly #exclusion: Exclusion
  readonly #unplaced: UnplacedJobs
  readonly #barriers: BarrierRuns
  readonly #executorWait: ExecutorWait
  readonly #outputs: Outputs
  readonly #decommissions: Decommissions
  #actions: SchedulerAction[] = []
  #placementWakeMs = Number.POSITIVE_INFINITY

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#executors = new ExecutorTable(options.executorTimeoutMs)
    this.#attempts = new Attempts(this.#executors)
    this.#jobs = new Jobs(options.pools, this.#attempts)
    this.#executorWait = new ExecutorWait(options.executorWaitMs)
    this.#exclusion = new Exclusion(options.exclusion, (executorId) => this.#executors.hostOf(executorId))
    this.#places = { executors: this.#executors, states: this.#states, exclusion: this.#exclusion }
    const { syncTimeoutMs, slotsWaitMs } = options.barrier ?? BARRIER_DEFAULTS
    this.#barriers = new BarrierRuns(syncTimeoutMs)
    this.#unplaced = new UnplacedJobs(options.exclusion?.waitMs ?? 0, slotsWaitMs, this.#places)
    this.#retries = new Retries(options.maxFailures)
    this.#speculation = new Speculation(options.speculation, options.maxFailures)
    this.#outputs = { jobs: this.#jobs, barriers: this.#barriers }
    this.#decommissions = new Decommissions(options.decommission, this.#executors, this.#outputs, this.#attempts)
  }

  handle(event: SchedulerEvent, nowMs: number): readonly SchedulerAction[] {
    this.#actions = []
    this.#executors.advance(nowMs)
    this.#exclusion.advance(nowMs)
    this.#apply(event, nowMs)
    this.#expire(nowMs)
    const exclusions = this.#exclusion.takeChanges()
    for (const executorId of this.#exclusion.ended(exclusions, this.#executors.ids()))
      this.#loseExecutor(executorId, 'it is excluded, and such executors are ended', nowMs, false)
    for (const job of this.#jobs.all) {
      if (!job.isStale) continue
      if (job.result.isComplete) this.#endJob(job, { kind: 'jobSucceeded', jobId: job.spec.jobId })
      else this.#do(job.spec.jobId, refreshed(job, this.#jobs, this.#barriers, nowMs))
    }
    for (const change of exclusions) this.#actions.push({ kind: 'exclusionChanged', change })
    for (const straggler of this.#speculation.found(this.#jobs.all, this.#executors, nowMs))
      this.#actions.push({ kind: 'taskStraggles', ...straggler })
    this.#assign(nowMs)
    return this.#actions
  }

  /** When a `tick` is due at the latest; infinity when only events matter. */
  nextWakeMs(): number {
    const ofExecutors = Math.min(this.#executors.nextWakeMs(), this.#executorWait.wakeAtMs, this.#exclusion.wakeAtMs)
    const { wakeAtMs: ofLeavers } = this.#decommissions
    const ofTasks = Math.min(this.#placementWakeMs, this.#unplaced.wakeAtMs, this.#barriers.wakeAtMs, ofLeavers)
    return Math.min(ofExecutors, ofTasks, this.#speculation.wakeAtMs(this.#attempts.size, this.#executors.size))
  }

  readonly executors = (): readonly ExecutorSummary[] => this.#executors.summaries()
  readonly pools = (): readonly SchedulerPool[] => this.#jobs.pools.summaries()

  /** What there is to do, and what each executor has of what was done: how many are wanted is decided by that. */
  readonly workload = (): Workload => workloadOf(this.#attempts.size, this.#executors.summaries(), this.#outputs)

  #apply(event: SchedulerEvent, nowMs: number): void {
    switch (event.kind) {
      case 'jobSubmitted':
        return this.#jobs.submit(event.job)
      case 'jobCanceled':
        return this.#failJob(event.jobId, CANCELED)
      case 'jobAborted':
        return this.#failJob(event.jobId, event.error)
      case 'executorRegistered':
        return this.#executors.register(event.executorId, event.slots, event.host ?? '', event.heartbeats, nowMs)
      case 'executorHeartbeat':
        return this.#executors.seen(event.executorId, nowMs)
      case 'executorLost':
        return this.#loseExecutor(event.executorId, event.reason, nowMs)
      case 'taskSucceeded':
        this.#executors.seen(event.executorId, nowMs)
        return this.#taskSucceeded(event, nowMs)
      case 'taskFailed':
        this.#executors.seen(event.executorId, nowMs)
        return this.#failed(event.executorId, event.attemptId, event.error, nowMs)
      case 'barrierCalled':
        this.#executors.seen(event.executorId, nowMs)
        return this.#barrierCalled(event, nowMs)
      case 'resultDelivered':
        return this.#failIf(event.jobId, resultDelivered(this.#jobs.get(event.jobId), event))
      case 'resultLost':
        return this.#failIf(event.jobId, resultLost(this.#jobs.get(event.jobId), event, this.#retries, nowMs))
      case 'decommissionAsked':
      case 'outputTaken':
      case 'outputNotTaken':
        return this.#decommissions.handle(event, nowMs)
      case 'cacheDropped':
        this.#jobs.caches.drop(event.cacheId)
        return void this.#actions.push({ kind: 'dropCache', cacheId: event.cacheId })
      case 'stateDropped':
        return this.#states.forgetQuery(event.queryId)
      case 'tick':
        return
    }
  }

  /** Time's own events: silent executors, and jobs that wait for executors in vain. */
  #expire(nowMs: number): void {
    for (const executorId of this.#executors.silent(nowMs))
      this.#loseExecutor(executorId, `it was silent for ${this.#options.executorTimeoutMs} ms`, nowMs)
    append(this.#actions, this.#decommissions.takeActions(nowMs))
    for (const { executorId, reason } of this.#decommissions.gone(nowMs))
      this.#loseExecutor(executorId, reason, nowMs, true, true)
    for (const { job, task, error } of this.#barriers.late(nowMs)) this.#retry(job, task, error, nowMs, true)
    if (!this.#executorWait.isOver(this.#executors.size === 0 && this.#jobs.size > 0, nowMs)) return
    for (const { spec } of this.#jobs.all) this.#failJob(spec.jobId, noExecutors(this.#options.executorWaitMs))
  }

  #taskSucceeded(event: Extract<SchedulerEvent, { kind: 'taskSucceeded' }>, nowMs: number): void {
    const { executorId, attemptId, report, inlined } = event
    const task = this.#endAttempt(executorId, attemptId)
    const job = task && this.#jobs.get(task.jobId)
    const stage = job?.stage(task!.stageKey)
    if (!task || !job || !stage) return
    if (!stage.spec.hasBarrier) return this.#accept(job, stage, { task, report }, inlined, nowMs)
    this.#actions.push({ kind: 'taskHeld', task, report })
    const ended = this.#barriers.ended(stage, { task, report })
    if ('condition' in ended) return this.#failJob(task.jobId, ended)
    for (const one of ended) this.#accept(job, stage, one, false, nowMs)
  }

  #accept(job: JobState, stage: StageState, { task, report }: EndedTask, inlined: boolean, nowMs: number): void {
    const { attemptId, executorId, partition } = task
    if (stage.isDone(partition)) return
    const holder = inlined || stage.spec.output.kind === 'write' ? undefined : executorId
    const { bytesWritten: bytes, partitionBytes } = report
    stage.outputs.set(partition, { attemptId, executorId: holder, bytes, partitionBytes })
    stage.durations.add(nowMs - task.launchedMs)
    // One attempt at a task was first: of the others nothing is wanted.
    append(this.#actions, this.#jobs.cancel(job, stage, [partition]))
    if (stage.spec.stateId !== undefined) this.#states.set(stage.spec.stateId, partition, executorId)
    this.#actions.push({ kind: 'taskAccepted', task, report })
    if (stage.spec.output.kind === 'result') this.#actions.push({ kind: 'resultReady', task })
    const isComplete = stage.outputs.available === stage.taskCount
    if (isComplete) this.#exclusion.completed(stage, nowMs)
    if (!isComplete && stage.outputs.bytes <= stage.awaitedBytes) return
    stage.awaitedBytes = Number.POSITIVE_INFINITY
    this.#jobs.markStale(stage)
  }

  #barrierCalled(event: Extract<SchedulerEvent, { kind: 'barrierCalled' }>, nowMs: number): void {
    const task = this.#attempts.get(event.executorId, event.attemptId)
    const job = task && this.#jobs.get(task.jobId)
    const stage = job?.stage(task!.stageKey)
    const called = stage && this.#barriers.called(stage, task!.partition, event, nowMs)
    if (called) this.#do(task!.jobId, called)
  }

  /** An attempt ended without output. */
  #failed(executorId: string, attemptId: number, error: SerializedError, nowMs: number, isOwnFault = true): void {
    const task = this.#endAttempt(executorId, attemptId)
    const job = task && this.#jobs.get(task.jobId)
    if (task && job) this.#retry(job, task, error, nowMs, isOwnFault)
  }

  /** Decides whether a task whose attempt failed is tried again, and what must be recomputed first. */
  #retry(job: JobState, task: TaskAttempt, error: SerializedError, nowMs: number, isOwnFault: boolean): void {
    const stage = job.stage(task.stageKey)!
    const { hasBarrier } = stage.spec
    if (stage.isDone(task.partition) && !hasBarrier) return
    if (retryRuleOf(error) === 'never') return this.#failJob(task.jobId, error)
    const fetch = failedFetch(error)
    if (fetch) {
      const source = job.stage(fetch.stageKey)
      if (source && source.outputs.forgetExecutor(fetch.executorId, task.attemptId) > 0) this.#jobs.markStale(source)
    }
    // A failed fetch is the fault of the task that wrote.
    const counts = isOwnFault && fetch === undefined
    const exhausted = this.#retries.afterFailure(stage, task, error, counts, nowMs)
    if (exhausted) return this.#failJob(task.jobId, exhausted)
    if (counts) this.#exclusion.failed(stage, task.jobId, task.partition, task.executorId, deserializeError(error).text)
    if (hasBarrier) append(this.#actions, this.#barriers.restarted(job, stage, this.#jobs))
    // Another attempt may be under way already.
    if (stage.runningAttempts(task.partition).length > 0) return
    job.isStale = true
    this.#actions.push({ kind: 'taskRetried', task, error })
  }

  /** Takes an attempt out of all books. Undefined when it ended before, never ran on that executor, or nothing of it is wanted. */
  #endAttempt(executorId: string, attemptId: number): TaskAttempt | undefined {
    const ended = this.#attempts.end(executorId, attemptId)
    if (!ended) return undefined
    const { task, isWanted } = ended
    const job = this.#jobs.get(task.jobId)
    if (job?.running.delete(attemptId)) this.#jobs.pools.ended(job)
    job?.stage(task.stageKey)?.stopped(task.partition, attemptId)
    return isWanted ? task : undefined
  }

  /** @param isOwnFault whether tasks that ran there may have to do with it: then they count as failed */
  #loseExecutor(executorId: string, reason: string, nowMs: number, isOwnFault = true, isDecommissioned = false): void {
    if (!this.#executors.has(executorId)) return
    this.#executors.remove(executorId)
    this.#states.forgetExecutor(executorId)
    this.#decommissions.forget(executorId)
    this.#actions.push({ kind: 'disconnectExecutor', executorId, reason, isDecommissioned })
    this.#jobs.forgetExecutor(executorId)
    const error = executorLost(executorId, reason)
    for (const { attemptId } of this.#attempts.on(executorId))
      this.#failed(executorId, attemptId, error, nowMs, isOwnFault)
    for (const { job, stage } of this.#barriers.heldAt(executorId))
      append(this.#actions, this.#barriers.restarted(job, stage, this.#jobs))
  }

  #failIf(jobId: number, error: SerializedError | undefined): void {
    if (error) this.#failJob(jobId, error)
  }

  #do(jobId: number, decided: readonly SchedulerAction[] | SerializedError): void {
    if ('condition' in decided) this.#failJob(jobId, decided)
    else append(this.#actions, decided)
  }

  #failJob(jobId: number, error: SerializedError): void {
    const job = this.#jobs.get(jobId)
    if (!job) return
    this.#endJob(job, { kind: 'jobFailed', jobId, error })
  }

  #endJob(job: JobState, end: SchedulerAction): void {
    this.#unplaced.forget(job)
    this.#barriers.forgetJob(job)
    append(this.#actions, this.#jobs.end(job, end))
  }

  #assign(nowMs: number): void {
    const round = new AssignmentRound(this.#places, this.#options.localityWaitMs, nowMs)
    for (let next = round.next(this.#jobs.pools); next.length > 0; next = round.next(this.#jobs.pools))
      for (const assignment of next) this.#launch(assignment, nowMs)
    this.#placementWakeMs = round.wakeAtMs
    for (const { job, error } of this.#unplaced.overdue(round, (job) => this.#jobs.has(job), nowMs))
      this.#failJob(job.spec.jobId, error)
  }

  #launch(assignment: Assignment, nowMs: number): void {
    const { job, stage, together } = assignment
    const task = attemptOf(assignment, this.#attempts.nextId(), nowMs)
    const { attemptId, jobId, partition } = task
    const exhausted = this.#retries.beforeLaunch(task)
    if (exhausted) return this.#failJob(jobId, exhausted)
    this.#unplaced.forget(job)
    if (together) this.#barriers.launched(job, stage)
    this.#attempts.start(task)
    job.running.set(attemptId, task)
    this.#jobs.pools.launched(job)
    const inputs = inputsOf(job, stage, partition)
    this.#decommissions.launched(attemptId, inputs)
    this.#actions.push({ kind: 'launchTask', task, inputs, together })
  }
}
