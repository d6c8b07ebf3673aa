import test from 'ava'
import { Config } from '../../common/config/config.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { connectorPart } from '../../connectors/registry.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageOutput, StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { schedulingOptions } from '../../driver/scheduling-settings.js'
import { collected, numbers, startFakeCluster, until } from '../support/fake-cluster.js'
import { collect, FakeSink, scan, writeTo } from '../support/fake-plans.js'
import { raised } from '../support/raised.js'

const speculation = { intervalMs: 10, multiplier: 2, quantile: 0.75, minRuntimeMs: 0 }
const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 1, spilledBytes: 0, elapsedMs: 0 }
const RESULT: StageOutput = { kind: 'result' }

/** Four tasks on two executors of two slots; three of them end after 100 ms. */
class Quartet {
  readonly scheduler: Scheduler
  readonly slow: TaskAttempt
  readonly fast: readonly TaskAttempt[]

  constructor(rest: Partial<StageSpec> = {}, options = speculation, maxFailures = 4, executors = ['a', 'b']) {
    const own = { maxFailures, executorTimeoutMs: 1e6, localityWaitMs: 0, executorWaitMs: 1e6 }
    this.scheduler = new Scheduler({ ...own, speculation: options })
    for (const executorId of executors)
      this.tell({ kind: 'executorRegistered', executorId, slots: 2, heartbeats: true }, 0)
    const stage: StageSpec = { key: 0, taskCount: 4, inputs: [], cacheReads: [], output: RESULT, ...rest }
    const [slow, ...fast] = launched(this.tell({ kind: 'jobSubmitted', job: { jobId: 1, stages: [stage] } }, 0))
    this.slow = slow!
    this.fast = fast
  }

  tell(event: SchedulerEvent, nowMs: number): readonly SchedulerAction[] {
    return this.scheduler.handle(event, nowMs)
  }

  tick(nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'tick' }, nowMs)
  }

  succeed({ executorId, attemptId }: TaskAttempt, nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, nowMs)
  }

  fail({ executorId, attemptId }: TaskAttempt, error: MillraceError, nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskFailed', executorId, attemptId, error: serializeError(error) }, nowMs)
  }

  /** Until the slow one has a copy. */
  copied(): TaskAttempt {
    for (const task of this.fast) this.succeed(task, 100)
    return launched(this.tick(201))[0]!
  }
}

const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const kinds = (actions: readonly SchedulerAction[]): string[] => actions.map(({ kind }) => kind)
const CANCELED = new MillraceError('OPERATION_CANCELED')
const PASSING = new MillraceError('TASK_THREAD_DIED', { reason: 'test' })

test('a task that takes longer than so many times the median of its stage is run on another executor, too', (t) => {
  const quartet = new Quartet()
  for (const task of quartet.fast.slice(0, 2)) quartet.succeed(task, 100)
  t.deepEqual(quartet.tick(5000), [], 'too few are done')
  const other = new Quartet()
  for (const task of other.fast) t.deepEqual(launched(other.succeed(task, 100)), [])
  t.true(other.scheduler.nextWakeMs() <= 110)
  t.deepEqual(other.tick(200), [], 'twice the median is not more than that')
  const [straggles, launch] = other.tick(210)
  t.like(straggles, { kind: 'taskStraggles', task: other.slow, runtimeMs: 210, thresholdMs: 200 })
  t.like(launch, { kind: 'launchTask', task: { partition: other.slow.partition, attempt: 1, isCopy: true } })
  t.not(launched([launch!])[0]!.executorId, other.slow.executorId)
  t.deepEqual(other.tick(10_000), launched(other.tick(9_000)), 'there is one copy, of which there is no copy soon')
})

test('no copy is made before the least time, nor without the setting', (t) => {
  const patient = new Quartet({}, { ...speculation, minRuntimeMs: 1000 })
  for (const task of patient.fast) patient.succeed(task, 100)
  t.deepEqual(patient.tick(1000), [])
  t.is(launched(patient.tick(1011)).length, 1)
  const own = { maxFailures: 4, executorTimeoutMs: 1e6, localityWaitMs: 0, executorWaitMs: 1e6 }
  t.is(new Scheduler(own).nextWakeMs(), Number.POSITIVE_INFINITY)
})

