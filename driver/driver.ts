import type { Block } from '../columnar/blocks/block.js'
import { deserializeError, MillraceError } from '../common/errors/millrace-error.js'
import type { Logger } from '../common/log.js'
import type { StageGraph } from '../planner/plan/physical/plan.js'
import type { ExecutorConnection, ExecutorMessage } from '../proto/protocol.js'
import { parsedHostPort } from '../proto/rpc/address.js'
import { Connections } from './connections.js'
import type { DriverMail, Submission } from './driver-mail.js'
import { type DriverOptions, type SubmitOptions, schedulerOptions } from './driver-options.js'
import { DriverEvents } from './events/driver-events.js'
import { EventBus } from './events/event-bus.js'
import { executorEvent } from './executor-event.js'
import type { ExecutorSummary } from './executors/executor-table.js'
import { JobLog } from './job-log.js'
import { JobPreparation } from './job-preparation.js'
import type { JobResult } from './job-result.js'
import { blocksOf, type JobHandle, JobRun, type Settle } from './job-run.js'
import type { SchedulerAction, TaskAttempt } from './jobs/actions.js'
import type { SchedulerEvent } from './jobs/events.js'
import { Scheduler } from './jobs/scheduler.js'
import type { Workload } from './jobs/workload.js'
import { LocalBlocks } from './local-blocks.js'
import { Mailbox } from './mailbox.js'
import type { SchedulerPool } from './pools/pool.js'
import { readyPartition } from './ready-partition.js'
import { resultListener } from './result-listener.js'
import type { ReadyPartition } from './result-stream.js'
import { takeOutput, taskLaunch } from './task-launch.js'
import { UnderWay } from './under-way.js'
import { WakeTimer } from './wake-timer.js'

/**
 * The driver of one application: takes jobs, has the scheduler decide, and performs what it decides over the connections of
 * executors. It knows neither how executors were started nor what carries the messages.
 */
