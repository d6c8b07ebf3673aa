import test from 'ava'
import { Config } from '../../common/config/config.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { placeTogether } from '../../driver/barriers/barrier-placement.js'
import { BarrierRuns } from '../../driver/barriers/barrier-runs.js'
import { ExecutorTable } from '../../driver/executors/executor-table.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageSpec } from '../../driver/jobs/job-spec.js'
import type { JobState } from '../../driver/jobs/job-state.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { schedulingOptions } from '../../driver/scheduling-settings.js'
import type { StageState } from '../../driver/tasks/stage-state.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 1, spilledBytes: 0, elapsedMs: 0 }
const PASSING = new MillraceError('TASK_THREAD_DIED', { reason: 'test' })
const RESULT = { kind: 'result' } as const

/** Executors of two slots. */
class Cluster {
  readonly scheduler: Scheduler
  #jobId = 0

  constructor(executors: readonly string[], maxFailures = 4) {
    const barrier = { syncTimeoutMs: 1_000, slotsWaitMs: 500 }
    const speculation = { intervalMs: 10, multiplier: 1, quantile: 0, minRuntimeMs: 0, fewTasksMs: 10 }
    const own = { maxFailures, executorTimeoutMs: 1e9, localityWaitMs: 0, executorWaitMs: 1e9, speculation }
    this.scheduler = new Scheduler({ ...own, barrier })
    for (const executorId of executors) this.join(executorId)
  }

  join(executorId: string, nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'executorRegistered', executorId, slots: 2, heartbeats: false }, nowMs)
  }

  tell(event: SchedulerEvent, nowMs = 0): readonly SchedulerAction[] {
    return this.scheduler.handle(event, nowMs)
  }

  submit(stages: readonly StageSpec[], nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'jobSubmitted', job: { jobId: ++this.#jobId, stages } }, nowMs)
  }

  succeed({ executorId, attemptId }: TaskAttempt, nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, nowMs)
  }

  fail({ executorId, attemptId }: TaskAttempt, error = PASSING, nowMs = 0): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskFailed', executorId, attemptId, error: serializeError(error) }, nowMs)
  }

  call(
    { executorId, attemptId }: TaskAttempt,
    sequence: number,
    message?: string,
    nowMs = 0,
  ): readonly SchedulerAction[] {
    const method = message === undefined ? 'barrier' : 'allGather'
    return this.tell({ kind: 'barrierCalled', executorId, attemptId, sequence, method, message: message ?? '' }, nowMs)
  }
}

const together = (taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  ...{ key: 0, taskCount, inputs: [], cacheReads: [], output: RESULT, hasBarrier: true },
  ...rest,
})
const plain = (taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  ...{ key: 0, taskCount, inputs: [], cacheReads: [], output: RESULT },
  ...rest,
})
const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const kinds = (actions: readonly SchedulerAction[]): string[] => actions.map(({ kind }) => kind)
const of = ({ jobId, partition, attemptId }: TaskAttempt) => ({ jobId, partition, attemptId })
const partitionsOf = (tasks: readonly TaskAttempt[]): number[] => tasks.map(({ partition }) => partition)

test('the tasks of a stage with a barrier start all at once, and are told where the others run', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const actions = cluster.submit([together(3)])
  const tasks = launched(actions)
  t.deepEqual(partitionsOf(tasks), [0, 1, 2])
  for (const action of actions)
    if (action.kind === 'launchTask')
      t.deepEqual(
        action.together,
        tasks.map(({ executorId }) => executorId),
      )
})

test('while others have its slots such a stage waits, and nobody is given those that become free', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const long = launched(cluster.submit([plain(10)]))
  t.deepEqual(launched(cluster.submit([together(3)])), [])
  t.deepEqual(launched(cluster.submit([plain(1)])), [])
  t.deepEqual(launched(cluster.succeed(long[0]!)), [])
  t.deepEqual(launched(cluster.succeed(long[1]!)), [])
  const tasks = launched(cluster.succeed(long[2]!))
  t.deepEqual(partitionsOf(tasks), [0, 1, 2])
  t.is(launched(cluster.succeed(tasks[0]!)).length, 1, 'then others go on')
})

