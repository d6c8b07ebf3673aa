import { readFileSync } from 'node:fs'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { readPools } from '../../driver/pools/allocation-file.js'
import { compareShares, type Share } from '../../driver/pools/fair-order.js'
import type { PoolOptions, SchedulingMode } from '../../driver/pools/pool-options.js'
import { raised } from '../support/raised.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const pool = (weight: number, minShare = 0, schedulingMode: SchedulingMode = 'FIFO'): PoolOptions => ({
  ...{ weight, minShare, schedulingMode },
})

/** A scheduler with pools, and what was launched so far. */
class Slots {
  readonly scheduler: Scheduler
  readonly launched: TaskAttempt[] = []
  #nextJobId = 1

  constructor(
    slots: number | Readonly<Record<string, number>>,
    declared: Readonly<Record<string, PoolOptions>> = {},
    mode: SchedulingMode = 'FAIR',
  ) {
    const pools = { mode, declared: new Map(Object.entries(declared)) }
    this.scheduler = new Scheduler({
      maxFailures: 4,
      executorTimeoutMs: 1e9,
      localityWaitMs: 500,
      executorWaitMs: 1e9,
      pools,
    })
    const executors = typeof slots === 'number' ? { e: slots } : slots
    for (const [executorId, count] of Object.entries(executors))
      this.tell({ kind: 'executorRegistered', executorId, slots: count, heartbeats: false })
  }

  tell(event: SchedulerEvent, nowMs = 0): readonly TaskAttempt[] {
    const tasks = launchedBy(this.scheduler.handle(event, nowMs))
    this.launched.push(...tasks)
    return tasks
  }

  submit(poolName: string | undefined, taskCount: number, rest: Partial<StageSpec> = {}, nowMs = 0): number {
    const jobId = this.#nextJobId++
    const output = { kind: 'write', keepsAttemptsApart: true } as const
    const stages = [{ key: 0, taskCount, inputs: [], cacheReads: [], output, ...rest }]
    this.tell({ kind: 'jobSubmitted', job: { jobId, stages, ...(poolName ? { pool: poolName } : {}) } }, nowMs)
    return jobId
  }

  end({ executorId, attemptId }: TaskAttempt, nowMs = 0): readonly TaskAttempt[] {
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: true }, nowMs)
  }

  running(poolName: string): number {
    return this.scheduler.pools().find(({ name }) => name === poolName)?.runningTasks ?? 0
  }
}

const launchedBy = (actions: readonly SchedulerAction[]): readonly TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))

const spark: readonly (readonly [readonly number[], readonly number[], 'a' | 'b' | 'either'])[] = JSON.parse(
  readFileSync(new URL('../../../test/data/spark/fair-shares.json', import.meta.url), 'utf8'),
)
const shareOf = ([running, minShare, weight]: readonly number[]): Share => ({
  ...{ running: running!, minShare: minShare!, weight: weight! },
})

test('who comes first of two that share slots is who comes first in Spark', (t) => {
  for (const [a, b, first] of spark) {
    const compared = compareShares(shareOf(a), shareOf(b))
    t.is(compared < 0 ? 'a' : compared > 0 ? 'b' : 'either', first, JSON.stringify([a, b]))
    t.is(Math.sign(compareShares(shareOf(b), shareOf(a))), -Math.sign(compared) + 0)
  }
  t.true(spark.length >= 80)
})

test('pools share slots by their weights, and one that has nothing to do leaves its share to others', (t) => {
  const slots = new Slots(8, { heavy: pool(3), light: pool(1) })
  slots.submit('light', 100)
  t.is(slots.running('light'), 8)
  slots.submit('heavy', 100)
  for (const task of slots.launched.slice(0, 8)) slots.end(task)
  t.deepEqual([slots.running('heavy'), slots.running('light')], [6, 2])
})

test('a pool gets its least share before others get more than theirs', (t) => {
  const slots = new Slots(4, { urgent: pool(1, 3), other: pool(100) })
  slots.submit('other', 100)
  slots.submit('urgent', 100)
  for (const task of slots.launched.slice(0, 4)) slots.end(task)
  t.deepEqual([slots.running('urgent'), slots.running('other')], [3, 1])
})