export class Driver {
  readonly localBlocks = new LocalBlocks()
  readonly logger: Logger
  readonly #options: DriverOptions
  readonly #scheduler: Scheduler
  readonly #mailbox: Mailbox<DriverMail>
  readonly #preparation: JobPreparation
  readonly events: EventBus
  readonly protection: DriverOptions['protection']
  readonly #happenings: DriverEvents
  readonly #connections: Connections
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
    this.logger = options.logger
    this.protection = options.protection
    this.#connections = new Connections(options.protection)
    this.events = options.events ?? new EventBus(options.logger)
    this.events.add(new JobLog(options.logger))
    this.#happenings = new DriverEvents(this.events)
    this.#scheduler = new Scheduler(schedulerOptions(options))
    this.#preparation = new JobPreparation(options.connectors)
    this.#mailbox = new Mailbox(
      (mail) => this.#handle(mail),
      (error) => {
        options.logger.fatal({ err: error }, 'the driver broke')
        this.#failEverything(error)
      },
    )
  }

  /** Starts a job. What fails it, planning of splits included, arrives through the handle. */
  submit(graph: StageGraph, options: SubmitOptions = {}): JobHandle {
    const jobId = this.#nextJobId++
    const abort = new AbortController()
    let settle!: Settle
    const result = new Promise<JobResult>((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.#settlers.add(settle)
    const ended = (error?: unknown): void => {
      this.#settlers.delete(settle)
      this.#happenings.jobEnded(jobId, error)
    }
    // A failure is met here by those, too, who only iterate the blocks.
    result.then(() => ended(), ended)
    const prepared = this.#prepare({ jobId, graph, options, settle, ended: result, signal: abort.signal })
    return {
      jobId,
      result,
      blocks: { [Symbol.asyncIterator]: () => blocksOf(prepared, result, () => this.#happenings.firstRows(jobId)) },
      cancel: () => {
        abort.abort()
        this.#tell({ kind: 'jobCanceled', jobId })
      },
    }
  }

  /** The shares of a relation made from rows; see `PhysicalLocal`. */
  readonly registerLocalBlocks = (id: string, blocks: readonly Block[]): void => this.localBlocks.register(id, blocks)

  /** Frees them as soon as no job, cache or stream reads them. */
  readonly releaseLocalBlocks = (id: string): void => this.localBlocks.release(id)

  /** Forgets a cached relation everywhere, and those made of it. */
  dropCache(cacheId: string): void {
    for (const dropped of this.#preparation.dropCache(cacheId)) this.#tell({ kind: 'cacheDropped', cacheId: dropped })
  }

  /** A stream ended: its state need not stay in memory, nor where its partitions were. */
  dropState(queryId: string): void {
    this.#tell({ kind: 'stateDropped', queryId })
    this.#connections.sendAll({ kind: 'dropState', queryId })
  }

  /** Whether a cached relation can be read: its partitions are there or can be made again. */
  readonly knowsCache = (cacheId: string): boolean => this.#preparation.knowsCache(cacheId)

  readonly executors = (): readonly ExecutorSummary[] => this.#scheduler.executors()
  readonly pools = (): readonly SchedulerPool[] => this.#scheduler.pools()

  /** What there is to do, and with what. */
  readonly workload = (): Workload => this.#scheduler.workload()

  /** Has an executor go when others have taken what it holds. */
  decommission(executorId: string, reason: string): void {
    this.#tell({ kind: 'decommissionAsked', executorId, reason })
  }

  /** Slots of the executors that are there, or the number expected before any is. */
  get slots(): number {
    const registered = this.executors().reduce((sum, { slots }) => sum + slots, 0)
    return Math.max(registered, this.#options.expectedSlots)
  }

  /** Takes an executor in. `heartbeats` false means that it cannot fall silent. What it says goes to `receive`. */
  connect(executorId: string, slots: number, connection: ExecutorConnection, heartbeats: boolean): void {
    if (this.#isClosed) return connection.close()
    this.#connections.add(executorId, connection)
    const host = parsedHostPort(connection.address)?.host
    this.#tell({ kind: 'executorRegistered', executorId, slots, heartbeats, ...(host ? { host } : {}) })
  }

  receive(executorId: string, message: ExecutorMessage): void {
    if (message.kind === 'heartbeat') this.#happenings.memory(executorId, message.memory)
    this.#mailbox.post({ kind: 'executorSays', executorId, message })
  }

  disconnected(executorId: string, reason: string): void {
    this.#tell({ kind: 'executorLost', executorId, reason })
  }

  /** Fails what runs, tells executors to end and leaves nothing that would keep the process alive but writes that do not end. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#mailbox.close()
    this.#timer.clear()
    this.#failEverything(new MillraceError('SESSION_CLOSED'))
    this.#connections.shutDown()
    this.localBlocks.clear()
    await this.#endings.ended(this.#options)
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
      const { plan, jobWrite } = await this.#preparation.prepare(jobId, graph, { slots: this.slots, ...options })
      this.#throwIfEnded(signal)
      const listener = resultListener(jobId, (event) => this.#tell(event))
      const run = new JobRun(plan, settle, jobWrite, listener)
      // From here on the run settles its job: closing waits until a write that has begun is taken back.
      this.#settlers.delete(settle)
      return (await this.#endings.during(run, this.#begin(run, submission))) ? run : undefined
    } catch (error) {
      settle.reject(error)
      return undefined
    }
  }

  async #begin(run: JobRun, { options, signal }: Submission): Promise<boolean> {
    if (!(await run.begin())) return false
    try {
      this.#throwIfEnded(signal)
    } catch (error) {
      await this.#logged(run.fail(error))
      return false
    }
    this.#runs.set(run.plan.spec.jobId, run)
    this.#happenings.jobStarted(run.plan.spec, (key) => run.metrics.readsInput(key), options)
    const { pool } = options
    this.#tell({ kind: 'jobSubmitted', job: { ...run.plan.spec, ...(pool === undefined ? {} : { pool }) } })
    // A listener that was told of its start may have ended it, when nobody else knew of it yet.
    if (signal.aborted) this.#tell({ kind: 'jobCanceled', jobId: run.plan.spec.jobId })
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
    const event = executorEvent(executorId, message)
    if (message.kind !== 'taskSucceeded') return this.#schedule(event)
    if (message.blocks) this.#inlined.set(message.attemptId, message.blocks)
    this.#schedule(event)
    this.#inlined.delete(message.attemptId)
  }

  #schedule(event: SchedulerEvent): void {
    const nowMs = performance.now()
    const actions = this.#scheduler.handle(event, nowMs)
    this.#happenings.decided(event, actions)
    for (const action of actions) this.#perform(action)
    // Only a job in progress is a reason for the process to live on.
    this.#timer.set(this.#scheduler.nextWakeMs(), this.#runs.size > 0)
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'launchTask': {
        const launch = taskLaunch(this.#runs.get(action.task.jobId)!.plan, action, {
          addressOf: (executorId) => this.#connections.addressOf(executorId),
          localBlocks: (id) => this.localBlocks.get(id),
        })
        return this.#connections.send(action.task.executorId, { kind: 'launchTask', launch })
      }
      case 'cancelTask':
      case 'discardOutput':
        return this.#connections.send(action.executorId, { kind: 'cancelTask', attemptId: action.attemptId })
      case 'passBarrier':
        return this.#connections.send(action.executorId, action)
      case 'stageChanged':
        return this.#runs.get(action.jobId)?.change(action.change)
      case 'taskAccepted':
        return this.#runs.get(action.task.jobId)?.accept(action.task, action.report)
      case 'taskRetried':
        return this.#runs.get(action.task.jobId)?.metrics.retried(action.task.stageKey)
      case 'moveOutput':
        return this.#connections.send(action.to, takeOutput(action, this.#connections.addressOf(action.from)))
      case 'taskHeld':
      case 'taskStraggles':
      case 'exclusionChanged':
      case 'executorDecommissioned':
      case 'outputMoved':
        return
      case 'resultReady':
        return this.#runs.get(action.task.jobId)?.stream.ready(action.task.partition, this.#readyPartition(action.task))
      case 'resultsForgotten':
        return this.#runs.get(action.jobId)?.stream.forget(action.beforeAttemptId)
      case 'jobSucceeded':
        return this.#end(action.jobId, (run) => run.succeed())
      case 'jobFailed':
        return this.#end(action.jobId, (run) => run.fail(deserializeError(action.error)))
      case 'releaseJob':
      case 'dropCache':
        return this.#connections.sendAll(action)
      case 'disconnectExecutor':
        return this.#connections.close(action.executorId, action.isDecommissioned)
    }
  }

  #readyPartition({ attemptId, executorId }: TaskAttempt): ReadyPartition {
    return readyPartition(attemptId, executorId, this.#inlined.get(attemptId), this.#connections.get(executorId))
  }

  #end(jobId: number, settle: (run: JobRun) => Promise<void>): void {
    const run = this.#runs.get(jobId)
    if (run && this.#runs.delete(jobId)) void this.#endings.during(run, this.#logged(settle(run)))
  }

  #logged(ending: Promise<void>): Promise<void> {
    return ending.catch((error: unknown) => this.logger.error({ err: error }, 'ending a job failed'))
  }

  #failEverything(error: unknown): void {
    for (const jobId of [...this.#runs.keys()]) this.#end(jobId, (run) => run.fail(error))
    for (const settle of this.#settlers) settle.reject(error)
  }
}