test('a stage with more tasks than there are slots leaves these to others, and fails its job when none came for a while', (t) => {
  const cluster = new Cluster(['a'])
  cluster.submit([together(3)])
  const other = launched(cluster.submit([plain(1)]))
  t.is(other.length, 1)
  t.is(cluster.scheduler.nextWakeMs(), 500)
  t.deepEqual(kinds(cluster.tell({ kind: 'tick' }, 499)), [])
  const [failed] = cluster.tell({ kind: 'tick' }, 500)
  t.like(failed, {
    kind: 'jobFailed',
    jobId: 1,
    error: { condition: 'BARRIER_TOO_FEW_SLOTS', parameters: { tasks: '3', slots: '2' } },
  })
  cluster.submit([together(3)], 600)
  cluster.succeed(other[0]!, 600)
  t.deepEqual(partitionsOf(launched(cluster.join('b', 900))), [0, 1, 2], 'another executor came in time')
})

test('what its tasks made counts when all of them have ended', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const [one, two] = launched(cluster.submit([together(2)]))
  t.deepEqual(kinds(cluster.succeed(one!)), ['taskHeld'])
  t.deepEqual(kinds(cluster.succeed(one!)), [], 'it is told twice')
  t.deepEqual(kinds(cluster.succeed(two!)), ['taskHeld', 'taskAccepted', 'resultReady', 'taskAccepted', 'resultReady'])
})

test('when a task fails all are cancelled and run again, those that had ended, too', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const [one, two, three] = launched(cluster.submit([together(3)]))
  cluster.succeed(one!)
  const actions = cluster.fail(two!)
  t.like(
    actions.filter(({ kind }) => kind === 'cancelTask'),
    [{ attemptId: three!.attemptId }],
  )
  t.true(kinds(actions).includes('taskRetried'))
  const again = launched(actions)
  t.deepEqual(partitionsOf(again), [0, 1, 2], 'there is a slot beside the one of the task that is cancelled')
  t.deepEqual(kinds(cluster.succeed(three!)), [], 'what it tells is not heard')
  t.deepEqual(kinds(cluster.call(three!, 0)), [])
  for (const task of again.slice(0, 2)) t.deepEqual(kinds(cluster.succeed(task)), ['taskHeld'])
  t.is(cluster.succeed(again[2]!).filter(({ kind }) => kind === 'taskAccepted').length, 3)
})

test('tasks are run again together as often as one may fail', (t) => {
  const cluster = new Cluster(['a', 'b'], 2)
  const tasks = launched(cluster.submit([together(2)]))
  const again = launched(cluster.fail(tasks[1]!))
  t.is(again.length, 2)
  const actions = cluster.fail(again[1]!)
  t.like(actions[0], { kind: 'jobFailed', error: { condition: 'TASK_RETRIES_EXHAUSTED' } })
  const other = new Cluster(['a', 'b'])
  const [user] = launched(other.submit([together(2)]))
  const error = new MillraceError('CORRUPT_RECORD', { provider: 'p', position: '1', reason: 'r' })
  t.deepEqual(kinds(other.fail(user!, error)), ['jobFailed', 'cancelTask', 'releaseJob'])
})

test('an executor that is lost with one of the tasks, or with what one has made, has all run again', (t) => {
  for (const hasEnded of [false, true]) {
    const cluster = new Cluster(['a', 'b', 'c'])
    const tasks = launched(cluster.submit([together(3)]))
    t.deepEqual(new Set(tasks.map(({ executorId }) => executorId)).size, 3)
    if (hasEnded) cluster.succeed(tasks[0]!)
    const lost = cluster.tell({ kind: 'executorLost', executorId: tasks[0]!.executorId, reason: 'test' })
    t.is(lost.filter(({ kind }) => kind === 'cancelTask').length, 2)
    // Two slots are free, and two have tasks that are being cancelled.
    const freed = cluster.fail(tasks[1]!, new MillraceError('OPERATION_CANCELED'))
    t.deepEqual(partitionsOf(launched(freed)), [0, 1, 2])
  }
})

test('what a task has put outside is not lost with its executor', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const [one, two] = launched(cluster.submit([together(2, { output: { kind: 'write', keepsAttemptsApart: true } })]))
  cluster.succeed(one!)
  const lost = cluster.tell({ kind: 'executorLost', executorId: one!.executorId, reason: 'test' })
  t.deepEqual(kinds(lost), ['disconnectExecutor'])
  t.true(kinds(cluster.succeed(two!)).includes('jobSucceeded'))
})

