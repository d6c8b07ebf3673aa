import assert from 'node:assert/strict'
import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { Random } from '../support/random.js'

const HISTORIES = 600
const MAX_STEPS = 20_000
/** Until then tasks fail and executors die. */
const FAULTS_MS = 4_000
const MAX_FAILURES = 4
const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 1, spilledBytes: 0, elapsedMs: 0 }
/** `MILLRACE_SIMULATION_SEED=n` replays one history. */
const replayed = process.env['MILLRACE_SIMULATION_SEED']

interface SimulatedExecutor {
  readonly id: string
  readonly slots: number
  isAlive: boolean
  readonly running: Map<number, TaskAttempt>
  readonly held: Set<number>
}

interface ReadyResult {
  readonly task: TaskAttempt
  /** It came along with the report: no executor is needed for it. */
  readonly isInlined: boolean
}

interface SimulatedJob {
  readonly stages: readonly StageSpec[]
  /** How often each task of a stage calls a barrier. */
  readonly calls: number
  /** Of the tasks of each stage those that were launched together last. */
  readonly together: Map<number, TaskAttempt[]>
  /** What the driver can take of the result, and what it has taken so far, in the order of partitions. */
  readonly ready: Map<number, ReadyResult>
  readonly handedOver: TaskAttempt[]
  isTaking: boolean
  readonly delivered: Map<number, number>
  /** Of each result that was delivered, which attempts wrote what it was made of, or itself. */
  readonly madeOf: Set<string>
  /** Of attempts with smaller ids the driver hands out nothing. */
  forgottenBefore: number
  outcome: 'running' | 'succeeded' | string
}

/** In the order of their ids. */
const attemptsOf = (tasks: readonly TaskAttempt[]): string =>
  tasks
    .map(({ attemptId }) => attemptId)
    .toSorted((a, b) => a - b)
    .join()

/** A history of jobs, some with tasks that wait for one another, on executors that come and die, beside others that always want slots. */
class History {
  restarts = 0
  passed = 0
  readonly #random: Random
  readonly #scheduler: Scheduler
  readonly #executors = new Map<string, SimulatedExecutor>()
  readonly #jobs = new Map<number, SimulatedJob>()
  /** Calls that each attempt has made, and those that it was let go on from. */
  readonly #called = new Map<number, number>()
  readonly #canceled = new Set<number>()
  readonly #inlined = new Set<number>()
  /** Which attempts wrote what an attempt reads. */
  readonly #read = new Map<number, string>()
  #agenda: { readonly atMs: number; readonly run: () => void }[] = []
  #nowMs = 0
  #nextExecutor = 0
  #hasFaults = false