test('a task of a stage that has room on one executor is copied after a time, although none is done to compare it with', (t) => {
  const few = { ...speculation, fewTasksMs: 500 }
  const pair = (taskCount: number, options = few) => new Quartet({ taskCount }, options)
  t.deepEqual(pair(2).tick(500), [])
  t.is(launched(pair(2).tick(511)).length, 2)
  t.deepEqual(pair(2, { ...few, fewTasksMs: 0 }).tick(50_000), [])
  t.deepEqual(pair(3).tick(50_000), [], 'the executors have two slots each')
  const quartet = new Quartet({ taskCount: 2 }, { ...few, quantile: 0.5 })
  quartet.succeed(quartet.fast[0]!, 100)
  t.is(launched(quartet.tick(211)).length, 1, 'where one is done its time counts')
})

test('the first attempt to end counts, the other one is cancelled and what it tells is not heard', (t) => {
  for (const isCopyFirst of [true, false]) {
    const quartet = new Quartet()
    const copy = quartet.copied()
    const [first, second] = isCopyFirst ? [copy, quartet.slow] : [quartet.slow, copy]
    const actions = quartet.succeed(first, 300)
    t.deepEqual(kinds(actions), ['cancelTask', 'taskAccepted', 'resultReady'])
    t.like(actions[0], { executorId: second.executorId, attemptId: second.attemptId })
    t.deepEqual(quartet.succeed(second, 301), [], 'late success')
    t.deepEqual(quartet.fail(second, CANCELED, 302), [], 'it has been told of already')
  }
})

test('an attempt that was beaten is not heard when the output of the other one is lost meanwhile', (t) => {
  const quartet = new Quartet({ output: { kind: 'map' } })
  const read = { key: 1, taskCount: 1, inputs: [0], cacheReads: [], output: RESULT }
  const job = {
    jobId: 2,
    stages: [{ key: 0, taskCount: 4, inputs: [], cacheReads: [], output: { kind: 'map' } as const }, read],
  }
  quartet.tell({ kind: 'jobCanceled', jobId: 1 }, 0)
  for (const task of [quartet.slow, ...quartet.fast]) quartet.fail(task, CANCELED, 0)
  const [slow, ...fast] = launched(quartet.tell({ kind: 'jobSubmitted', job }, 0))
  for (const task of fast) quartet.succeed(task, 100)
  const copy = launched(quartet.tick(211))[0]!
  quartet.succeed(copy, 300)
  const lost = quartet.tell({ kind: 'executorLost', executorId: copy.executorId, reason: 'test' }, 301)
  t.false(kinds(lost).includes('jobFailed'))
  const ended = quartet.fail(slow!, CANCELED, 302)
  t.false(kinds(ended).includes('jobFailed'))
  t.true([...launched(lost), ...launched(ended)].some(({ partition }) => partition === slow!.partition))
})

test('of two attempts one may fail, and the other goes on alone', (t) => {
  const quartet = new Quartet()
  const copy = quartet.copied()
  t.deepEqual(quartet.fail(copy, PASSING, 300), [])
  t.deepEqual(kinds(quartet.succeed(quartet.slow, 301)), ['taskAccepted', 'resultReady'])
  const other = new Quartet()
  const left = other.copied()
  t.deepEqual(other.fail(other.slow, PASSING, 202), [])
  t.deepEqual(kinds(other.succeed(left, 203)), ['taskAccepted', 'resultReady'])
})

test('no task is copied whose state or output would be there twice', (t) => {
  const copies = (rest: Partial<StageSpec>): number => {
    const quartet = new Quartet(rest)
    for (const task of quartet.fast) quartet.succeed(task, 100)
    return launched(quartet.tick(1000)).length
  }
  t.is(copies({ output: { kind: 'write', keepsAttemptsApart: true } }), 1)
  t.is(copies({ output: { kind: 'write', keepsAttemptsApart: false } }), 0)
  t.is(copies({ stateId: 'query/1' }), 0)
  t.is(copies({ hasBarrier: true }), 0, 'the others wait for one of each')
})

test('a task that was tried as often as it may fail is not copied: copies do not use up what failures may take', (t) => {
  for (const [maxFailures, copies] of [
    [2, 0],
    [3, 1],
  ] as const) {
    const quartet = new Quartet({}, speculation, maxFailures)
    quartet.fail(quartet.slow, new MillraceError('TASK_THREAD_DIED', { reason: 'gone' }), 1)
    for (const task of quartet.fast) quartet.succeed(task, 100)
    t.is(launched(quartet.tick(200)).length, 0, `${maxFailures}`)
    t.is(launched(quartet.tick(1000)).length, copies, `${maxFailures}`)
  }
})

test('of the sinks only those are written by two attempts at once that show what was committed alone', async (t) => {
  const keepsApart = async (name: string) => (await connectorPart(name, 'sink')).keepsAttemptsApart
  for (const name of ['parquet', 'arrow', 'avro', 'text', 'postgresql', 'jdbc']) t.true(await keepsApart(name), name)
  t.is(await keepsApart('kafka'), undefined)
})