test('tasks that are run again and again as executors are lost come to an end, all of them at once', (t) => {
  const cluster = new Cluster(['a', 'b'], 1)
  let tasks = launched(cluster.submit([together(2)]))
  for (let attempt = 1; ; attempt++) {
    t.is(tasks.length, 2)
    cluster.succeed(tasks[0]!)
    cluster.join(`c${attempt}`)
    const lost = [
      ...cluster.tell({ kind: 'executorLost', executorId: tasks[0]!.executorId, reason: 'test' }),
      ...cluster.fail(tasks[1]!, new MillraceError('OPERATION_CANCELED')),
    ]
    tasks = launched(lost)
    if (tasks.length > 0) continue
    t.is(attempt, 4)
    t.like(
      lost.filter(({ kind }) => kind === 'jobFailed'),
      [{ error: { condition: 'TASK_RETRIES_EXHAUSTED' } }],
    )
    return
  }
})

test('of output that is lost before it was read all is made again', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const reads = plain(1, { key: 1, inputs: [0] })
  const maps = launched(cluster.submit([together(2, { output: { kind: 'map' } }), reads]))
  cluster.succeed(maps[0]!)
  const [read] = launched(cluster.succeed(maps[1]!))
  t.is(read!.stageKey, 1)
  const from = maps.find(({ executorId }) => executorId !== read!.executorId)!
  const parameters = { block: '', executor: from.executorId, stage: 0, reason: 'gone' }
  const again = launched(cluster.fail(read!, new MillraceError('FETCH_FAILED', parameters)))
  t.deepEqual(
    again.map(({ stageKey, partition }) => [stageKey, partition]),
    [
      [0, 0],
      [0, 1],
    ],
  )

  cluster.succeed(again[0]!)
  const reread = cluster.succeed(again[1]!).find(({ kind }) => kind === 'launchTask')
  const attempts =
    reread?.kind === 'launchTask'
      ? reread.inputs.flatMap(({ outputs }) => outputs.flatMap((one) => one.attemptIds))
      : []
  const made = again.map(({ attemptId }) => attemptId)
  t.deepEqual(
    attempts.toSorted((a, b) => a - b),
    made,
    'nothing is read of those that ran before',
  )
})

for (const isTaken of [false, true])
  test(`of a result that is lost before it was taken all is made again, unless a part was taken: ${isTaken}`, (t): void => {
    const cluster = new Cluster(['a', 'b'])
    const tasks = launched(cluster.submit([together(2)]))
    for (const task of tasks) cluster.succeed(task)
    if (isTaken) cluster.tell({ kind: 'resultDelivered', ...of(tasks[0]!) })
    const [attemptId, error] = [tasks[1]!.attemptId, serializeError(PASSING)]
    const lost = cluster.tell({ kind: 'resultLost', jobId: 1, partition: 1, attemptId, error })
    if (isTaken) {
      t.like(lost[0], { kind: 'jobFailed', error: { condition: 'BARRIER_OUTPUT_LOST' } })
      return
    }
    t.like(lost[0], { kind: 'discardOutput', attemptId: tasks[0]!.attemptId })
    const again = launched(cluster.tell({ kind: 'tick' }, 10_000))
    t.deepEqual(partitionsOf([...launched(lost), ...again]), [0, 1])
  })

for (const isTaken of [false, true])
  test(`what was made of rows of a stage with a barrier is made again with these, unless some was taken: ${isTaken}`, (t): void => {
    const cluster = new Cluster(['a', 'b', 'c'])
    const map = { kind: 'map' } as const
    const stages = [
      together(3, { output: map }),
      plain(2, { key: 1, inputs: [0], output: map }),
      // Reads both, so that what the stage between them made would be of another run.
      plain(3, { key: 2, inputs: [0, 1] }),
    ]
    const maps = launched(cluster.submit(stages))
    const reads = maps.flatMap((task) => launched(cluster.succeed(task)))
    const last = reads.flatMap((task) => launched(cluster.succeed(task)))
    t.is(last.length, 3)
    cluster.succeed(last[0]!)
    if (isTaken) cluster.tell({ kind: 'resultDelivered', ...of(last[0]!) })
    const gone = maps.find(({ executorId }) => executorId !== last[0]!.executorId)!.executorId
    const actions = cluster.tell({ kind: 'executorLost', executorId: gone, reason: 'test' })
    const failed = actions.find(({ kind }) => kind === 'jobFailed')
    if (isTaken) t.like(failed, { error: { condition: 'BARRIER_OUTPUT_LOST' } })
    if (isTaken) return
    const left = [...maps, ...reads, last[0]!].filter(({ executorId }) => executorId !== gone)
    const discarded = actions.flatMap((action) => (action.kind === 'discardOutput' ? [action.attemptId] : []))
    t.deepEqual(new Set(discarded), new Set(left.map(({ attemptId }) => attemptId)))
    t.is(discarded.length, left.length, 'each once')
    for (const task of last.slice(1)) cluster.fail(task, new MillraceError('OPERATION_CANCELED'))
    const again = launched([...actions, ...cluster.tell({ kind: 'tick' }, 10_000)])
    t.deepEqual(
      again.map(({ stageKey }) => stageKey),
      [0, 0, 0],
    )
  })

