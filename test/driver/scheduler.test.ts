import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { JobSpec, StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const newScheduler = (): Scheduler =>
  new Scheduler({ maxFailures: 4, executorTimeoutMs: 1000, localityWaitMs: 100, executorWaitMs: 5000 })
const register = (scheduler: Scheduler, executorId: string, slots: number, nowMs = 0): readonly SchedulerAction[] =>
  scheduler.handle({ kind: 'executorRegistered', executorId, slots, heartbeats: true }, nowMs)
const stage = (key: number, taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  key,
  taskCount,
  inputs: [],
  cacheReads: [],
  output: { kind: 'map' },
  ...rest,
})
const result = (key: number, taskCount: number, inputs: number[] = []): StageSpec =>
  stage(key, taskCount, { inputs, output: { kind: 'result' } })
const submit = (scheduler: Scheduler, job: JobSpec, nowMs = 0): readonly SchedulerAction[] =>
  scheduler.handle({ kind: 'jobSubmitted', job }, nowMs)
const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const kinds = (actions: readonly SchedulerAction[]): string[] => actions.map(({ kind }) => kind)
const succeed = (scheduler: Scheduler, { executorId, attemptId }: TaskAttempt, nowMs = 0): readonly SchedulerAction[] =>
  scheduler.handle({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, nowMs)
const fail = (
  scheduler: Scheduler,
  { executorId, attemptId }: TaskAttempt,
  error: MillraceError,
  nowMs = 0,
): readonly SchedulerAction[] =>
  scheduler.handle({ kind: 'taskFailed', executorId, attemptId, error: serializeError(error) }, nowMs)
/** The driver runs and ticks, and hears nothing. */
const awake = (scheduler: Scheduler, fromMs: number, untilMs: number): readonly SchedulerAction[] => {
  const actions: SchedulerAction[] = []
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += 50) actions.push(...scheduler.handle({ kind: 'tick' }, nowMs))
  return actions
}
const passing = new MillraceError('TASK_THREAD_DIED', { reason: 'test' })

test('tasks spread over executors by their free slots, and wait when there is none', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  register(scheduler, 'b', 2)
  const first = launched(submit(scheduler, { jobId: 1, stages: [result(0, 5)] }))
  t.deepEqual(first.map(({ executorId }) => executorId).sort(), ['a', 'b', 'b'])
  const next = launched(succeed(scheduler, first[0]!))
  t.deepEqual(
    next.map(({ partition, executorId }) => [partition, executorId]),
    [[3, first[0]!.executorId]],
  )
})

test('a stage waits for all tasks of its inputs, and is told where their output lies', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 2)
  const maps = launched(submit(scheduler, { jobId: 1, stages: [stage(0, 2), result(1, 1, [0])] }))
  t.deepEqual(launched(succeed(scheduler, maps[0]!)), [])
  const [launch] = succeed(scheduler, maps[1]!).filter(({ kind }) => kind === 'launchTask')
  const outputs = [{ executorId: 'a', attemptIds: maps.map(({ attemptId }) => attemptId) }]
  t.like(launch, { task: { stageKey: 1, partition: 0 }, inputs: [{ stageKey: 0, outputs }] })
})

test('two jobs share the slots, the one with fewer running tasks first', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 2)
  const first = launched(submit(scheduler, { jobId: 1, stages: [result(0, 10)] }))
  submit(scheduler, { jobId: 2, stages: [result(0, 10)] })
  t.deepEqual(
    launched(succeed(scheduler, first[0]!)).map(({ jobId }) => jobId),
    [2],
  )
})

test('a failed task is tried again at once, then after growing pauses, and elsewhere if it can be', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  register(scheduler, 'b', 1)
  let [task] = launched(submit(scheduler, { jobId: 1, stages: [result(0, 1)] }))
  const retried = launched(fail(scheduler, task!, passing, 10))
  t.not(retried[0]!.executorId, task!.executorId)
  t.deepEqual(launched(fail(scheduler, retried[0]!, passing, 20)), [])
  t.is(scheduler.nextWakeMs(), 120)
  ;[task] = launched(scheduler.handle({ kind: 'tick' }, 120))
  t.is(task!.attempt, 2)
})

