import assert from 'node:assert/strict'
import { MillraceError, type SerializedError } from '../../common/errors/millrace-error.js'
import { DriverEvents } from '../../driver/events/driver-events.js'
import type { ExclusionChange, ExclusionOptions } from '../../driver/executors/exclusion.js'
import type { SchedulerAction, TaskAttempt, TaskInput } from '../../driver/jobs/actions.js'
import type { StageChange } from '../../driver/jobs/adaption.js'
import type { TaskReads } from '../../driver/jobs/division.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { JobSpec, StageOutput, StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import type { SpeculationOptions } from '../../driver/jobs/speculation.js'
import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'
import { Random } from '../support/random.js'
import { busTo, SeenEvents } from './seen-events.js'

const MAX_FAILURES = 4
const EXECUTOR_TIMEOUT_MS = 3_000
const EXECUTOR_WAIT_MS = 8_000
const HEARTBEAT_MS = 1_000
const MAX_STEPS = 50_000
/** When faults have ended, every job must end within this. */
const CALM_MS = 60_000
const REPORT = { rowsRead: 1, rowsWritten: 1, bytesWritten: 100, spilledBytes: 0, elapsedMs: 1 }

/** How rough a history is; drawn from its seed. */
interface Weather {
  readonly taskFails: number
  readonly userError: number
  readonly twice: number
  readonly slow: number
  readonly executorDies: number
  /** An executor is to go, and one that takes what it held cannot. */
  readonly leaves: number
  readonly takingFails: number
  /** An executor that goes on loses an output. */
  readonly outputDrops: number
  readonly cancels: number
  /** A task takes very long. */
  readonly straggles: number
  /** The driver is stopped or busy for a while: messages to it wait. */
  readonly driverStalls: number
  readonly faultsUntilMs: number
}

interface SimulatedExecutor {
  readonly id: string
  readonly host: string
  readonly slots: number
  alive: boolean
  readonly running: Map<number, TaskAttempt>
  readonly canceled: Set<number>
  readonly held: Map<number, TaskAttempt>
}

interface SimulatedJob {
  readonly spec: JobSpec
  /** Stages as they are now, with how many partitions their tasks share. */
  readonly stages: Map<number, StageSpec & { readonly partitions: number }>
  /** What each task that was launched reads. */
  readonly reads: Map<string, TaskReads>
  deliveries: number[]
  readonly accepted: Map<string, number>
  readonly launches: Map<string, number>
  readonly copies: Map<string, number>
  /** Attempts of a task that failed or whose executor was lost under them. */
  readonly failures: Map<string, number>
  outcome: 'running' | 'succeeded' | 'failed'
  canceled: boolean
  userError: boolean
}

const keyOf = (task: { stageKey: number; partition: number }): string => `${task.stageKey}/${task.partition}`
const errorOf = (error: MillraceError): SerializedError => ({
  condition: error.condition,
  parameters: error.parameters,
})

/** One random history of a cluster, driven through the scheduler with a clock of its own; any broken invariant throws. */
export class SimulatedCluster {
  readonly #random: Random
  readonly #weather: Weather
  readonly #scheduler: Scheduler
  readonly #seen = new SeenEvents()
  readonly #events = new DriverEvents(busTo(this.#seen))
  readonly #executors = new Map<string, SimulatedExecutor>()
  readonly #known = new Set<string>()
  readonly #jobs = new Map<number, SimulatedJob>()
  readonly #owner = new Map<number, TaskAttempt>()
  /** Attempts that count as running for the scheduler, and those it has cancelled. */
  readonly #wanted = new Map<number, TaskAttempt>()
  readonly #beaten = new Set<number>()
  /** Executors and hosts that get no tasks, of a stage (`job/stage/…`) or of any; and how often a task failed on an executor. */
  readonly #excluded = new Set<string>()
  readonly #failedOn = new Map<string, number>()
  readonly #exclusion: ExclusionOptions | undefined
  /** Attempts whose failure was counted. */
  readonly #counted = new Set<number>()
  #agenda: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = []
  #nowMs = 0
  #order = 0
  #nextExecutor = 0
  #anyFault = false
  #stalledUntilMs = 0
  /** What was sent to the driver while it was stalled. */
  #inbox: SchedulerEvent[] = []
  #allGone = false
  launches = 0
  copies = 0
  exclusions = 0
  withoutPlace = 0
  copiesAccepted = 0
  losses = 0
  leaves = 0
  moves = 0
  departures = 0
  stalls = 0
  changes = 0
  succeeded = 0
  failed = 0