/** Two tasks that run together on an executor that goes, and the tasks of another one, which read what they made. */
const goneBeneath = (...behind: readonly StageSpec[]) => {
  const cluster = new Cluster(['a'])
  const maps = launched(cluster.submit([together(2, { output: { kind: 'map' } }), ...behind]))
  cluster.succeed(maps[0]!)
  cluster.tell({ kind: 'decommissionAsked', executorId: 'a', reason: 'test' })
  cluster.succeed(maps[1]!)
  const reads = launched(cluster.join('b'))
  const discarded = (): readonly number[] => {
    const actions = cluster.tell({ kind: 'executorLost', executorId: 'a', reason: 'test' })
    return actions.flatMap((action) => (action.kind === 'discardOutput' ? [action.attemptId] : []))
  }
  return { cluster, reads, discarded }
}

test('what an ended task of a stage with a barrier had made of rows that are gone counts no more', (t) => {
  const reading = together(2, { key: 1, inputs: [0], output: { kind: 'map' } })
  const { cluster, reads, discarded } = goneBeneath(reading, plain(1, { key: 2, inputs: [1] }))
  cluster.succeed(reads[0]!)
  t.deepEqual(discarded(), [reads[0]!.attemptId])
})

test('a cache that is whole stays when the rows that it was made of are gone, a part of one does not', (t) => {
  for (const isWhole of [false, true]) {
    const cache = plain(2, { key: 1, inputs: [0], output: { kind: 'cache', cacheId: 'c' } })
    const { cluster, reads, discarded } = goneBeneath(cache, plain(1, { key: 2, inputs: [0, 1] }))
    cluster.succeed(reads[0]!)
    if (isWhole) cluster.succeed(reads[1]!)
    t.deepEqual(discarded(), isWhole ? [] : [reads[0]!.attemptId])
  }
})

/** A stage with a barrier on an executor of its own, and what reads it on another. */
const apart = () => {
  const cluster = new Cluster(['a'])
  const map = launched(cluster.submit([together(2, { output: { kind: 'map' } }), plain(3, { key: 1, inputs: [0] })]))
  cluster.succeed(map[0]!)
  cluster.join('b')
  const reads = launched(cluster.succeed(map[1]!))
  return { cluster, reads }
}

test('of a result that is made again the driver forgets what came along with reports, too', (t) => {
  const { cluster, reads } = apart()
  const [one] = reads.filter(({ partition }) => partition === 1)
  const { executorId, attemptId } = one!
  cluster.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: true })
  const lost = cluster.tell({ kind: 'executorLost', executorId: 'a', reason: 'test' })
  const [forgotten] = lost.filter(({ kind }) => kind === 'resultsForgotten')
  t.like(forgotten, { jobId: 1, beforeAttemptId: Math.max(...reads.map((task) => task.attemptId)) + 1 })
  const late = cluster.tell({ kind: 'resultDelivered', ...of(one!) })
  t.like(late[0], { kind: 'jobFailed', error: { condition: 'BARRIER_OUTPUT_LOST' } }, 'it was handed out before')
})

test('a partition that was taken before its executor was lost counts when what it was made of is still there', (t) => {
  const { cluster, reads } = apart()
  const there = reads.find(({ executorId }) => executorId === 'b')!
  cluster.succeed(there)
  cluster.tell({ kind: 'executorLost', executorId: 'b', reason: 'test' })
  t.false(kinds(cluster.tell({ kind: 'resultDelivered', ...of(there) })).includes('jobFailed'))
})

test('a stage that found its slots and lost them again waits for them anew, also when nothing was free meanwhile', (t) => {
  for (const isBusy of [false, true]) {
    const cluster = new Cluster(['a'])
    const others = launched(cluster.submit([plain(4)]))
    cluster.submit([together(3)])
    if (!isBusy) cluster.succeed(others[0]!)
    cluster.tell({ kind: 'tick' }, 10)
    cluster.join('b', 100)
    cluster.tell({ kind: 'executorLost', executorId: 'b', reason: 'test' }, 400)
    t.false(kinds(cluster.tell({ kind: 'tick' }, 600)).includes('jobFailed'))
  }
})