test('the error of a user fails the job at once and cancels its other tasks', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 2)
  const [one, other] = launched(submit(scheduler, { jobId: 1, stages: [result(0, 2)] }))
  const error = new MillraceError('CORRUPT_RECORD', { provider: 'p', position: '1', reason: 'r' })
  const actions = fail(scheduler, one!, error)
  t.deepEqual(kinds(actions), ['jobFailed', 'cancelTask', 'releaseJob'])
  t.like(actions[0], { error: { condition: 'CORRUPT_RECORD' } })
  t.like(actions[1], { attemptId: other!.attemptId })
})

test('messages that come twice, or of attempts that are over, change nothing', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  const [task] = launched(submit(scheduler, { jobId: 1, stages: [result(0, 1)] }))
  t.deepEqual(kinds(succeed(scheduler, task!)), ['taskAccepted', 'resultReady'])
  t.deepEqual(succeed(scheduler, task!), [])
  t.deepEqual(fail(scheduler, task!, passing), [])
  t.deepEqual(kinds(scheduler.handle({ kind: 'resultDelivered', jobId: 1, partition: 0, attemptId: 0 }, 0)), [
    'jobSucceeded',
    'releaseJob',
  ])
  t.deepEqual(scheduler.handle({ kind: 'resultDelivered', jobId: 1, partition: 0, attemptId: 0 }, 0), [])
  t.deepEqual(scheduler.handle({ kind: 'jobCanceled', jobId: 1 }, 0), [])
})

test('a silent executor counts as lost when its time is over, and cannot come back under its name', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  submit(scheduler, { jobId: 1, stages: [result(0, 1)] })
  awake(scheduler, 0, 500)
  scheduler.handle({ kind: 'executorHeartbeat', executorId: 'a' }, 600)
  awake(scheduler, 600, 1500)
  t.is(scheduler.nextWakeMs(), 1600)
  t.deepEqual(kinds(scheduler.handle({ kind: 'tick' }, 1599)), [])
  t.deepEqual(kinds(scheduler.handle({ kind: 'tick' }, 1600)), ['disconnectExecutor', 'taskRetried'])
  t.deepEqual(register(scheduler, 'a', 1, 1700), [])
  t.is(launched(register(scheduler, 'b', 1, 1700)).length, 1)
})

test('an executor is heard of by whatever it tells, and one without heartbeats need not be', (t) => {
  const of = { executorId: 'a', attemptId: 1 }
  const told: readonly SchedulerEvent[] = [
    { kind: 'executorHeartbeat', executorId: 'a' },
    { kind: 'taskSucceeded', ...of, report, inlined: false },
    { kind: 'taskFailed', ...of, error: serializeError(passing) },
    { kind: 'barrierCalled', ...of, sequence: 0, method: 'barrier', message: '' },
  ]
  const isLost = (actions: readonly SchedulerAction[]): boolean => kinds(actions).includes('disconnectExecutor')
  for (const event of told) {
    const scheduler = newScheduler()
    register(scheduler, 'a', 1)
    t.false(isLost(awake(scheduler, 50, 850)))
    scheduler.handle(event, 900)
    t.false(isLost(awake(scheduler, 950, 1850)), event.kind)
    t.true(isLost(awake(scheduler, 1900, 1900)), event.kind)
  }
  const scheduler = newScheduler()
  scheduler.handle({ kind: 'executorRegistered', executorId: 'a', slots: 1, heartbeats: false }, 0)
  t.false(isLost(awake(scheduler, 50, 3000)))
})

test('a job that is submitted twice runs once, and a partition that is delivered twice counts once', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 4)
  const job = { jobId: 1, stages: [result(0, 2)] }
  const tasks = launched(submit(scheduler, job))
  t.deepEqual(submit(scheduler, job), [])
  for (const task of tasks) succeed(scheduler, task)
  const deliver = (partition: number): readonly SchedulerAction[] => {
    const { attemptId } = tasks[partition]!
    return scheduler.handle({ kind: 'resultDelivered', jobId: 1, partition, attemptId }, 0)
  }
  t.deepEqual(deliver(0), [])
  t.deepEqual(deliver(0), [])
  t.deepEqual(kinds(deliver(1)), ['jobSucceeded', 'releaseJob'])
})

test('the silence of a driver that was stopped does not count: executors have a while to be heard again', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  register(scheduler, 'b', 1)
  awake(scheduler, 0, 800)
  t.deepEqual(kinds(scheduler.handle({ kind: 'tick' }, 60_000)), [], 'both were silent for 800 ms only')
  t.is(scheduler.nextWakeMs(), 60_250)
  t.deepEqual(kinds(scheduler.handle({ kind: 'executorHeartbeat', executorId: 'a' }, 60_100)), [])
  const lost = awake(scheduler, 60_150, 60_400).filter(({ kind }) => kind === 'disconnectExecutor')
  t.like(lost, [{ executorId: 'b' }])
  t.is(lost.length, 1, '"a" was heard')
})

