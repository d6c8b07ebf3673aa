import assert from 'node:assert/strict'
import { MillraceError, type SerializedError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt, TaskInput } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { JobSpec, StageOutput, StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { Random } from '../support/random.js'

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
  /** An executor that goes on loses an output. */
  readonly outputDrops: number
  readonly cancels: number
  /** The driver is stopped or busy for a while: messages to it wait. */
  readonly driverStalls: number
  readonly faultsUntilMs: number
}

interface SimulatedExecutor {
  readonly id: string
  readonly slots: number
  alive: boolean
  readonly running: Map<number, TaskAttempt>
  readonly canceled: Set<number>
  readonly held: Map<number, TaskAttempt>
}

interface SimulatedJob {
  readonly spec: JobSpec
  readonly deliveries: number[]
  readonly accepted: Map<string, number>
  readonly launches: Map<string, number>
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
  readonly #scheduler = new Scheduler({
    maxFailures: MAX_FAILURES,
    executorTimeoutMs: EXECUTOR_TIMEOUT_MS,
    localityWaitMs: 50,
    executorWaitMs: EXECUTOR_WAIT_MS,
  })
  readonly #executors = new Map<string, SimulatedExecutor>()
  readonly #known = new Set<string>()
  readonly #jobs = new Map<number, SimulatedJob>()
  readonly #owner = new Map<number, TaskAttempt>()
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
  losses = 0
  stalls = 0
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
      outputDrops: rough && random.chance(0.5) ? random.next() * 0.3 : 0,
      cancels: random.chance(0.1) ? 0.5 : 0,
      driverStalls: random.chance(0.4) ? random.next() * 0.2 : 0,
      faultsUntilMs: random.integer(1_000, 20_000),
    }
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

  #faulty(probability: number): boolean {
    const strikes = this.#nowMs < this.#weather.faultsUntilMs && this.#random.chance(probability)
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
    for (const action of this.#scheduler.handle(event, this.#nowMs)) this.#perform(action)
  }

  #join(): void {
    const id = `e${this.#nextExecutor++}`
    const executor: SimulatedExecutor = {
      id,
      slots: this.#random.integer(1, 3),
      alive: true,
      running: new Map(),
      canceled: new Set(),
      held: new Map(),
    }
    this.#executors.set(id, executor)
    this.#at(0, () =>
      this.#tell({ kind: 'executorRegistered', executorId: id, slots: executor.slots, heartbeats: true }),
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
    const { failures } = this.#jobs.get(task.jobId)!
    failures.set(keyOf(task), (failures.get(keyOf(task)) ?? 0) + 1)
  }

  #submitJobs(): void {
    const count = this.#random.integer(1, 3)
    for (let jobId = 1; jobId <= count; jobId++) {
      const spec = this.#randomJob(jobId)
      const job: SimulatedJob = {
        spec,
        deliveries: new Array(spec.stages.at(-1)!.taskCount).fill(0),
        accepted: new Map(),
        launches: new Map(),
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
    const count = this.#random.integer(1, 4)
    for (let key = 0; key < count; key++) {
      const isLast = key === count - 1
      const sources = stages.filter(() => this.#random.chance(0.6)).map((stage) => stage.key)
      const drawn = isLast && sources.length === 0 && key > 0 ? [key - 1] : sources
      const firstCache = stages.find((stage) => drawn.includes(stage.key) && stage.output.kind === 'cache')
      const read = stages.filter(
        ({ key, output, taskCount }) =>
          drawn.includes(key) && (output.kind !== 'cache' || taskCount === firstCache?.taskCount),
      )
      const inputs = read.map((stage) => stage.key)
      const caches = read.filter((stage) => stage.output.kind === 'cache')
      const cacheReads = caches.map((stage) => (stage.output.kind === 'cache' ? stage.output.cacheId : ''))
      const taskCount = caches[0]?.taskCount ?? this.#random.integer(isLast ? 0 : 1, 5)
      stages.push({ key, inputs, taskCount, cacheReads, output: this.#randomOutput(isLast, taskCount) })
    }
    return { jobId, stages }
  }

  #randomOutput(isLast: boolean, taskCount: number): StageOutput {
    // A cache is shared by the jobs that name it, which then have as many partitions of it.
    const cache: StageOutput = { kind: 'cache', cacheId: `c${taskCount}` }
    if (!isLast) return this.#random.chance(0.2) ? cache : { kind: 'map' }
    return this.#random.pick<StageOutput>([{ kind: 'result' }, { kind: 'result' }, { kind: 'write' }, cache])
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'launchTask':
        return this.#launch(action.task, action.inputs)
      case 'cancelTask':
        return this.#at(this.#random.integer(0, 20), () => this.#cancel(action.executorId, action.attemptId))
      case 'taskAccepted':
        return this.#accepted(action.task)
      case 'taskRetried':
        return
      case 'resultReady':
        return this.#at(this.#delayMs(), () => this.#take(action.task))
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
      case 'disconnectExecutor':
        return this.#disconnect(action.executorId, action.reason)
    }
  }

  #stageOf(task: TaskAttempt): StageSpec {
    return this.#jobs.get(task.jobId)!.spec.stages.find((stage) => stage.key === task.stageKey)!
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
    const launches = (job.launches.get(keyOf(task)) ?? 0) + 1
    job.launches.set(keyOf(task), launches)
    assert.ok(launches <= 4 * MAX_FAILURES, 'a task was attempted without bound')
    const failures = job.failures.get(keyOf(task)) ?? 0
    assert.ok(failures < MAX_FAILURES, 'a task was attempted again after its last failure')
    // A loss takes the task's own output, and is met once for each stage that it reads.
    const perLoss = 1 + Math.max(1, this.#stageOf(task).inputs.length)
    assert.ok(launches <= 1 + failures + perLoss * this.losses, 'a task was attempted again without need')
    this.#checkInputs(job, task, inputs)
    this.#at(this.#random.integer(0, 20), () => this.#start(task, inputs))
  }

  #checkInputs(job: SimulatedJob, task: TaskAttempt, inputs: readonly TaskInput[]): void {
    const stage = this.#stageOf(task)
    assert.deepEqual(
      inputs.map((input) => input.stageKey),
      stage.inputs,
    )
    for (const { stageKey, outputs } of inputs) {
      const source = job.spec.stages.find((candidate) => candidate.key === stageKey)!
      const partitions = new Set<number>()
      for (const { executorId, attemptIds } of outputs) {
        assert.ok(this.#known.has(executorId), 'an input lies on an executor that is known to be gone')
        for (const attemptId of attemptIds) partitions.add(this.#owner.get(attemptId)!.partition)
      }
      const expected = source.output.kind === 'cache' ? [task.partition] : [...Array(source.taskCount).keys()]
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
    this.#at(this.#random.integer(1, 400), () => this.#finish(executor, task, inputs))
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
      report: REPORT,
      inlined,
    })
    if (inlined) this.#inlined.add(task.attemptId)
  }

  readonly #inlined = new Set<number>()

  #cancel(executorId: string, attemptId: number): void {
    this.#executors.get(executorId)!.canceled.add(attemptId)
  }

  #accepted(task: TaskAttempt): void {
    const job = this.#jobs.get(task.jobId)!
    job.accepted.set(keyOf(task), (job.accepted.get(keyOf(task)) ?? 0) + 1)
  }

  /** The driver takes a partition of the result, or finds that it is gone. */
  #take(task: TaskAttempt): void {
    const job = this.#jobs.get(task.jobId)!
    if (job.outcome !== 'running' || job.deliveries[task.partition]! > 0) return
    const executor = this.#executors.get(task.executorId)!
    if (this.#inlined.has(task.attemptId) || (executor.alive && executor.held.has(task.attemptId))) {
      job.deliveries[task.partition]!++
      this.#tell({ kind: 'resultDelivered', jobId: task.jobId, partition: task.partition })
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
    if (action.kind === 'jobFailed') this.#checkCause(job, action.error)
  }

  #checkCause(job: SimulatedJob, error: SerializedError): void {
    const legitimate: Record<string, boolean> = {
      CORRUPT_RECORD: job.userError,
      OPERATION_CANCELED: job.canceled,
      TASK_RETRIES_EXHAUSTED: this.#anyFault,
      NO_EXECUTORS: [...this.#executors.values()].every(({ id }) => !this.#known.has(id)),
    }
    assert.ok(legitimate[error.condition], `a job failed without cause: ${JSON.stringify(error)}`)
  }

  #checkOutcome(job: SimulatedJob): void {
    if (job.outcome === 'failed') {
      this.failed++
      return
    }
    this.succeeded++
    const last = job.spec.stages.at(-1)!
    for (let partition = 0; partition < last.taskCount; partition++) {
      if (last.output.kind === 'result')
        assert.equal(job.deliveries[partition], 1, 'a partition was not delivered once')
      const accepted = job.accepted.get(keyOf({ stageKey: last.key, partition })) ?? 0
      if (last.output.kind === 'write') assert.equal(accepted, 1, 'a partition was not committed once')
    }
  }
}