  constructor(seed: number) {
    const random = new Random(seed)
    this.#random = random
    const rough = random.chance(0.7)
    this.#weather = {
      taskFails: rough ? random.next() * 0.25 : 0,
      userError: random.chance(0.05) ? 0.05 : 0,
      twice: random.next() * 0.3,
      slow: random.chance(0.7) ? random.next() * 0.1 : 0,
      executorDies: rough ? random.next() * 0.25 : 0,
      leaves: random.chance(0.6) ? random.next() * 0.4 : 0,
      takingFails: rough ? random.next() * 0.3 : 0,
      outputDrops: rough && random.chance(0.5) ? random.next() * 0.3 : 0,
      cancels: random.chance(0.1) ? 0.5 : 0,
      driverStalls: random.chance(0.4) ? random.next() * 0.2 : 0,
      straggles: random.chance(0.5) ? random.next() * 0.3 : 0,
      faultsUntilMs: random.integer(1_000, 20_000),
    }
    this.#exclusion = random.chance(0.5) ? this.#exclusionOptions() : undefined
    this.#scheduler = new Scheduler({
      maxFailures: MAX_FAILURES,
      executorTimeoutMs: EXECUTOR_TIMEOUT_MS,
      localityWaitMs: 50,
      executorWaitMs: EXECUTOR_WAIT_MS,
      exclusion: this.#exclusion,
      decommission: { timeoutMs: random.pick([0, 500, 5_000, 30_000]), movesShuffles: true, movesCaches: true },
      speculation: random.chance(0.7) ? this.#speculation() : undefined,
    })
  }

  run(): void {
    for (let i = this.#random.integer(1, 4); i > 0; i--) this.#at(this.#random.integer(0, 300), () => this.#join())
    this.#submitJobs()
    this.#at(500, () => this.#weatherStrikes())
    for (let step = 0; this.#unfinished() > 0; step++) {
      assert.ok(step < MAX_STEPS, 'the history does not end')
      assert.ok(this.#nowMs < this.#weather.faultsUntilMs + CALM_MS, 'a job does not end although all is calm')
      const due = this.#agenda.at(-1)
      const wakeMs = Math.max(this.#scheduler.nextWakeMs(), this.#stalledUntilMs)
      assert.ok(due || Number.isFinite(wakeMs), 'jobs wait, but nothing will ever happen')
      if (due && due.atMs <= wakeMs) {
        this.#agenda.pop()
        this.#nowMs = Math.max(this.#nowMs, due.atMs)
        due.run()
      } else {
        this.#nowMs = Math.max(this.#nowMs, wakeMs)
        this.#tell({ kind: 'tick' })
      }
    }
    for (const job of this.#jobs.values()) this.#checkOutcome(job)
    this.#seen.check(this.#known)
  }

  #speculation(): SpeculationOptions {
    const [intervalMs, minRuntimeMs] = [this.#random.integer(10, 300), this.#random.integer(0, 500)]
    return { intervalMs, minRuntimeMs, multiplier: 1 + this.#random.next() * 3, quantile: this.#random.next() }
  }

  #exclusionOptions(): ExclusionOptions {
    const few = (): number => this.#random.integer(1, 3)
    return {
      ...{ taskAttemptsPerExecutor: few(), taskAttemptsPerHost: few(), stageFailedTasksPerExecutor: few() },
      ...{ stageFailedExecutorsPerHost: few(), failedTasksPerExecutor: few(), failedExecutorsPerHost: few() },
      timeoutMs: this.#random.integer(100, 20_000),
      waitMs: this.#random.pick([0, 1_000, 10_000]),
    }
  }

  #unfinished(): number {
    let count = 0
    for (const job of this.#jobs.values()) if (job.outcome === 'running') count++
    return count
  }

  #at(delayMs: number, run: () => void): void {
    const entry = { atMs: this.#nowMs + delayMs, order: this.#order++, run }
    let i = this.#agenda.length
    while (i > 0 && this.#agenda[i - 1]!.atMs <= entry.atMs) i--
    this.#agenda.splice(i, 0, entry)
  }

  #delayMs(): number {
    return this.#random.chance(this.#weather.slow) ? this.#random.integer(100, 5_000) : this.#random.integer(0, 20)
  }

  #strikes(probability: number): boolean {
    return this.#nowMs < this.#weather.faultsUntilMs && this.#random.chance(probability)
  }

  #faulty(probability: number): boolean {
    const strikes = this.#strikes(probability)
    this.#anyFault ||= strikes
    return strikes
  }

  /** A message to the driver: late, perhaps twice, in any order. */
  #send(event: SchedulerEvent): void {
    this.#at(this.#delayMs(), () => this.#tell(event))
    if (this.#random.chance(this.#weather.twice)) this.#at(this.#delayMs() * 3, () => this.#tell(event))
  }

  #tell(event: SchedulerEvent): void {
    if (this.#nowMs < this.#stalledUntilMs) {
      this.#inbox.push(event)
      return
    }
    if (event.kind === 'executorRegistered') this.#known.add(event.executorId)
    if (event.kind === 'jobSubmitted') this.#events.jobStarted(event.job, () => false, {})
    const actions = this.#scheduler.handle(event, this.#nowMs)
    if (event.kind === 'taskSucceeded' || event.kind === 'taskFailed') this.#wanted.delete(event.attemptId)
    this.#events.decided(event, actions)
    if (event.kind === 'taskSucceeded' || event.kind === 'taskFailed')
      assert.ok(!this.#seen.isRunning(event.attemptId), 'it was not told of an attempt that it ended')
    for (const action of actions) this.#perform(action)
  }

  #join(): void {
    const id = `e${this.#nextExecutor++}`
    const executor: SimulatedExecutor = {
      id,
      host: `h${this.#random.integer(0, 2)}`,
      slots: this.#random.integer(1, 3),
      alive: true,
      running: new Map(),
      canceled: new Set(),
      held: new Map(),
    }
    this.#executors.set(id, executor)
    this.#at(0, () =>
      this.#tell({
        kind: 'executorRegistered',
        executorId: id,
        slots: executor.slots,
        host: executor.host,
        heartbeats: true,
      }),
    )
    const beat = (): void => {
      if (!executor.alive) return
      this.#send({ kind: 'executorHeartbeat', executorId: id })
      this.#at(HEARTBEAT_MS, beat)
    }
    this.#at(HEARTBEAT_MS, beat)
  }

  /** A driver that goes on again finds that a timer is due first, and only then, one by one, what was sent to it. */
  #stall(): void {
    const durationMs = this.#random.integer(100, 8 * EXECUTOR_TIMEOUT_MS)
    this.stalls++
    this.#stalledUntilMs = this.#nowMs + durationMs
    this.#at(durationMs, () => {
      this.#tell({ kind: 'tick' })
      let delayMs = 0
      for (const event of this.#inbox.splice(0)) {
        delayMs += this.#random.integer(0, 5)
        this.#at(delayMs, () => this.#tell(event))
      }
    })
  }

  #weatherStrikes(): void {
    if (this.#nowMs >= this.#stalledUntilMs && this.#faulty(this.#weather.driverStalls)) this.#stall()
    for (const executor of this.#executors.values()) {
      if (executor.alive && this.#faulty(this.#weather.executorDies)) this.#kill(executor)
      else if (executor.alive && this.#strikes(this.#weather.leaves))
        this.#send({ kind: 'decommissionAsked', executorId: executor.id, reason: 'chance' })
      if (executor.held.size > 0 && this.#faulty(this.#weather.outputDrops)) {
        executor.held.delete(this.#random.pick([...executor.held.keys()]))
        this.losses++
      }
    }
    const isOver = this.#nowMs >= this.#weather.faultsUntilMs
    const anyAlive = [...this.#executors.values()].some((executor) => executor.alive)
    if (!anyAlive && isOver && this.#random.chance(0.1)) this.#allGone = true
    if (this.#random.chance(0.2) || (isOver && !anyAlive && !this.#allGone)) this.#join()
    if (!this.#allGone) this.#at(500, () => this.#weatherStrikes())
  }

  /** Some deaths break the connection, others are only noticed by silence. */
  #kill(executor: SimulatedExecutor): void {
    this.#loseAll(executor)
    if (this.#random.chance(0.6)) this.#send({ kind: 'executorLost', executorId: executor.id, reason: 'killed' })
    if (this.#random.chance(0.7)) this.#at(this.#random.integer(0, 2_000), () => this.#join())
  }

  #loseAll(executor: SimulatedExecutor): void {
    executor.alive = false
    executor.running.clear()
    executor.held.clear()
    this.losses++
  }

  #countFailure(task: TaskAttempt): void {
    if (this.#beaten.has(task.attemptId)) return
    const { failures } = this.#jobs.get(task.jobId)!
    failures.set(keyOf(task), (failures.get(keyOf(task)) ?? 0) + 1)
    this.#counted.add(task.attemptId)
  }

  #submitJobs(): void {
    const count = this.#random.integer(1, 3)
    for (let jobId = 1; jobId <= count; jobId++) {
      const spec = this.#randomJob(jobId)
      const job: SimulatedJob = {
        spec,
        stages: new Map(spec.stages.map((stage) => [stage.key, { ...stage, partitions: stage.taskCount }])),
        reads: new Map(),
        deliveries: new Array(spec.stages.at(-1)!.taskCount).fill(0),
        accepted: new Map(),
        launches: new Map(),
        copies: new Map(),
        failures: new Map(),
        outcome: 'running',
        canceled: false,
        userError: false,
      }
      this.#jobs.set(jobId, job)
      this.#at(this.#random.integer(0, 2_000), () => this.#tell({ kind: 'jobSubmitted', job: spec }))
      if (this.#random.chance(this.#weather.cancels)) {
        this.#at(this.#random.integer(2_001, 3_000), () => {
          job.canceled = true
          this.#tell({ kind: 'jobCanceled', jobId })
        })
      }
    }
  }

  #randomJob(jobId: number): JobSpec {
    const stages: StageSpec[] = []
    /** Stages that may become part of the one which reads them. */
    const exclusive = new Set<number>()
    const count = this.#random.integer(1, 4)
    for (let key = 0; key < count; key++) {
      const isLast = key === count - 1
      const free = stages.filter((stage) => !exclusive.has(stage.key))
      const sources = free.filter(() => this.#random.chance(0.6)).map((stage) => stage.key)
      const drawn = isLast && sources.length === 0 ? free.slice(-1).map((stage) => stage.key) : sources
      const firstCache = stages.find((stage) => drawn.includes(stage.key) && stage.output.kind === 'cache')
      const read = stages.filter(
        ({ key, output, taskCount }) =>
          drawn.includes(key) && (output.kind !== 'cache' || taskCount === firstCache?.taskCount),
      )
      const inputs = read.map((stage) => stage.key)
      const caches = read.filter((stage) => stage.output.kind === 'cache')
      const cacheReads = caches.map((stage) => (stage.output.kind === 'cache' ? stage.output.cacheId : ''))
      const taskCount = caches[0]?.taskCount ?? this.#random.integer(isLast ? 0 : 1, 5)
      const output = this.#randomOutput(isLast, taskCount)
      const state = this.#random.chance(0.1) && output.kind === 'map' ? { stateId: `q${jobId}/${key}` } : {}
      const mayChange = cacheReads.length === 0 && output.kind !== 'cache' && !('stateId' in state)
      const adaptive = mayChange && this.#random.chance(0.6)
      const own = { key, inputs, taskCount, cacheReads, output, ...state }
      const spec: StageSpec = adaptive ? { ...own, adaptive: this.#randomAdaptivity(stages, own) } : own
      if (spec.adaptive?.broadcast) exclusive.add(spec.adaptive.broadcast.left)
      stages.push(spec)
    }
    return { jobId, stages }
  }

  /** Only a stage that nobody else reads may become part of the one that does. */
  #randomAdaptivity(stages: readonly StageSpec[], { inputs, taskCount }: StageSpec): StageAdaptivity {
    const [left = -1, right = -1] = inputs
    const isJoin = right >= 0 && taskCount > 0
    const isAlone = !stages.some((stage) => stage.inputs.includes(left)) && stages[left]?.output.kind === 'map'
    const bytes = () => this.#random.integer(0, 200)
    const parts = { leastBytes: bytes(), partBytes: bytes() + 1, mostParts: 3 }
    return {
      shuffles: inputs,
      ...(this.#random.chance(0.6) ? { merge: { tasks: 2, leastBytes: bytes() + 1, mostBytes: bytes() + 1 } } : {}),
      ...(isJoin && this.#random.chance(0.6)
        ? { split: { stages: [left, right], factor: this.#random.integer(0, 2), ...parts } }
        : {}),
      ...(isJoin && isAlone && this.#random.chance(0.7)
        ? { broadcast: { left, right, mostBytes: 2 * bytes(), leastTasks: this.#random.integer(0, 3) } }
        : {}),
      ...(isJoin ? { swap: { left, right, factor: this.#random.integer(0, 3) } } : {}),
    }
  }

  #randomOutput(isLast: boolean, taskCount: number): StageOutput {
    // A cache is shared by the jobs that name it, which then have as many partitions of it.
    const cache: StageOutput = { kind: 'cache', cacheId: `c${taskCount}` }
    if (!isLast) return this.#random.chance(0.2) ? cache : { kind: 'map' }
    const write: StageOutput = { kind: 'write', keepsAttemptsApart: this.#random.chance(0.5) }
    return this.#random.pick<StageOutput>([{ kind: 'result' }, { kind: 'result' }, write, cache])
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'launchTask':
        return this.#launch(action.task, action.inputs)
      case 'cancelTask':
        this.#beat(action.attemptId)
        return this.#at(this.#random.integer(0, 20), () => this.#cancel(action.executorId, action.attemptId))
      case 'stageChanged':
        return this.#changed(this.#jobs.get(action.jobId)!, action.change)
      case 'taskAccepted':
        return this.#accepted(action.task)
      case 'taskRetried':
        return this.#retried(action.task, action.error)
      case 'taskStraggles':
        return
      case 'exclusionChanged':
        return this.#exclude(action.change)
      case 'resultReady':
        return this.#at(this.#delayMs(), () => this.#take(action.task))
      case 'resultsForgotten':
        throw new Error('no stage has a barrier')
      case 'jobSucceeded':
      case 'jobFailed':
        return this.#jobEnded(action)
      case 'releaseJob':
        for (const { held } of this.#executors.values()) {
          for (const [attemptId, task] of held) {
            const stage = this.#stageOf(task)
            if (task.jobId === action.jobId && stage.output.kind !== 'cache') held.delete(attemptId)
          }
        }
        return
      case 'dropCache':
        return
      case 'executorDecommissioned':
        this.leaves++
        return
      case 'moveOutput':
        return this.#at(this.#delayMs(), () => this.#move(action))
      case 'outputMoved':
        this.moves++
        return
      case 'discardOutput':
        return this.#at(
          this.#delayMs(),
          () => void this.#executors.get(action.executorId)!.held.delete(action.attemptId),
        )
      case 'disconnectExecutor':
        if (action.isDecommissioned) return this.#depart(action.executorId, action.reason)
        return this.#disconnect(action.executorId, action.reason)
    }
  }

  #stageOf(task: TaskAttempt): StageSpec {
    return this.#jobs.get(task.jobId)!.stages.get(task.stageKey)!
  }

  #changed(job: SimulatedJob, { stageKey, tasks, decision }: StageChange): void {
    assert.ok(!job.reads.has(keyOf({ stageKey, partition: 0 })), 'a stage was changed after it had begun')
    this.changes++
    const stage = job.stages.get(stageKey)!
    if (decision.kind === 'broadcast') {
      const left = job.stages.get(decision.left)!
      assert.ok(!job.reads.has(keyOf({ stageKey: decision.left, partition: 0 })), 'the left side had begun')
      const inputs = [...new Set([...left.inputs, ...stage.inputs.filter((key) => key !== decision.left)])]
      job.stages.set(stageKey, { ...stage, inputs, taskCount: tasks, partitions: tasks })
    } else job.stages.set(stageKey, { ...stage, taskCount: tasks })
    if (stageKey === job.spec.stages.at(-1)!.key) job.deliveries = new Array(tasks).fill(0)
  }

  #move({ from, to, attemptId }: Extract<SchedulerAction, { kind: 'moveOutput' }>): void {
    const [source, target] = [this.#executors.get(from)!, this.#executors.get(to)!]
    const task = source.held.get(attemptId)
    if (!target.alive) return
    const isTaken = task !== undefined && !this.#faulty(this.#weather.takingFails)
    if (isTaken) target.held.set(attemptId, task)
    this.#send({ kind: isTaken ? 'outputTaken' : 'outputNotTaken', executorId: to, attemptId })
  }

  /** One that was decommissioned went, and is lost only as far as it was not through: nothing else is done again. */
  #depart(executorId: string, reason: string): void {
    const executor = this.#executors.get(executorId)!
    this.#known.delete(executorId)
    this.departures++
    if (!executor.alive) return
    executor.alive = false
    if (executor.running.size > 0 || reason.includes('in time')) this.losses++
    if (executor.running.size > 0 || reason.includes('in time')) this.#anyFault = true
    executor.running.clear()
    executor.held.clear()
    this.#at(this.#random.integer(0, 1_000), () => this.#join())
  }

  #disconnect(executorId: string, reason: string): void {
    const executor = this.#executors.get(executorId)!
    this.#known.delete(executorId)
    if (!executor.alive) return
    // Its heartbeats came in time, as far as the driver could hear them.
    assert.ok(this.#weather.slow > 0 || !reason.includes('silent'), 'an executor that lives was counted as lost')
    // It lived but was silent for too long: it drops what it has and comes back as another.
    this.#loseAll(executor)
    this.#anyFault = true
    this.#at(this.#random.integer(0, 1_000), () => this.#join())
  }

  #launch(task: TaskAttempt, inputs: readonly TaskInput[]): void {
    this.launches++
    this.#owner.set(task.attemptId, task)
    const job = this.#jobs.get(task.jobId)!
    assert.equal(job.outcome, 'running', 'a task of a job that ended was launched')
    assert.ok(this.#known.has(task.executorId), 'a task was launched on an executor that is gone')
    this.#checkCopy(task)
    this.#checkPlace(task)
    this.#wanted.set(task.attemptId, task)
    const counts = task.isCopy ? job.copies : job.launches
    counts.set(keyOf(task), (counts.get(keyOf(task)) ?? 0) + 1)
    const launches = job.launches.get(keyOf(task))!
    assert.ok(launches <= 4 * MAX_FAILURES, 'a task was attempted without bound')
    assert.ok((job.copies.get(keyOf(task)) ?? 0) <= MAX_FAILURES, 'a task was copied without bound')
    const failures = job.failures.get(keyOf(task)) ?? 0
    // A failure does not count while another job has the partition of a cache that they share.
    const isShared = this.#stageOf(task).output.kind === 'cache'
    assert.ok(isShared || failures < MAX_FAILURES, 'a task was attempted again after its last failure')
    // A loss takes the task's own output, and is met once for each stage that it reads.
    const perLoss = 1 + Math.max(1, this.#stageOf(task).inputs.length)
    assert.ok(launches <= 1 + failures + perLoss * this.losses, 'a task was attempted again without need')
    this.#checkInputs(job, task, inputs)
    const { partition, reads = { from: partition, until: partition + 1 } } = task
    const known = job.reads.get(keyOf(task)) ?? reads
    assert.deepEqual(reads, known, 'a task reads something else than before')
    job.reads.set(keyOf(task), known)
    this.#at(this.#random.integer(0, 20), () => this.#start(task, inputs))
  }

  #retried(task: TaskAttempt, error: SerializedError): void {
    if (error.condition === 'FETCH_FAILED') return
    const key = `${task.jobId}/${keyOf(task)}/${task.executorId}`
    this.#failedOn.set(key, (this.#failedOn.get(key) ?? 0) + 1)
  }

  #exclude(change: ExclusionChange): void {
    assert.ok(this.#exclusion, 'something is excluded that nobody asked for')
    const place = 'executorId' in change ? change.executorId : change.host
    const key = 'stageKey' in change ? `${change.jobId}/${change.stageKey}/${place}` : place
    if (change.kind === 'executorUnexcluded' || change.kind === 'nodeUnexcluded') {
      assert.ok(this.#excluded.delete(key), 'something returned that was not excluded')
      return
    }
    assert.ok(!this.#excluded.has(key), 'something was excluded twice')
    this.#excluded.add(key)
    this.exclusions++
  }

  /** Nothing runs where it is excluded. */
  #checkPlace(task: TaskAttempt): void {
    const { host } = this.#executors.get(task.executorId)!
    for (const place of [task.executorId, host]) {
      assert.ok(!this.#excluded.has(place), 'a task was launched where none may run')
      const ofStage = `${task.jobId}/${task.stageKey}/${place}`
      assert.ok(!this.#excluded.has(ofStage), 'a task was launched where none of its stage may run')
    }
    if (!this.#exclusion) return
    const failed = this.#failedOn.get(`${task.jobId}/${keyOf(task)}/${task.executorId}`) ?? 0
    assert.ok(failed < this.#exclusion.taskAttemptsPerExecutor, 'a task was launched where it had failed')
  }

  /** Of a task there are at most two attempts at once, on two executors, and only one where two would do harm. */
  #checkCopy(task: TaskAttempt): void {
    const others = [...this.#wanted.values()].filter(
      (other) => other.jobId === task.jobId && keyOf(other) === keyOf(task) && this.#known.has(other.executorId),
    )
    assert.equal(others.length, task.isCopy ? 1 : 0, 'a task has more attempts than it should have')
    if (!task.isCopy) return
    this.copies++
    assert.notEqual(others[0]!.executorId, task.executorId, 'a copy runs where the task runs already')
    const { output, stateId } = this.#stageOf(task)
    assert.equal(stateId, undefined, 'a task with state was copied')
    assert.ok(
      output.kind !== 'write' || output.keepsAttemptsApart,
      'a task was copied whose output would be there twice',
    )
  }

  /** The scheduler does not count what it told of itself while this was under way. */
  #beat(attemptId: number): void {
    this.#beaten.add(attemptId)
    this.#wanted.delete(attemptId)
    if (!this.#counted.delete(attemptId)) return
    const task = this.#owner.get(attemptId)!
    const { failures } = this.#jobs.get(task.jobId)!
    failures.set(keyOf(task), failures.get(keyOf(task))! - 1)
  }

  #checkInputs(job: SimulatedJob, task: TaskAttempt, inputs: readonly TaskInput[]): void {
    const stage = this.#stageOf(task)
    assert.deepEqual(
      inputs.map((input) => input.stageKey),
      stage.inputs,
    )
    for (const { stageKey, outputs } of inputs) {
      const source = job.stages.get(stageKey)!
      const partitions = new Set<number>()
      for (const { executorId, attemptIds } of outputs) {
        assert.ok(this.#known.has(executorId), 'an input lies on an executor that is known to be gone')
        for (const attemptId of attemptIds) partitions.add(this.#owner.get(attemptId)!.partition)
      }
      const part = task.reads?.parts?.find((one) => one.stageKey === stageKey)
      const written = [...Array(source.taskCount).keys()].slice(part?.from, part?.until)
      const expected = source.output.kind === 'cache' ? [task.partition] : written
      assert.deepEqual(
        [...partitions].sort((a, b) => a - b),
        expected,
        'a task was launched with missing inputs',
      )
    }
  }

  #start(task: TaskAttempt, inputs: readonly TaskInput[]): void {
    const executor = this.#executors.get(task.executorId)!
    if (!executor.alive) return
    executor.running.set(task.attemptId, task)
    assert.ok(executor.running.size <= executor.slots, 'an executor has more tasks than slots')
    const durationMs = this.#faulty(this.#weather.straggles)
      ? this.#random.integer(1_000, 10_000)
      : this.#random.integer(1, 400)
    this.#at(durationMs, () => this.#finish(executor, task, inputs))
  }

  #finish(executor: SimulatedExecutor, task: TaskAttempt, inputs: readonly TaskInput[]): void {
    if (!executor.alive || !executor.running.delete(task.attemptId)) return
    const fail = (error: MillraceError): void =>
      this.#send({
        kind: 'taskFailed',
        executorId: executor.id,
        attemptId: task.attemptId,
        error: errorOf(error),
      })
    if (executor.canceled.has(task.attemptId)) return fail(new MillraceError('OPERATION_CANCELED'))
    for (const { stageKey, outputs } of inputs) {
      const gone = outputs.find(({ executorId, attemptIds }) =>
        attemptIds.some((attemptId) => !this.#executors.get(executorId)!.held.has(attemptId)),
      )
      if (gone) {
        const parameters = { block: '', executor: gone.executorId, stage: stageKey, reason: 'gone' }
        return fail(new MillraceError('FETCH_FAILED', parameters))
      }
    }
    if (this.#faulty(this.#weather.userError)) {
      this.#jobs.get(task.jobId)!.userError = true
      return fail(new MillraceError('CORRUPT_RECORD', { provider: '', position: '', reason: '' }))
    }
    if (this.#faulty(this.#weather.taskFails)) {
      this.#countFailure(task)
      return fail(new MillraceError('TASK_THREAD_DIED', { reason: 'chaos' }))
    }
    executor.held.set(task.attemptId, task)
    const inlined = this.#stageOf(task).output.kind === 'result' && this.#random.chance(0.3)
    this.#send({
      kind: 'taskSucceeded',
      executorId: executor.id,
      attemptId: task.attemptId,
      report: { ...REPORT, partitionBytes: Array.from({ length: 5 }, () => this.#random.integer(0, 60) ** 2 / 30) },
      inlined,
    })
    if (inlined) this.#inlined.add(task.attemptId)
  }

  readonly #inlined = new Set<number>()

  #cancel(executorId: string, attemptId: number): void {
    const executor = this.#executors.get(executorId)!
    executor.canceled.add(attemptId)
    executor.held.delete(attemptId)
    if (!executor.running.delete(attemptId)) return
    const error = errorOf(new MillraceError('OPERATION_CANCELED'))
    this.#send({ kind: 'taskFailed', executorId, attemptId, error })
  }

  #accepted(task: TaskAttempt): void {
    assert.ok(!this.#beaten.has(task.attemptId), 'an attempt counts that was cancelled')
    if (task.isCopy) this.copiesAccepted++
    const job = this.#jobs.get(task.jobId)!
    job.accepted.set(keyOf(task), (job.accepted.get(keyOf(task)) ?? 0) + 1)
  }

  /** Of each partition, what all tasks read is the whole: each pair of rows of both sides once. */
  #checkReads(job: SimulatedJob, { key, taskCount, partitions, output }: StageSpec & { partitions: number }): void {
    if (output.kind === 'cache') return
    const read = new Array<number>(partitions).fill(0)
    for (let partition = 0; partition < taskCount; partition++) {
      const { from, until, parts = [] } = job.reads.get(keyOf({ stageKey: key, partition }))!
      const shares = parts.map((part) => (part.until - part.from) / job.stages.get(part.stageKey)!.taskCount)
      for (let i = from; i < until; i++) read[i]! += shares.reduce((a, b) => a * b, 1)
    }
    assert.ok(
      read.every((one) => Math.abs(one - 1) < 1e-9),
      'a partition was not read once',
    )
  }

  /** The driver takes a partition of the result, or finds that it is gone. */
  #take(task: TaskAttempt): void {
    const job = this.#jobs.get(task.jobId)!
    if (job.outcome !== 'running' || job.deliveries[task.partition]! > 0) return
    const executor = this.#executors.get(task.executorId)!
    if (this.#inlined.has(task.attemptId) || (executor.alive && executor.held.has(task.attemptId))) {
      job.deliveries[task.partition]!++
      this.#tell({ kind: 'resultDelivered', jobId: task.jobId, partition: task.partition, attemptId: task.attemptId })
      return
    }
    const error = errorOf(new MillraceError('EXECUTOR_LOST', { executor: executor.id, reason: 'gone' }))
    this.#tell({
      kind: 'resultLost',
      jobId: task.jobId,
      partition: task.partition,
      attemptId: task.attemptId,
      error,
    })
  }

  #jobEnded(action: Extract<SchedulerAction, { kind: 'jobSucceeded' | 'jobFailed' }>): void {
    const job = this.#jobs.get(action.jobId)!
    assert.equal(job.outcome, 'running', 'a job ended twice')
    job.outcome = action.kind === 'jobSucceeded' ? 'succeeded' : 'failed'
    this.#events.jobEnded(action.jobId)
    if (action.kind === 'jobFailed') this.#checkCause(job, action.error)
  }

  #checkCause(job: SimulatedJob, error: SerializedError): void {
    const legitimate: Record<string, boolean> = {
      CORRUPT_RECORD: job.userError,
      OPERATION_CANCELED: job.canceled,
      TASK_RETRIES_EXHAUSTED: this.#anyFault,
      ALL_EXECUTORS_EXCLUDED: this.exclusions > 0 || this.#failedOn.size > 0,
      NO_EXECUTORS: [...this.#executors.values()].every(({ id }) => !this.#known.has(id)),
    }
    if (error.condition === 'ALL_EXECUTORS_EXCLUDED') this.withoutPlace++
    assert.ok(legitimate[error.condition], `a job failed without cause: ${JSON.stringify(error)}`)
  }

  #checkOutcome(job: SimulatedJob): void {
    if (job.outcome === 'failed') {
      this.failed++
      return
    }
    this.succeeded++
    const last = job.stages.get(job.spec.stages.at(-1)!.key)!
    this.#checkReads(job, last)
    for (let partition = 0; partition < last.taskCount; partition++) {
      if (last.output.kind === 'result')
        assert.equal(job.deliveries[partition], 1, 'a partition was not delivered once')
      const accepted = job.accepted.get(keyOf({ stageKey: last.key, partition })) ?? 0
      if (last.output.kind === 'write') assert.equal(accepted, 1, 'a partition was not committed once')
    }
  }
}