test('an executor that hangs is found even when the driver is busy again and again', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  let lost = false
  for (let nowMs = 0; nowMs < 20_000 && !lost; nowMs += 1_000) {
    lost = kinds(scheduler.handle({ kind: 'tick' }, nowMs)).includes('disconnectExecutor')
    lost ||= kinds(scheduler.handle({ kind: 'tick' }, nowMs + 10)).includes('disconnectExecutor')
  }
  t.true(lost)
})

test('a task whose executors die under it is tried again after growing pauses', (t) => {
  const scheduler = newScheduler()
  for (const executorId of ['a', 'b', 'c', 'd']) register(scheduler, executorId, 1)
  let [task] = launched(submit(scheduler, { jobId: 1, stages: [result(0, 1)] }))
  const pauses: number[] = []
  for (let nowMs = 0; task; ) {
    const { executorId } = task
    const actions = scheduler.handle({ kind: 'executorLost', executorId, reason: 'killed' }, nowMs)
    const again = launched(actions)
    const wakeMs = scheduler.nextWakeMs()
    task = again[0] ?? launched(scheduler.handle({ kind: 'tick' }, wakeMs))[0]
    if (task) pauses.push(again[0] ? 0 : wakeMs - nowMs)
    nowMs = again[0] ? nowMs : wakeMs
  }
  t.deepEqual(pauses, [0, 100, 200])
})

test('a task whose input cannot be fetched again and again waits longer each time', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 2)
  const [first] = launched(submit(scheduler, { jobId: 1, stages: [stage(0, 1), result(1, 1, [0])] }))
  let [reader] = launched(succeed(scheduler, first!))
  const missing = new MillraceError('FETCH_FAILED', { block: '', executor: 'a', stage: 0, reason: 'gone' })
  const pauses: number[] = []
  for (let nowMs = 0; pauses.length < 4; ) {
    const [source] = launched(fail(scheduler, reader!, missing, nowMs))
    t.is(source!.stageKey, 0, 'what it reads is computed again at once')
    const again = launched(succeed(scheduler, source!, nowMs))
    let wakeMs = nowMs
    while (again.length === 0) {
      wakeMs = scheduler.nextWakeMs()
      again.push(...launched(scheduler.handle({ kind: 'executorHeartbeat', executorId: 'a' }, wakeMs)))
    }
    reader = again[0]
    pauses.push(wakeMs - nowMs)
    nowMs = wakeMs
  }
  t.deepEqual(pauses, [0, 100, 200, 400])
})

test('a result that is lost is computed again after growing pauses, and a condition of the user ends the job', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  const [task] = launched(submit(scheduler, { jobId: 1, stages: [result(0, 1)] }))
  succeed(scheduler, task!)
  const lose = (attemptId: number, error: MillraceError): readonly SchedulerAction[] =>
    scheduler.handle({ kind: 'resultLost', jobId: 1, partition: 0, attemptId, error: serializeError(error) }, 0)
  const [again] = launched(lose(task!.attemptId, new MillraceError('BLOCK_CORRUPT', { place: 'a', reason: 'r' })))
  succeed(scheduler, again!)
  t.deepEqual(launched(lose(again!.attemptId, new MillraceError('BLOCK_CORRUPT', { place: 'a', reason: 'r' }))), [])
  t.is(scheduler.nextWakeMs(), 100)
  const [third] = launched(scheduler.handle({ kind: 'tick' }, 100))
  succeed(scheduler, third!, 100)
  const [failed] = lose(third!.attemptId, new MillraceError('BLOCK_TOO_LARGE', { bytes: 2, limit: 1 }))
  t.like(failed, { kind: 'jobFailed', error: { condition: 'BLOCK_TOO_LARGE' } })
})