test('a barrier lets tasks go on when all have called it, with what they handed to each other', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const tasks = launched(cluster.submit([together(3)]))
  t.deepEqual(cluster.call(tasks[2]!, 0, 'c'), [])
  t.deepEqual(cluster.call(tasks[2]!, 0, 'c'), [], 'it is told twice')
  t.deepEqual(cluster.call(tasks[0]!, 0, 'a'), [])
  const passed = cluster.call(tasks[1]!, 0, 'b')
  t.deepEqual(
    passed,
    tasks.map(({ executorId, attemptId }) => {
      return { kind: 'passBarrier', executorId, attemptId, sequence: 0, messages: ['a', 'b', 'c'] }
    }),
  )
  t.deepEqual(cluster.call(tasks[0]!, 0, 'a'), [], 'of the last barrier')
  for (const task of tasks.slice(0, 2)) t.deepEqual(cluster.call(task, 1), [])
  t.like(cluster.call(tasks[2]!, 1), [{ kind: 'passBarrier', sequence: 1, messages: [] }])
})

test('tasks that call other things, or end while others wait for them, fail the job with what is wrong', (t) => {
  const mixed = new Cluster(['a', 'b'])
  const tasks = launched(mixed.submit([together(2)]))
  mixed.call(tasks[0]!, 0)
  t.like(mixed.call(tasks[1]!, 0, 'b')[0], { kind: 'jobFailed', error: { condition: 'BARRIER_SYNC_MISMATCH' } })
  for (const isFirst of [true, false]) {
    const cluster = new Cluster(['a', 'b'])
    const [one, two] = launched(cluster.submit([together(2)]))
    const ending = (): readonly SchedulerAction[] => cluster.succeed(two!)
    const calling = (): readonly SchedulerAction[] => cluster.call(one!, 0)
    const actions = isFirst ? [...ending(), ...calling()] : [...calling(), ...ending()]
    const [failed] = actions.filter(({ kind }) => kind === 'jobFailed')
    t.like(failed, { error: { condition: 'BARRIER_TASK_ENDED', parameters: { partition: '1' } } })
    t.true(actions.some((action) => action.kind === 'cancelTask' && action.attemptId === one!.attemptId))
  }
})

test('a task that calls and ends without waiting fails its job, and no other', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const [one, two] = launched(cluster.submit([together(2)]))
  const others = launched(cluster.submit([plain(1)]))
  cluster.call(one!, 0)
  const failed = cluster.succeed(one!).find(({ kind }) => kind === 'jobFailed')
  t.like(failed, { error: { condition: 'BARRIER_TASK_ENDED', parameters: { partition: '0' } } })
  t.deepEqual(cluster.call(two!, 0), [])
  t.true(kinds(cluster.succeed(others[0]!)).includes('taskAccepted'))
})

test('what ended tasks wrote is dropped when all run again, but for files', (t) => {
  const discarded = (output: StageSpec['output']): readonly number[] => {
    const cluster = new Cluster(['a', 'b'])
    const [one, two] = launched(cluster.submit([together(2, { output })]))
    cluster.succeed(one!)
    const actions = cluster.fail(two!)
    return actions.flatMap((action) => (action.kind === 'discardOutput' ? [action.attemptId - one!.attemptId] : []))
  }
  t.deepEqual(discarded(RESULT), [0])
  t.deepEqual(discarded({ kind: 'write', keepsAttemptsApart: true }), [])
})

test('an executor that holds what an ended task wrote stays until the others have ended, too', (t) => {
  const cluster = new Cluster(['a', 'b'])
  const [one, two] = launched(
    cluster.submit([together(2, { output: { kind: 'map' } }), plain(1, { key: 1, inputs: [0] })]),
  )
  cluster.succeed(one!, 10)
  t.deepEqual([...cluster.scheduler.workload().heldBy(one!.executorId)], ['result'])
  cluster.tell({ kind: 'decommissionAsked', executorId: one!.executorId, reason: 'idle' }, 20)
  for (const nowMs of [200, 400]) t.deepEqual(cluster.tell({ kind: 'tick' }, nowMs), [])
  t.true(kinds(cluster.succeed(two!, 500)).includes('moveOutput'))
})

