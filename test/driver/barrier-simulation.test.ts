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

interface SimulatedJob {
  readonly stages: readonly StageSpec[]
  /** How often each task of a stage calls a barrier. */
  readonly calls: number
  /** Of the tasks of each stage those that were launched together last. */
  readonly together: Map<number, TaskAttempt[]>
  readonly delivered: Map<number, number>
  /** Of each result that was delivered, which attempts wrote what it was made of, or itself. */
  readonly madeOf: Set<string>
  outcome: 'running' | 'succeeded' | string
}

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
    for (const { outcome, stages, delivered, madeOf } of this.#jobs.values()) {
      if (stages[0]!.hasBarrier && outcome === 'succeeded') assert.ok(madeOf.size === 1, 'a result is of two runs')
      if (outcome === 'BARRIER_OUTPUT_LOST')
        assert.ok(this.#hasFaults && stages[0]!.hasBarrier && delivered.size > 0, 'nothing was given out')
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
    const second: StageSpec = { key: 1, taskCount: 2, inputs: [0], cacheReads: [], output: { kind: 'result' } }
    const stages = isRead ? [first, second] : [first]
    const calls = this.#random.integer(0, 3)
    this.#jobs.set(jobId, {
      stages,
      calls,
      together: new Map(),
      delivered: new Map(),
      madeOf: new Set(),
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
        const { jobId, partition, executorId, attemptId } = action.task
        return this.#at(this.#random.integer(0, 40), () => {
          const { isAlive, held } = this.#executors.get(executorId)!
          const job = this.#jobs.get(jobId)!
          if (job.outcome !== 'running') return
          if (isAlive && held.has(attemptId)) {
            const itself =
              job.together
                .get(0)
                ?.map((task) => task.attemptId)
                .join() ?? ''
            job.madeOf.add(this.#read.get(attemptId) || itself)
            job.delivered.set(partition, (job.delivered.get(partition) ?? 0) + 1)
            return this.#tell({ kind: 'resultDelivered', jobId, partition, attemptId })
          }
          const error = serializeError(new MillraceError('EXECUTOR_LOST', { executor: executorId, reason: 'chaos' }))
          this.#tell({ kind: 'resultLost', jobId, partition, attemptId, error })
        })
      }
      case 'jobSucceeded':
        this.#jobs.get(action.jobId)!.outcome = 'succeeded'
        return
      case 'jobFailed':
        this.#jobs.get(action.jobId)!.outcome = action.error.condition
    }
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
        this.#send({ kind: 'taskSucceeded', executorId: executor.id, attemptId, report, inlined: false })
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