test('in a pool of the order FIFO the first job comes first, in one of the order FAIR all have as many slots', (t) => {
  for (const [mode, expected] of [
    ['FIFO', [1, 1, 1, 1]],
    ['FAIR', [1, 1, 2, 2]],
  ] as const) {
    const slots = new Slots(4, { p: pool(1, 0, mode) })
    slots.submit('p', 100)
    slots.submit('p', 100)
    for (const task of slots.launched.slice(0, 4)) slots.end(task)
    t.deepEqual(
      slots.launched
        .slice(4)
        .map(({ jobId }) => jobId)
        .toSorted(),
      [...expected],
      mode,
    )
  }
})

test('what a FIFO pool cannot use goes to its next job', (t) => {
  const slots = new Slots(4, { p: pool(1) })
  slots.submit('p', 3)
  slots.submit('p', 3)
  t.deepEqual(
    slots.launched.map(({ jobId }) => jobId),
    [1, 1, 1, 2],
  )
})

test('in the mode FIFO all jobs are in one order, whatever pool was chosen', (t) => {
  const slots = new Slots(2, { heavy: pool(100, 2) }, 'FIFO')
  slots.submit('light', 3)
  slots.submit('heavy', 3)
  for (let i = 0; i < 6; i++) slots.end(slots.launched[i]!)
  t.deepEqual(
    slots.launched.map(({ jobId }) => jobId),
    [1, 1, 1, 2, 2, 2],
  )
  t.like(slots.scheduler.pools(), [{ name: 'default', schedulingMode: 'FIFO' }])
  t.is(slots.scheduler.pools().length, 1)
})

test('a pool that nobody declared is made as Spark makes it, and is gone with its last job', (t) => {
  const slots = new Slots(1, { declared: pool(2, 1, 'FAIR') })
  slots.submit('made', 1)
  slots.submit(undefined, 2)
  const idle = { jobs: 0, runningTasks: 0, waitingTasks: 0 }
  t.deepEqual(slots.scheduler.pools(), [
    { name: 'declared', schedulingMode: 'FAIR', weight: 2, minShare: 1, ...idle },
    { name: 'default', schedulingMode: 'FAIR', weight: 1, minShare: 0, ...idle, jobs: 1, waitingTasks: 2 },
    { name: 'made', schedulingMode: 'FIFO', weight: 1, minShare: 0, jobs: 1, runningTasks: 1, waitingTasks: 0 },
  ])
  slots.end(slots.launched[0]!)
  t.deepEqual(
    slots.scheduler.pools().map(({ name }) => name),
    ['declared', 'default'],
  )
  t.is(slots.running('default'), 1)
})

test('a job that is cancelled leaves its share to others at once', (t) => {
  const slots = new Slots(4, { a: pool(1), b: pool(1) })
  const jobId = slots.submit('a', 4)
  slots.submit('b', 100)
  slots.tell({ kind: 'jobCanceled', jobId })
  t.is(slots.running('a'), 0)
  for (const task of slots.launched.slice(0, 4)) slots.end(task)
  t.is(slots.running('b'), 4)
  t.is(slots.running('a'), 0, 'what it had is given back once')
})

test('a job whose task waits for the executor that has its state leaves other slots to other pools, and takes one when it has waited', (t) => {
  const state = { stateId: 'q/1' }
  const slots = new Slots({ a: 1, b: 1 }, { first: pool(10, 2), other: pool(1) })
  slots.submit('first', 1, state)
  const [held] = slots.launched
  slots.end(held!)
  slots.submit('other', 2)
  const taken = slots.launched.slice(1)
  t.is(taken.length, 2)
  const [here, there] = [
    taken.find((task) => task.executorId === held!.executorId)!,
    taken.find((task) => task.executorId !== held!.executorId)!,
  ]
  const waits = slots.submit('first', 1, state, 1000)
  slots.submit('other', 5, {}, 1000)
  t.is(slots.end(there, 1100)[0]?.jobId, waits + 1, 'the slot that it does not want goes to the other pool')
  t.is(slots.scheduler.nextWakeMs(), 1500)
  const next = slots.launched.at(-1)!
  t.is(slots.end(next, 1500)[0]?.jobId, waits, 'it has waited for long enough')
  t.not(here.executorId, slots.launched.at(-1)!.executorId)
})

