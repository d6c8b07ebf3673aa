import test from 'ava'
import type { TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { Random } from '../support/random.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const HISTORIES = 200
const STEPS = 400

interface Stream {
  jobId: number
  /** Tasks of its batch that have not been given a slot. */
  waiting: number
  left: number
  running: number
  /** How many slots others were given while it waited and had none. */
  passedOver: number
  batches: number
}

/** Streams of one session, each with one batch at a time: the next one comes when the last has ended. */
class Session {
  readonly streams: readonly Stream[]
  mostPassedOver = 0
  readonly #scheduler = new Scheduler({
    maxFailures: 4,
    executorTimeoutMs: 1e9,
    localityWaitMs: 0,
    executorWaitMs: 1e9,
  })
  readonly #random: Random
  readonly #running: TaskAttempt[] = []
  readonly #sizes: readonly number[]
  #nextJobId = 1

  constructor(random: Random) {
    this.#random = random
    // Some drain a backlog in batches of many tasks, some have a few records now and then.
    this.#sizes = Array.from({ length: random.integer(2, 6) }, () => random.pick([1, 2, 40, 300]))
    this.streams = this.#sizes.map(() => ({ jobId: 0, waiting: 0, left: 0, running: 0, passedOver: 0, batches: 0 }))
    const slots = random.integer(1, 5)
    this.#handle({ kind: 'executorRegistered', executorId: 'e', slots, heartbeats: false })
    for (const i of this.streams.keys()) this.#nextBatch(i)
  }

  /** One of the tasks that run ends. */
  step(): void {
    const at = this.#random.integer(0, this.#running.length - 1)
    const [{ jobId, executorId, attemptId }] = this.#running.splice(at, 1) as [TaskAttempt]
    const i = this.streams.findIndex((stream) => stream.jobId === jobId)
    const stream = this.streams[i]!
    stream.left--
    stream.running--
    this.#handle({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: true })
    if (stream.left === 0) this.#nextBatch(i)
  }

  #nextBatch(i: number): void {
    const stream = this.streams[i]!
    const [jobId, tasks] = [this.#nextJobId++, this.#sizes[i]!]
    Object.assign(stream, { jobId, waiting: tasks, left: tasks, passedOver: 0, batches: stream.batches + 1 })
    const output = { kind: 'write', keepsAttemptsApart: true } as const
    const stages = [{ key: 0, taskCount: tasks, inputs: [], cacheReads: [], output }]
    this.#handle({ kind: 'jobSubmitted', job: { jobId, stages } })
  }

  #handle(event: SchedulerEvent): void {
    for (const action of this.#scheduler.handle(event, 0)) if (action.kind === 'launchTask') this.#launched(action.task)
  }

  #launched(task: TaskAttempt): void {
    this.#running.push(task)
    for (const stream of this.streams) {
      if (stream.jobId === task.jobId) {
        stream.waiting--
        stream.running++
        stream.passedOver = 0
      } else if (stream.waiting > 0 && stream.running === 0) {
        stream.passedOver++
        this.mostPassedOver = Math.max(this.mostPassedOver, stream.passedOver - (this.streams.length - 1))
      }
    }
  }
}

test('of streams that share slots each has its turn before another has two, however many tasks the batches of others have', (t) => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const session = new Session(new Random(seed))
    for (let step = 0; step < STEPS; step++) session.step()
    t.true(
      session.mostPassedOver <= 0,
      `seed ${seed}: a stream was passed over ${session.mostPassedOver} times too often`,
    )
  }
})

test('a batch of one task waits for one task of a long batch, not for all', (t) => {
  const scheduler = new Scheduler({ maxFailures: 4, executorTimeoutMs: 1e9, localityWaitMs: 0, executorWaitMs: 1e9 })
  const handle = (event: SchedulerEvent) =>
    scheduler.handle(event, 0).flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
  const submit = (jobId: number, taskCount: number) =>
    handle({
      kind: 'jobSubmitted',
      job: {
        jobId,
        stages: [
          { key: 0, taskCount, inputs: [], cacheReads: [], output: { kind: 'write', keepsAttemptsApart: true } },
        ],
      },
    })
  const end = ({ executorId, attemptId }: TaskAttempt) =>
    handle({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: true })
  handle({ kind: 'executorRegistered', executorId: 'e', slots: 1, heartbeats: false })
  let [running] = submit(1, 50)
  for (let jobId = 2; jobId < 20; jobId++) {
    submit(jobId, 1)
    const [short] = end(running!)
    t.is(short!.jobId, jobId)
    running = end(short!)[0]
    t.is(running!.jobId, 1, 'the long one goes on')
  }
})
