import type { Block } from '../columnar/block.js'
import { deserializeError, MillraceError } from '../common/errors/millrace-error.js'
import type { Logger } from '../common/log.js'
import type { StageGraph } from '../planner/plan/physical/plan.js'
import type { ExecutorConnection, ExecutorMessage } from '../proto/protocol.js'
import type { DriverMail, Submission } from './driver-mail.js'
import {
  DEFAULT_EXECUTOR_WAIT_MS,
  DEFAULT_LOCALITY_WAIT_MS,
  type DriverOptions,
  type SubmitOptions,
} from './driver-options.js'
import type { ExecutorSummary } from './executors/executor-table.js'
import { JobLog } from './job-log.js'
import { JobPreparation } from './job-preparation.js'
import { blocksOf, type JobHandle, type JobResult, JobRun, type Settle } from './job-run.js'
import type { SchedulerAction, TaskAttempt } from './jobs/actions.js'
import type { SchedulerEvent } from './jobs/events.js'
import { Scheduler } from './jobs/scheduler.js'
import { LocalBlocks } from './local-blocks.js'
import { Mailbox } from './mailbox.js'
import { readyPartition } from './ready-partition.js'
import { resultListener } from './result-listener.js'
import type { ReadyPartition } from './result-stream.js'
import { taskLaunch } from './task-launch.js'
import { UnderWay } from './under-way.js'
import { WakeTimer } from './wake-timer.js'

/**
 * The driver of one application: takes jobs, has the scheduler decide, and performs what it decides over the connections of
 * executors. It knows neither how executors were started nor what carries the messages.
 */
export class Driver {
  readonly localBlocks = new LocalBlocks()
  readonly #options: DriverOptions
  readonly #scheduler: Scheduler
  readonly #mailbox: Mailbox<DriverMail>
  readonly #preparation: JobPreparation
  readonly #log: JobLog
  readonly #connections = new Map<string, ExecutorConnection>()
  readonly #runs = new Map<number, JobRun>()
  /** Of jobs that are being prepared. */
  readonly #settlers = new Set<Settle>()
  /** Beginnings, commits and aborts of writes under way. */
  readonly #endings = new UnderWay()
  /** Results that came along with a report, until they are taken. */
  readonly #inlined = new Map<number, readonly Block[]>()
  readonly #timer = new WakeTimer(() => this.#tell({ kind: 'tick' }))
  #nextJobId = 1
  #isClosed = false