test('a barrier that a task does not come to in time has all tasks run again', (t) => {
  const cluster = new Cluster(['a', 'b'], 2)
  const tasks = launched(cluster.submit([together(2)]))
  cluster.call(tasks[0]!, 0, undefined, 100)
  t.deepEqual(cluster.tell({ kind: 'tick' }, 1_099), [])
  const actions = cluster.tell({ kind: 'tick' }, 1_100)
  const [retried] = actions.filter(({ kind }) => kind === 'taskRetried')
  t.like(retried, {
    task: tasks[1],
    error: { condition: 'BARRIER_SYNC_TIMEOUT', parameters: { partitions: '1', seconds: '1' } },
  })
  t.is(actions.filter(({ kind }) => kind === 'cancelTask').length, 2)
  const again = launched(actions)
  t.is(again.length, 2)
  for (const task of again) cluster.call(task, 0, undefined, 1_200)
  t.false(kinds(cluster.tell({ kind: 'tick' }, 9_000)).includes('jobFailed'), 'all came')
  cluster.call(again[1]!, 1, undefined, 9_000)
  t.true(cluster.scheduler.nextWakeMs() <= 10_000)
  t.true(kinds(cluster.tell({ kind: 'tick' }, 10_000)).includes('taskRetried'))
})

test('a barrier is waited for since its first call, of several the one that began first, and that of a job that ended no more', (t) => {
  const runs = new BarrierRuns(1_000)
  const jobs = [3, 2, 2].map((taskCount) => {
    const stage = { taskCount } as StageState
    const job = { stages: [stage] } as unknown as JobState
    runs.launched(job, stage)
    return { job, stage }
  })
  const call = (of: number, partition: number, nowMs: number) =>
    runs.called(jobs[of]!.stage, partition, { sequence: 0, method: 'barrier', message: '' }, nowMs)
  t.is(runs.wakeAtMs, Number.POSITIVE_INFINITY)
  call(0, 0, 100)
  call(1, 0, 700)
  t.is(runs.wakeAtMs, 1_100)
  call(0, 1, 300)
  t.is(runs.wakeAtMs, 1_100)
  runs.forgetJob(jobs[0]!.job)
  t.is(runs.wakeAtMs, 1_700)
})

test('when what a task has made is lost all are run again at once where there is room', (t) => {
  const cluster = new Cluster(['a', 'b', 'c', 'd'])
  const tasks = launched(cluster.submit([together(3)]))
  cluster.succeed(tasks[0]!)
  const lost = cluster.tell({ kind: 'executorLost', executorId: tasks[0]!.executorId, reason: 'test' })
  t.deepEqual(partitionsOf(launched(lost)), [0, 1, 2])
})

test('no copy is made of a task that others wait for', (t) => {
  const cluster = new Cluster(['a', 'b'])
  cluster.submit([together(2)])
  t.deepEqual(cluster.tell({ kind: 'tick' }, 900), [])
})

test('tasks are placed together wherever there is a way, and it is known how many there is room for', (t) => {
  const table = new ExecutorTable(1e9)
  for (const id of ['a', 'b', 'c']) table.register(id, 1, id, false, 0)
  const may: Readonly<Record<number, string>> = { 0: 'abc', 1: 'ac', 2: 'a' }
  const rules = {
    mayRun: (partition: number, id: string) => may[partition]!.includes(id),
    preferred: (partition: number) => (partition === 0 ? 'a' : undefined),
  }
  t.deepEqual(placeTogether(3, table, rules), { kind: 'placed', executorIds: ['b', 'c', 'a'] })
  t.deepEqual(placeTogether(1, table, rules), { kind: 'placed', executorIds: ['a'] })
  table.occupy('c', 1)
  t.deepEqual(placeTogether(3, table, rules), { kind: 'busy' })
  table.remove('c')
  t.deepEqual(placeTogether(3, table, rules), { kind: 'tooFew', slots: 2 })
})

test('waits of stages with a barrier are bounded by the settings of Spark', (t) => {
  t.deepEqual(schedulingOptions(new Config({})).barrier, { syncTimeoutMs: 365 * 86_400_000, slotsWaitMs: 600_000 })
  const prefix = 'spark.scheduler.barrier.maxConcurrentTasksCheck'
  const given = { 'spark.barrier.sync.timeout': '2s', [`${prefix}.interval`]: '3s', [`${prefix}.maxFailures`]: '4' }
  t.deepEqual(schedulingOptions(new Config(given)).barrier, { syncTimeoutMs: 2_000, slotsWaitMs: 12_000 })
  t.is(schedulingOptions(new Config(given), true).barrier?.slotsWaitMs, 0)
})