test('only lost output that is still wanted is computed again', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  const stages = [stage(0, 1), stage(1, 1, { inputs: [0] }), result(2, 1, [1])]
  const [first] = launched(submit(scheduler, { jobId: 1, stages }))
  const [second] = launched(succeed(scheduler, first!))
  register(scheduler, 'b', 1)
  const [elsewhere] = launched(fail(scheduler, second!, passing))
  t.is(elsewhere!.executorId, 'b')
  const [onA] = launched(succeed(scheduler, elsewhere!))
  t.is(onA!.executorId, 'a')
  const [onB] = launched(scheduler.handle({ kind: 'executorLost', executorId: 'a', reason: 'test' }, 0))
  t.like(onB, { stageKey: 2, executorId: 'b' }, 'stage 0 went with "a", but nobody reads it any more')
  const missing = new MillraceError('FETCH_FAILED', { block: '', executor: 'b', stage: 1, reason: 'gone' })
  t.deepEqual(
    launched(fail(scheduler, onB!, missing)).map(({ stageKey }) => stageKey),
    [0],
    'stage 1 must be computed again, and so its input',
  )
})

test('of what an executor holds only what was there when a task began is lost by its fetch', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  register(scheduler, 'b', 2)
  const [first] = launched(submit(scheduler, { jobId: 1, stages: [stage(0, 1), result(1, 2, [0])] }))
  const readers = launched(succeed(scheduler, first!))
  t.is(readers.length, 2)
  const holder = first!.executorId
  const missing = new MillraceError('FETCH_FAILED', { block: '', executor: holder, stage: 0, reason: 'gone' })
  const again = launched(fail(scheduler, readers[0]!, missing))
  t.like(again, [{ stageKey: 0 }])
  const before = launched(succeed(scheduler, { ...again[0]! }))
  t.like(before, [{ stageKey: 1, partition: readers[0]!.partition }])
  const late = new MillraceError('FETCH_FAILED', {
    block: '',
    executor: again[0]!.executorId,
    stage: 0,
    reason: 'gone',
  })
  const retried = launched(fail(scheduler, readers[1]!, late)).concat(launched(awake(scheduler, 0, 900)))
  t.like(retried, [{ stageKey: 1, partition: readers[1]!.partition }], 'its input was computed again meanwhile')
})

test('a result that was delivered is not lost any more', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 2)
  const tasks = launched(submit(scheduler, { jobId: 1, stages: [result(0, 2)] }))
  for (const task of tasks) succeed(scheduler, task)
  scheduler.handle({ kind: 'resultDelivered', jobId: 1, partition: 0, attemptId: 0 }, 0)
  const odd = new MillraceError('CORRUPT_RECORD', { provider: 'p', position: '1', reason: 'r' })
  const { attemptId } = tasks.find(({ partition }) => partition === 0)!
  const lost = { kind: 'resultLost', jobId: 1, partition: 0, attemptId, error: serializeError(odd) } as const
  t.deepEqual(kinds(scheduler.handle(lost, 0)), [])
  t.deepEqual(kinds(scheduler.handle({ kind: 'resultDelivered', jobId: 1, partition: 1, attemptId: 0 }, 0)), [
    'jobSucceeded',
    'releaseJob',
  ])
})

test('a cache that is dropped while a job makes it is dropped again with the job, and no other', (t) => {
  for (const isDropped of [true, false]) {
    const scheduler = newScheduler()
    register(scheduler, 'a', 1)
    const cache = stage(0, 1, { output: { kind: 'cache', cacheId: 'c' } })
    const [filling] = launched(submit(scheduler, { jobId: 1, stages: [cache] }))
    const drop = (cacheId: string) => kinds(scheduler.handle({ kind: 'cacheDropped', cacheId }, 0))
    t.deepEqual(drop(isDropped ? 'c' : 'other'), ['dropCache'])
    t.deepEqual(kinds(succeed(scheduler, filling!)), [
      'taskAccepted',
      'jobSucceeded',
      'releaseJob',
      ...(isDropped ? ['dropCache'] : []),
    ])
  }
})

test('a task that failed where the cache that it reads is held is tried elsewhere, and there again when that fails, too', (t) => {
  const scheduler = newScheduler()
  for (const executorId of ['a', 'b']) register(scheduler, executorId, 1)
  const cache = stage(0, 1, { output: { kind: 'cache', cacheId: 'c' } })
  const [filling] = launched(submit(scheduler, { jobId: 1, stages: [cache] }))
  succeed(scheduler, filling!)
  const reader = { ...result(1, 1, [0]), cacheReads: ['c'] }
  const full = new MillraceError('FAILED_WRITE_FILE', { path: 'p', reason: 'no space left on device' })
  const tried: string[] = []
  let [task] = launched(submit(scheduler, { jobId: 2, stages: [cache, reader] }))
  for (let nowMs = 0; task && tried.length < 3; nowMs += 1_000) {
    tried.push(task.executorId)
    const actions = fail(scheduler, task, full, nowMs)
    task = [...launched(actions), ...launched(scheduler.handle({ kind: 'tick' }, nowMs + 900))][0]
  }
  const [holder, other] = filling!.executorId === 'a' ? ['a', 'b'] : ['b', 'a']
  t.deepEqual(tried, [holder, other, holder])
})