  constructor(options: DriverOptions) {
    this.#options = options
    this.#log = new JobLog(options.logger)
    this.#scheduler = new Scheduler({
      maxFailures: options.maxFailures,
      executorTimeoutMs: options.executorTimeoutMs,
      executorWaitMs: options.executorWaitMs ?? DEFAULT_EXECUTOR_WAIT_MS,
      localityWaitMs: options.localityWaitMs ?? DEFAULT_LOCALITY_WAIT_MS,
    })
    this.#preparation = new JobPreparation(options.connectors)
    this.#mailbox = new Mailbox(
      (mail) => this.#handle(mail),
      (error) => {
        options.logger.fatal({ err: error }, 'the driver broke')
        this.#failEverything(error)
      },
    )
  }

  get logger(): Logger {
    return this.#options.logger
  }

  /** Starts a job. What fails it, planning of splits included, arrives through the handle. */
  submit(graph: StageGraph, options: SubmitOptions = {}): JobHandle {
    const jobId = this.#nextJobId++
    const abort = new AbortController()
    let settle!: Settle
    const result = new Promise<JobResult>((resolve, reject) => {
      settle = { resolve, reject }
    })
    // Whoever only iterates the blocks meets the failure there.
    result.catch(() => undefined)
    this.#settlers.add(settle)
    const forget = (): void => void this.#settlers.delete(settle)
    result.then(forget, forget)
    const prepared = this.#prepare({ jobId, graph, options, settle, ended: result, signal: abort.signal })
    return {
      jobId,
      result,
      blocks: { [Symbol.asyncIterator]: () => blocksOf(prepared, result) },
      progress: () => this.#runs.get(jobId)?.metrics.result(),
      cancel: () => {
        abort.abort()
        this.#tell({ kind: 'jobCanceled', jobId })
      },
    }
  }

  /** The shares of a relation made from rows; see `PhysicalLocal`. */
  registerLocalBlocks(id: string, blocks: readonly Block[]): void {
    this.localBlocks.register(id, blocks)
  }

  /** Frees them as soon as no job, cache or stream reads them. */
  releaseLocalBlocks(id: string): void {
    this.localBlocks.release(id)
  }

  /** Forgets a cached relation everywhere, and those made of it. */
  dropCache(cacheId: string): void {
    for (const dropped of this.#preparation.dropCache(cacheId)) this.#tell({ kind: 'cacheDropped', cacheId: dropped })
  }

  /** A stream ended: its state need not stay in memory. */
  dropState(queryId: string): void {
    this.#tell({ kind: 'stateDropped', queryId })
    for (const connection of this.#connections.values()) connection.send({ kind: 'dropState', queryId })
  }

  /** Whether a cached relation can be read: its partitions are there or can be made again. */
  knowsCache(cacheId: string): boolean {
    return this.#preparation.knowsCache(cacheId)
  }

  executors(): readonly ExecutorSummary[] {
    return this.#scheduler.executors()
  }

  /** Slots of the executors that are there, or the number expected before any is. */
  get slots(): number {
    const registered = this.executors().reduce((sum, { slots }) => sum + slots, 0)
    return Math.max(registered, this.#options.expectedSlots)
  }

  /** Takes an executor in. `heartbeats` false means that it cannot fall silent. What it says goes to `receive`. */
  connect(executorId: string, slots: number, connection: ExecutorConnection, heartbeats: boolean): void {
    if (this.#isClosed) return connection.close()
    this.#connections.set(executorId, connection)
    this.#tell({ kind: 'executorRegistered', executorId, slots, heartbeats })
  }

  receive(executorId: string, message: ExecutorMessage): void {
    this.#options.metrics?.heard(executorId, message)
    this.#mailbox.post({ kind: 'executorSays', executorId, message })
  }

  disconnected(executorId: string, reason: string): void {
    this.#tell({ kind: 'executorLost', executorId, reason })
  }

  /** Fails what runs, tells executors to end and leaves nothing that would keep the process alive. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#mailbox.close()
    this.#timer.clear()
    this.#failEverything(new MillraceError('SESSION_CLOSED'))
    for (const connection of this.#connections.values()) {
      connection.send({ kind: 'shutdown' })
      connection.close()
    }
    this.#connections.clear()
    this.localBlocks.clear()
    await this.#endings.ended()
  }

  #tell(event: SchedulerEvent): void {
    this.#mailbox.post({ kind: 'scheduler', event })
  }

  /** Works out a job's stages and has it scheduled. Undefined when there is nothing to run. */
  async #prepare(submission: Submission): Promise<JobRun | undefined> {
    const { jobId, graph, options, settle, ended, signal } = submission
    try {
      // Before anything is awaited: the plan that was submitted may be all that still named them.
      const release = this.localBlocks.hold(this.#preparation.localIds(graph))
      ended.then(release, release)
      this.#throwIfEnded(signal)
      const { plan, jobWrite } = await this.#preparation.prepare(jobId, graph, { ...options, slots: this.slots })
      this.#throwIfEnded(signal)
      const run = new JobRun(
        plan,
        settle,
        jobWrite,
        resultListener(jobId, (event) => this.#tell(event)),
      )
      // From here on the run settles its job: closing waits until a write that has begun is taken back.
      this.#settlers.delete(settle)
      return (await this.#endings.during(this.#begin(run, signal))) ? run : undefined
    } catch (error) {
      settle.reject(error)
      return undefined
    }
  }

  async #begin(run: JobRun, signal: AbortSignal): Promise<boolean> {
    if (!(await run.begin())) return false
    try {
      this.#throwIfEnded(signal)
    } catch (error) {
      await run.fail(error)
      return false
    }
    this.#runs.set(run.plan.spec.jobId, run)
    this.#tell({ kind: 'jobSubmitted', job: run.plan.spec })
    return true
  }

  #throwIfEnded(signal: AbortSignal): void {
    if (this.#isClosed) throw new MillraceError('SESSION_CLOSED')
    if (signal.aborted) throw new MillraceError('OPERATION_CANCELED')
  }

  #handle(mail: DriverMail): void {
    if (mail.kind === 'scheduler') this.#schedule(mail.event)
    else this.#executorSays(mail.executorId, mail.message)
  }

  #executorSays(executorId: string, message: ExecutorMessage): void {
    switch (message.kind) {
      case 'heartbeat':
        return this.#schedule({ kind: 'executorHeartbeat', executorId })
      case 'taskSucceeded': {
        const { attemptId, report, blocks } = message
        if (blocks) this.#inlined.set(attemptId, blocks)
        this.#schedule({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: blocks !== undefined })
        return void this.#inlined.delete(attemptId)
      }
      case 'taskFailed':
        return this.#schedule({ ...message, executorId })
    }
  }

  #schedule(event: SchedulerEvent): void {
    const nowMs = performance.now()
    this.#log.heard(event, nowMs)
    for (const action of this.#scheduler.handle(event, nowMs)) {
      this.#log.wanted(action, nowMs)
      this.#options.metrics?.wanted(action)
      this.#perform(action)
    }
    // Only a job in progress is a reason for the process to live on.
    this.#timer.set(this.#scheduler.nextWakeMs(), this.#runs.size > 0)
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'launchTask': {
        const { plan } = this.#runs.get(action.task.jobId)!
        const launch = taskLaunch(plan, action.task, action.inputs, {
          addressOf: (executorId) => this.#connections.get(executorId)?.address ?? '',
          localBlocks: (id) => this.localBlocks.get(id),
        })
        return this.#connections.get(action.task.executorId)?.send({ kind: 'launchTask', launch })
      }
      case 'cancelTask':
        return this.#connections.get(action.executorId)?.send({ kind: 'cancelTask', attemptId: action.attemptId })
      case 'taskAccepted':
        return this.#runs.get(action.task.jobId)?.accept(action.task, action.report)
      case 'taskRetried':
        this.#options.logger.warn({ task: action.task, error: action.error }, 'a task is tried again')
        return this.#runs.get(action.task.jobId)?.metrics.retried(action.task.stageKey)
      case 'resultReady':
        return this.#runs.get(action.task.jobId)?.stream.ready(action.task.partition, this.#readyPartition(action.task))
      case 'jobSucceeded':
        return this.#end(action.jobId, (run) => run.succeed())
      case 'jobFailed':
        return this.#end(action.jobId, (run) => run.fail(deserializeError(action.error)))
      case 'releaseJob':
      case 'dropCache':
        for (const connection of this.#connections.values()) connection.send(action)
        return
      case 'disconnectExecutor':
        this.#options.logger.warn(action, 'an executor is gone')
        this.#connections.get(action.executorId)?.close()
        this.#connections.delete(action.executorId)
    }
  }

  #readyPartition({ attemptId, executorId }: TaskAttempt): ReadyPartition {
    return readyPartition(attemptId, executorId, this.#inlined.get(attemptId), this.#connections.get(executorId))
  }

  #end(jobId: number, settle: (run: JobRun) => Promise<void>): void {
    const run = this.#runs.get(jobId)
    this.#runs.delete(jobId)
    if (!run) return
    const ending = settle(run).catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'ending a job failed')
    })
    void this.#endings.during(ending)
  }

  #failEverything(error: unknown): void {
    for (const jobId of [...this.#runs.keys()]) this.#end(jobId, (run) => run.fail(error))
    for (const settle of this.#settlers) settle.reject(error)
  }
}