test('speculation is off unless it is asked for, and takes its settings by the names of Spark, too', (t) => {
  t.is(schedulingOptions(new Config({})).speculation, undefined)
  const defaults = { intervalMs: 100, multiplier: 3, quantile: 0.9, minRuntimeMs: 100, fewTasksMs: 0 }
  t.deepEqual(schedulingOptions(new Config({ speculation: 'true' })).speculation, defaults)
  const settings = {
    ...{ 'spark.speculation': 'true', 'spark.speculation.interval': '1s', 'spark.speculation.multiplier': '1.5' },
    ...{ 'spark.speculation.quantile': '0.5', 'spark.speculation.minTaskRuntime': '2s' },
    'spark.speculation.task.duration.threshold': '3s',
  }
  const given = { intervalMs: 1000, multiplier: 1.5, quantile: 0.5, minRuntimeMs: 2000, fewTasksMs: 3000 }
  t.deepEqual(schedulingOptions(new Config(settings)).speculation, given)
  const wrong = (): Config => new Config({ 'speculation.quantile': '1.5' })
  t.like(t.throws(wrong), { condition: 'INVALID_CONF_VALUE', parameters: { key: 'speculation.quantile' } })
})

test('a task that hangs is done by a copy on another executor, and its slot is free again', async (t) => {
  const options = { intervalMs: 10, multiplier: 2, quantile: 0.5, minRuntimeMs: 300 }
  const { driver, close } = await startFakeCluster(2, 1, { driver: { speculation: options } })
  const told: string[] = []
  driver.events.add({
    onSpeculativeTaskSubmitted: ({ partition }) => void (partition === 0 && told.push('slow')),
    onTaskStart: ({ isCopy, partition }) => void (isCopy && partition === 0 && told.push('copy')),
    onTaskEnd: ({ outcome, partition }) => void (partition === 0 && told.push(outcome)),
  })
  try {
    const handle = driver.submit({ stages: [scan(0, 40, 8, collect, { fault: 'hangOnce' })] })
    t.deepEqual(await collected(handle), numbers(40))
    t.is((await handle.result).rowsRead, 40)
    await until(() => driver.executors().every(({ running }) => running === 0))
    t.deepEqual(told, ['slow', 'copy', 'succeeded', 'killed'])
    t.deepEqual(await collected(driver.submit({ stages: [scan(0, 10, 2, collect)] })), numbers(10))
  } finally {
    await close()
  }
})

test('a write is committed once with what the first attempt wrote, and not copied when the sink shows what attempts write', async (t) => {
  const options = { intervalMs: 10, multiplier: 2, quantile: 0.5, minRuntimeMs: 300 }
  const sink = new FakeSink()
  sink.keepsAttemptsApart = true
  const { driver, close } = await startFakeCluster(2, 1, { driver: { speculation: options }, sink })
  try {
    await driver.submit({ stages: [scan(0, 8, 4, writeTo('apart'), { fault: 'hangOnce' })] }).result
    const committed = [
      ['0', '1'],
      ['2', '3'],
      ['4', '5'],
      ['6', '7'],
    ]
    t.deepEqual(sink.calls.splice(0), ['begin', `commit ${JSON.stringify(committed)}`])
    delete sink.keepsAttemptsApart
    let copies = 0
    let done = 0
    driver.events.add({
      onTaskStart: ({ isCopy }) => void (isCopy && copies++),
      onTaskEnd: () => void done++,
    })
    const handle = driver.submit({ stages: [scan(0, 8, 4, writeTo('shown'), { fault: 'hangOnce' })] })
    await until(() => done >= 3)
    for (let ticks = 0; ticks < 20; ticks++) await collected(driver.submit({ stages: [scan(0, 1, 1, collect)] }))
    handle.cancel()
    await raised(t, handle.result, 'OPERATION_CANCELED')
    t.is(copies, 0)
  } finally {
    await close()
  }
})

test('a task that may fail only once has a copy, too', (t) => {
  t.is(new Quartet({}, speculation, 1).copied().isCopy, true)
})

test('with one executor nothing is looked for, as there is no place for a copy', (t) => {
  const quartet = new Quartet({ taskCount: 2 }, speculation, 4, ['a'])
  quartet.succeed(quartet.fast[0]!, 100)
  t.deepEqual(kinds(quartet.tick(100_000)), [])
  t.is(quartet.scheduler.nextWakeMs() > 200_000, true)
})