const fault = (reason: string) =>
  new MillraceError('INVALID_CONF_VALUE', { key: 'scheduler.allocation.file', value: 'pools', reason })

test('pools are declared by XML as of Spark, or by JSON', (t) => {
  const xml = `<?xml version="1.0"?>
    <!-- as in Spark's documentation -->
    <allocations>
      <pool name="production"><schedulingMode>FAIR</schedulingMode><weight>1</weight><minShare>2</minShare></pool>
      <pool name="test"><weight> 2 </weight></pool>
    </allocations>`
  const json = '{ "production": { "schedulingMode": "fair", "weight": 1, "minShare": 2 }, "test": { "weight": 2 } }'
  for (const text of [xml, json])
    t.deepEqual(
      [...readPools(text, fault)],
      [
        ['production', pool(1, 2, 'FAIR')],
        ['test', pool(2, 0, 'FIFO')],
      ],
    )
})

test('a file of pools that is wrong is refused with the pool and what is wrong', async (t) => {
  const ofPool = (said: string): string => `<allocations><pool name="p">${said}</pool></allocations>`
  for (const [text, reason] of [
    [ofPool('<weight>0</weight>'), /the weight of the pool p is 0, and must be a whole number from 1 to 1000000/],
    [ofPool('<weight>1.5</weight>'), /the weight of the pool p is 1.5/],
    [ofPool('<weight>1000001</weight>'), /the weight of the pool p is 1000001/],
    [ofPool('<minShare>-1</minShare>'), /the minShare of the pool p is -1, and must be a whole number from 0/],
    [
      ofPool('<schedulingMode>LIFO</schedulingMode>'),
      /the schedulingMode of the pool p is LIFO, and must be FIFO or FAIR/,
    ],
    [ofPool('<wieght>2</wieght>'), /of the pool p it says wieght/],
    ['<allocations><pool><weight>2</weight></pool></allocations>', /a pool without a name/],
    ['<allocations><queue name="p"/></allocations>', /it has <queue> where <pool> is meant/],
    ['<allocations><pool name="p"/><pool name="p"/></allocations>', /it declares the pool p twice/],
    ['<allocations><pool', /it is no XML/],
    ['{ "p": { "weight": "many" } }', /the weight of the pool p is many/],
    ['{ "p": 3 }', /an object with a member for each pool/],
    ['[]', /an object with a member for each pool/],
    ['null', /an object with a member for each pool/],
    ['{ "p": null }', /an object with a member for each pool/],
    ['pools', /it is neither XML nor JSON/],
    [`{${Array.from({ length: 1001 }, (_, i) => `"p${i}": {}`).join()}}`, /more than 1000 pools/],
  ] as const) {
    const error = await raised(t, () => readPools(text, fault), 'INVALID_CONF_VALUE')
    t.regex(error.message, reason)
  }
})

/** Ends what runs in the one slot and tells whose turn is next, so many times. */
const turns = (slots: Slots, count: number): readonly number[] =>
  Array.from({ length: count }, () => slots.end(slots.launched.at(-1)!)[0]!.jobId)

test('a pool that is new comes behind one that waits and was given less, whichever asked first', (t) => {
  const slots = new Slots(1, { a: pool(1), c: pool(1) })
  slots.submit('a', 10)
  const undeclared = slots.submit('b', 10)
  const waiting = slots.submit('c', 10)
  t.deepEqual(turns(slots, 2), [waiting, undeclared])
})

test('a pool that had nothing to do is not given what it missed', (t) => {
  const slots = new Slots(1, { busy: pool(1), idle: pool(1) })
  const busy = slots.submit('busy', 100)
  turns(slots, 20)
  const idle = slots.submit('idle', 100)
  t.deepEqual(turns(slots, 4).toSorted(), [busy, busy, idle, idle])
})

test('a job that is new comes behind those that wait for longer, which had slots before', (t) => {
  const slots = new Slots(1, { p: pool(1, 0, 'FAIR') })
  const first = slots.submit('p', 10)
  const second = slots.submit('p', 10)
  t.deepEqual(turns(slots, 2), [second, first])
  const third = slots.submit('p', 10)
  t.deepEqual(turns(slots, 2), [second, third])
})