  constructor(seed: number) {
    this.#random = new Random(seed)
    const own = { maxFailures: MAX_FAILURES, executorTimeoutMs: 1e9, localityWaitMs: 50, executorWaitMs: 1e9 }
    this.#scheduler = new Scheduler({ ...own, barrier: { syncTimeoutMs: 1e9, slotsWaitMs: 1e9 } })
    let slots = 0
    while (slots < 5) slots += this.#join()
    const jobs = this.#random.integer(2, 5)
    for (let jobId = 1; jobId <= jobs; jobId++) this.#at(this.#random.integer(0, 500), () => this.#submit(jobId))
    if (this.#random.chance(0.7)) this.#at(300, () => this.#strike())
  }

  run(): void {
    for (let step = 0; this.#isGoingOn(); step++) {
      assert.ok(step < MAX_STEPS, 'the history does not end')
      const wakeMs = this.#scheduler.nextWakeMs()
      const due = this.#agenda[0]
      assert.ok(due || Number.isFinite(wakeMs), 'jobs wait, but nothing will ever happen')
      if (due && due.atMs <= wakeMs) {
        this.#agenda.shift()
        this.#nowMs = Math.max(this.#nowMs, due.atMs)
        due.run()
      } else {
        this.#nowMs = Math.max(this.#nowMs, wakeMs)
        this.#tell({ kind: 'tick' })
      }
    }
    for (const job of this.#jobs.values()) {
      const { outcome, stages, delivered, madeOf } = job
      if (stages[0]!.hasBarrier && outcome === 'succeeded') assert.ok(madeOf.size === 1, 'a result is of two runs')
      if (outcome === 'BARRIER_OUTPUT_LOST')
        assert.ok(this.#hasFaults && stages[0]!.hasBarrier && job.handedOver.length > 0, 'nothing was given out')
      else if (outcome === 'succeeded')
        for (let partition = 0; partition < stages.at(-1)!.taskCount; partition++)
          assert.equal(delivered.get(partition), 1, 'a partition was not delivered once')
      else assert.ok(outcome === 'TASK_RETRIES_EXHAUSTED' && this.#hasFaults, `a job failed: ${outcome}`)
    }
  }

  #isGoingOn(): boolean {
    return this.#agenda.length > 0 || [...this.#jobs.values()].some(({ outcome }) => outcome === 'running')
  }

  #at(delayMs: number, run: () => void): void {
    const entry = { atMs: this.#nowMs + delayMs, run }
    const place = this.#agenda.findIndex(({ atMs }) => atMs > entry.atMs)
    this.#agenda.splice(place < 0 ? this.#agenda.length : place, 0, entry)
  }

  #join(): number {
    const id = `e${this.#nextExecutor++}`
    const slots = this.#random.integer(1, 3)
    this.#executors.set(id, { id, slots, isAlive: true, running: new Map(), held: new Set() })
    this.#tell({ kind: 'executorRegistered', executorId: id, slots, host: id, heartbeats: false })
    return slots
  }

  #submit(jobId: number): void {
    const isTogether = this.#random.chance(0.6)
    const taskCount = isTogether ? this.#random.integer(1, 4) : this.#random.integer(5, 30)
    const barrier = isTogether ? ({ hasBarrier: true } as const) : {}
    const isRead = this.#random.chance(0.5)
    const first: StageSpec = {
      key: 0,
      taskCount,
      inputs: [],
      cacheReads: [],
      output: { kind: isRead ? 'map' : 'result' },
      ...barrier,
    }
    const taskCountOfSecond = this.#random.integer(2, 4)
    const second: StageSpec = {
      key: 1,
      taskCount: taskCountOfSecond,
      inputs: [0],
      cacheReads: [],
      output: { kind: 'result' },
    }
    const stages = isRead ? [first, second] : [first]
    const calls = this.#random.integer(0, 3)
    this.#jobs.set(jobId, {
      stages,
      calls,
      together: new Map(),
      ready: new Map(),
      handedOver: [],
      isTaking: false,
      delivered: new Map(),
      madeOf: new Set(),
      forgottenBefore: 0,
      outcome: 'running',
    })
    this.#tell({ kind: 'jobSubmitted', job: { jobId, stages } })
  }

  /** An executor dies, and another one comes: there are always as many slots as any stage needs. */
  #strike(): void {
    const alive = [...this.#executors.values()].filter(({ isAlive }) => isAlive)
    if (this.#random.chance(0.4)) {
      const victim = this.#random.pick(alive)
      victim.isAlive = false
      this.#hasFaults = true
      let slots = 0
      while (slots < victim.slots) slots += this.#join()
      this.#at(this.#random.integer(0, 50), () =>
        this.#tell({ kind: 'executorLost', executorId: victim.id, reason: 'chaos' }),
      )
    }
    if (this.#nowMs < FAULTS_MS) this.#at(this.#random.integer(50, 800), () => this.#strike())
  }

  /** To the driver: late, perhaps twice, in any order. */
  #send(event: SchedulerEvent): void {
    this.#at(this.#random.integer(0, 30), () => this.#tell(event))
    if (this.#random.chance(0.2)) this.#at(this.#random.integer(0, 90), () => this.#tell(event))
  }

  #tell(event: SchedulerEvent): void {
    const actions = this.#scheduler.handle(event, this.#nowMs)
    this.#checkTogether(actions)
    for (const action of actions) this.#perform(action)
  }

  /** Tasks that wait for one another are launched all at once, when none of them runs, and what they made counts all at once. */
  #checkTogether(actions: readonly SchedulerAction[]): void {
    for (const action of actions) if (action.kind === 'cancelTask') this.#canceled.add(action.attemptId)
    const launched = new Map<string, TaskAttempt[]>()
    const accepted = new Map<string, number>()
    for (const action of actions) {
      if (action.kind !== 'launchTask' && action.kind !== 'taskAccepted') continue
      const { task } = action
      const stage = this.#jobs.get(task.jobId)!.stages[task.stageKey]!
      const key = `${task.jobId}/${task.stageKey}`
      if (!stage.hasBarrier) continue
      if (action.kind === 'launchTask') launched.set(key, [...(launched.get(key) ?? []), task])
      else {
        assert.ok(!this.#canceled.has(task.attemptId), 'an attempt counts that was cancelled')
        accepted.set(key, (accepted.get(key) ?? 0) + 1)
      }
    }
    for (const tasks of launched.values()) {
      const { stages, together } = this.#jobs.get(tasks[0]!.jobId)!
      const { key, taskCount } = stages[tasks[0]!.stageKey]!
      assert.equal(tasks.length, taskCount, 'not all tasks of a stage were launched at once')
      const before = together.get(key) ?? []
      if (before.length > 0) this.restarts++
      together.set(key, tasks)
    }
    for (const [key, count] of accepted) {
      const [jobId, stageKey] = key.split('/').map(Number) as [number, number]
      const { stages, delivered } = this.#jobs.get(jobId)!
      const { taskCount, output } = stages[stageKey]!
      if (output.kind === 'map' || delivered.size === 0) assert.equal(count, taskCount, 'part of a stage counts')
    }
  }

  #perform(action: SchedulerAction): void {
    switch (action.kind) {
      case 'launchTask': {
        const { task, inputs } = action
        const read = inputs.flatMap(({ outputs }) => outputs.flatMap(({ attemptIds }) => attemptIds))
        this.#read.set(task.attemptId, read.toSorted((a, b) => a - b).join())
        const executor = this.#executors.get(task.executorId)!
        return this.#at(this.#random.integer(0, 20), () => this.#start(executor, task))
      }
      case 'cancelTask': {
        const executor = this.#executors.get(action.executorId)!
        return this.#at(this.#random.integer(0, 200), () => {
          executor.held.delete(action.attemptId)
          if (executor.running.delete(action.attemptId))
            this.#fail(executor, action.attemptId, new MillraceError('OPERATION_CANCELED'))
        })
      }
      case 'passBarrier':
        return this.#passed(action)
      case 'resultReady': {
        const { task } = action
        this.#jobs.get(task.jobId)!.ready.set(task.partition, { task, isInlined: this.#inlined.has(task.attemptId) })
        return this.#take(task.jobId)
      }
      case 'resultsForgotten': {
        const job = this.#jobs.get(action.jobId)!
        job.forgottenBefore = action.beforeAttemptId
        for (const [partition, { task }] of job.ready)
          if (task.attemptId < action.beforeAttemptId) job.ready.delete(partition)
        return
      }
      case 'jobSucceeded':
        this.#jobs.get(action.jobId)!.outcome = 'succeeded'
        return
      case 'jobFailed':
        this.#checkLoss(this.#jobs.get(action.jobId)!, action.error.condition)
        this.#jobs.get(action.jobId)!.outcome = action.error.condition
    }
  }

  /** The driver takes one partition after the other: each as a whole, and tells so when the consumer asks for the next one. */
  #take(jobId: number): void {
    const job = this.#jobs.get(jobId)!
    const partition = job.handedOver.length
    const source = job.ready.get(partition)
    if (!source || job.isTaking) return
    job.isTaking = true
    const { task, isInlined } = source
    const { attemptId, executorId } = task
    const goesOn = (event: SchedulerEvent): void => {
      job.isTaking = false
      if (job.outcome !== 'running') return
      if (job.ready.get(partition) === source) job.ready.delete(partition)
      this.#tell(event)
      this.#take(jobId)
    }
    // What came along is handed over at once.
    this.#at(isInlined ? 0 : this.#random.integer(0, 40), () => {
      if (job.outcome !== 'running') return
      if (attemptId < job.forgottenBefore) {
        job.isTaking = false
        return this.#take(jobId)
      }
      const { isAlive, held } = this.#executors.get(executorId)!
      if (!isInlined && !(isAlive && held.has(attemptId))) {
        const error = serializeError(new MillraceError('EXECUTOR_LOST', { executor: executorId, reason: 'chaos' }))
        return goesOn({ kind: 'resultLost', jobId, partition, attemptId, error })
      }
      if (job.stages[0]!.hasBarrier)
        assert.equal(
          this.#sourceOf(job, task),
          attemptsOf(job.together.get(0)!),
          'what is handed over is of an older run',
        )
      job.handedOver.push(task)
      job.madeOf.add(this.#sourceOf(job, task))
      this.#at(this.#random.integer(0, 100), () => {
        if (job.outcome === 'running') job.delivered.set(partition, (job.delivered.get(partition) ?? 0) + 1)
        goesOn({ kind: 'resultDelivered', jobId, partition, attemptId })
      })
    })
  }

  /** Which attempts wrote what an attempt is made of: its own stage's when it reads nothing. */
  #sourceOf({ together }: SimulatedJob, { attemptId }: TaskAttempt): string {
    const group = [...(together.get(0) ?? [])]
    return (
      this.#read.get(attemptId) ||
      (group.some((one) => one.attemptId === attemptId) ? attemptsOf(group) : `${attemptId}`)
    )
  }

  /** A job may only fail so when some was handed over, and the stage runs again or has lost something since. */
  #checkLoss(job: SimulatedJob, condition: string): void {
    if (condition !== 'BARRIER_OUTPUT_LOST') return
    const group = job.together.get(0)!
    const isLost = group.some(({ executorId }) => !this.#executors.get(executorId)!.isAlive)
    const isAgain = job.handedOver.some((task) => this.#sourceOf(job, task) !== attemptsOf(group))
    assert.ok(isLost || isAgain, 'nothing was lost')
  }

  #fail({ id: executorId }: SimulatedExecutor, attemptId: number, error: MillraceError): void {
    this.#send({ kind: 'taskFailed', executorId, attemptId, error: serializeError(error) })
  }

  #start(executor: SimulatedExecutor, task: TaskAttempt): void {
    if (!executor.isAlive) return
    executor.running.set(task.attemptId, task)
    assert.ok(executor.running.size <= executor.slots, 'an executor has more tasks than slots')
    this.#goOn(executor, task)
  }

  /** It comes to its next barrier, fails, or ends. */
  #goOn(executor: SimulatedExecutor, task: TaskAttempt): void {
    const { attemptId } = task
    this.#at(this.#random.integer(1, 300), () => {
      if (!executor.isAlive || !executor.running.has(attemptId)) return
      const { stages, calls } = this.#jobs.get(task.jobId)!
      const sequence = this.#called.get(attemptId) ?? 0
      if (this.#nowMs < FAULTS_MS && this.#random.chance(0.05)) {
        this.#hasFaults = true
        executor.running.delete(attemptId)
        this.#fail(executor, attemptId, new MillraceError('TASK_THREAD_DIED', { reason: 'chaos' }))
      } else if (stages[task.stageKey]!.hasBarrier && sequence < calls) {
        this.#called.set(attemptId, sequence + 1)
        const message = `${task.partition}.${sequence}`
        this.#send({
          kind: 'barrierCalled',
          executorId: executor.id,
          attemptId,
          sequence,
          method: 'allGather',
          message,
        })
      } else {
        executor.running.delete(attemptId)
        executor.held.add(attemptId)
        const { output, hasBarrier } = stages[task.stageKey]!
        const inlined = output.kind === 'result' && !hasBarrier && this.#random.chance(0.5)
        if (inlined) this.#inlined.add(attemptId)
        this.#send({ kind: 'taskSucceeded', executorId: executor.id, attemptId, report, inlined })
      }
    })
  }

  #passed({ executorId, attemptId, sequence, messages }: Extract<SchedulerAction, { kind: 'passBarrier' }>): void {
    this.passed++
    const executor = this.#executors.get(executorId)!
    const task = executor.running.get(attemptId)
    if (!executor.isAlive) return
    assert.ok(task, 'a task was let go on that does not run')
    const group = this.#jobs.get(task.jobId)!.together.get(task.stageKey)!
    for (const one of group) assert.equal(this.#called.get(one.attemptId), sequence + 1, 'not all have come')
    assert.deepEqual(
      messages,
      group.map(({ partition }) => `${partition}.${sequence}`),
    )
    this.#goOn(executor, task)
  }
}

test('in every random history tasks that wait for one another run all at once, meet, count together, and all jobs end', (t) => {
  const seeds = replayed === undefined ? Array.from({ length: HISTORIES }, (_, i) => i + 1) : [Number(replayed)]
  const totals = { restarts: 0, passed: 0 }
  for (const seed of seeds) {
    const history = new History(seed)
    try {
      history.run()
    } catch (error) {
      t.fail(`seed ${seed} (replay with MILLRACE_SIMULATION_SEED=${seed}): ${(error as Error).stack}`)
      return
    }
    totals.restarts += history.restarts
    totals.passed += history.passed
  }
  t.log(JSON.stringify(totals))
  t.true(replayed !== undefined || (totals.restarts > HISTORIES / 10 && totals.passed > HISTORIES))
})