test('a task that reads a cache goes where it is held, and elsewhere when that takes too long', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  const cache = stage(0, 1, { output: { kind: 'cache', cacheId: 'c' } })
  const [filling] = launched(submit(scheduler, { jobId: 1, stages: [cache] }))
  t.true(kinds(succeed(scheduler, filling!)).includes('jobSucceeded'))
  const [busy] = launched(submit(scheduler, { jobId: 2, stages: [result(0, 1)] }))
  t.is(busy!.executorId, 'a')
  register(scheduler, 'b', 1, 500)
  const reader = { ...result(1, 1, [0]), cacheReads: ['c'] }
  t.deepEqual(launched(submit(scheduler, { jobId: 3, stages: [cache, reader] }, 500)), [])
  t.is(scheduler.nextWakeMs(), 600)
  const [elsewhere] = launched(scheduler.handle({ kind: 'tick' }, 600))
  t.is(elsewhere!.executorId, 'b')
})

test('a task that goes on from a state goes where its partition was kept last, and elsewhere when that takes too long or is gone', (t) => {
  const scheduler = newScheduler()
  register(scheduler, 'a', 1)
  const stateful = (jobId: number): JobSpec => ({ jobId, stages: [{ ...result(0, 1), stateId: 'q/0' }] })
  const [first] = launched(submit(scheduler, stateful(1)))
  succeed(scheduler, first!)
  register(scheduler, 'b', 3)
  const deliver = (jobId: number): void =>
    void scheduler.handle({ kind: 'resultDelivered', jobId, partition: 0, attemptId: 0 }, 0)
  deliver(1)
  const [second] = launched(submit(scheduler, stateful(2)))
  t.is(second?.executorId, 'a')
  // Its slot is taken, so the next one waits, but not for ever.
  t.deepEqual(launched(submit(scheduler, stateful(3))), [])
  const [third] = launched(scheduler.handle({ kind: 'tick' }, 100))
  t.is(third?.executorId, 'b')
  succeed(scheduler, third!, 100)
  succeed(scheduler, second!, 100)
  t.is(launched(submit(scheduler, stateful(4), 100))[0]?.executorId, 'a')
  scheduler.handle({ kind: 'executorLost', executorId: 'a', reason: 'test' }, 100)
  t.is(launched(submit(scheduler, stateful(5), 100))[0]?.executorId, 'b')
})

test('where the state of a stream was that ended does not count', (t) => {
  for (const isDropped of [false, true]) {
    const scheduler = newScheduler()
    register(scheduler, 'a', 2)
    const stateful = (jobId: number): JobSpec => ({ jobId, stages: [{ ...result(0, 1), stateId: 'q/0' }] })
    const [first] = launched(submit(scheduler, stateful(1)))
    succeed(scheduler, first!)
    submit(scheduler, { jobId: 9, stages: [result(0, 1)] })
    register(scheduler, 'b', 1)
    for (const queryId of isDropped ? ['q'] : ['other', 'q2']) scheduler.handle({ kind: 'stateDropped', queryId }, 0)
    t.is(launched(submit(scheduler, stateful(2)))[0]?.executorId, isDropped ? 'b' : 'a')
  }
})

test('jobs without any executor fail with NO_EXECUTORS after their wait', (t) => {
  const scheduler = newScheduler()
  scheduler.handle({ kind: 'tick' }, 0)
  submit(scheduler, { jobId: 1, stages: [result(0, 1)] }, 100)
  t.is(scheduler.nextWakeMs(), 5100)
  const [failed] = scheduler.handle({ kind: 'tick' }, 5100)
  t.like(failed, { kind: 'jobFailed', error: { condition: 'NO_EXECUTORS', parameters: { seconds: '5' } } })
})

test('a job whose result has no partitions succeeds at once', (t) => {
  t.deepEqual(kinds(submit(newScheduler(), { jobId: 1, stages: [result(0, 0)] })), ['jobSucceeded', 'releaseJob'])
})
