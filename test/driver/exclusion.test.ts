import test from 'ava'
import { Config } from '../../common/config/config.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { ExclusionOptions } from '../../driver/executors/exclusion.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import { schedulingOptions } from '../../driver/scheduling-settings.js'
import { collected, numbers, startFakeCluster } from '../support/fake-cluster.js'
import { collect, scan } from '../support/fake-plans.js'

const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 1, spilledBytes: 0, elapsedMs: 0 }
const NEVER = 1_000
const LIMITS = {
  ...{ taskAttemptsPerExecutor: 1, taskAttemptsPerHost: NEVER, stageFailedTasksPerExecutor: NEVER },
  ...{ stageFailedExecutorsPerHost: NEVER, failedTasksPerExecutor: NEVER, failedExecutorsPerHost: NEVER },
  ...{ timeoutMs: 1_000, waitMs: 0 },
}
const PASSING = new MillraceError('TASK_THREAD_DIED', { reason: 'test' })

/** Executors of one slot, each with its host. */
class Cluster {
  readonly #scheduler: Scheduler
  #jobId = 0

  constructor(hosts: Readonly<Record<string, string | undefined>>, limits: Partial<ExclusionOptions> = {}) {
    const own = { maxFailures: 100, executorTimeoutMs: 1e9, localityWaitMs: 0, executorWaitMs: 1e9 }
    this.#scheduler = new Scheduler({ ...own, exclusion: { ...LIMITS, ...limits } })
    for (const [executorId, host] of Object.entries(hosts)) this.join(executorId, host, 0)
  }

  join(executorId: string, host: string | undefined, nowMs: number): readonly SchedulerAction[] {
    const at = host === undefined ? {} : { host }
    return this.tell({ kind: 'executorRegistered', executorId, slots: 1, heartbeats: false, ...at }, nowMs)
  }

  tell(event: SchedulerEvent, nowMs: number): readonly SchedulerAction[] {
    return this.#scheduler.handle(event, nowMs)
  }

  tick(nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'tick' }, nowMs)
  }

  submit(taskCount: number, nowMs: number): readonly SchedulerAction[] {
    const stage = { key: 0, taskCount, inputs: [], cacheReads: [], output: { kind: 'result' } as const }
    return this.tell({ kind: 'jobSubmitted', job: { jobId: ++this.#jobId, stages: [stage] } }, nowMs)
  }

  succeed({ executorId, attemptId }: TaskAttempt, nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, nowMs)
  }

  fail({ executorId, attemptId }: TaskAttempt, nowMs: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskFailed', executorId, attemptId, error: serializeError(PASSING) }, nowMs)
  }

  get wakeMs(): number {
    return this.#scheduler.nextWakeMs()
  }
}

const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const changes = (actions: readonly SchedulerAction[]): object[] =>
  actions.flatMap((action) => (action.kind === 'exclusionChanged' ? [action.change] : []))
const failures = (actions: readonly SchedulerAction[]): object[] =>
  actions.flatMap((action) => (action.kind === 'jobFailed' ? [action.error] : []))
const on = (tasks: readonly TaskAttempt[], executorId: string): TaskAttempt =>
  tasks.find((task) => task.executorId === executorId)!

test('executors that are excluded from all stages are ended where that is wanted, and what ran there counts as no failure', (t) => {
  const limits = { failedTasksPerExecutor: 1, failedExecutorsPerHost: 2, stageFailedTasksPerExecutor: 1 }
  const cluster = new Cluster({ a: 'x', b: 'x', d: 'y' }, { ...limits, endsExcluded: true })
  const ended = (actions: readonly SchedulerAction[]): string[] =>
    actions.flatMap((action) => (action.kind === 'disconnectExecutor' ? [action.executorId] : []))
  const tasks = launched(cluster.submit(3, 0))
  cluster.fail(on(tasks, 'a'), 0)
  const [again] = launched(cluster.succeed(on(tasks, 'b'), 0))
  cluster.succeed(on(tasks, 'd'), 0)
  const first = cluster.succeed(again!, 0)
  t.like(changes(first), [{ kind: 'executorExcluded', executorId: 'a' }])
  t.deepEqual(ended(first), ['a'])
  cluster.join('c', 'x', 0)
  const others = launched(cluster.submit(3, 0))
  cluster.fail(on(others, 'b'), 0)
  const [onC] = launched(cluster.succeed(on(others, 'c'), 0))
  t.is(onC!.executorId, 'c')
  cluster.succeed(on(others, 'd'), 0)
  t.deepEqual(
    launched(cluster.submit(2, 0))
      .map(({ executorId }) => executorId)
      .toSorted(),
    ['b', 'd'],
  )
  const last = cluster.succeed(onC!, 0)
  t.like(changes(last), [
    { kind: 'executorExcluded', executorId: 'b' },
    { kind: 'nodeExcluded', host: 'x' },
  ])
  t.deepEqual(ended(last), ['b', 'c'], 'the host is excluded, and c is on it')
  t.deepEqual(failures(last), [])
  t.deepEqual(changes(cluster.tick(1)), [], 'what ran on b did not fail')
  const patient = new Cluster({ a: 'x', b: 'y' }, limits)
  const two = launched(patient.submit(2, 0))
  patient.fail(on(two, 'a'), 0)
  const [retried] = launched(patient.succeed(on(two, 'b'), 0))
  const done = patient.succeed(retried!, 0)
  t.like(changes(done), [{ kind: 'executorExcluded', executorId: 'a' }])
  t.deepEqual(ended(done), [])
})

test('a task that failed on an executor waits for another, while others run there', (t) => {
  const cluster = new Cluster({ a: 'x', b: 'y' })
  const tasks = launched(cluster.submit(3, 0))
  const next = launched(cluster.fail(on(tasks, 'a'), 0))
  t.deepEqual(
    next.map(({ partition, executorId }) => [partition, executorId]),
    [[2, 'a']],
  )
  t.deepEqual(launched(cluster.succeed(next[0]!, 1)), [], 'a is free, but not for this task')
  const again = launched(cluster.succeed(on(tasks, 'b'), 2))
  t.deepEqual(
    again.map(({ partition, executorId }) => [partition, executorId]),
    [[on(tasks, 'a').partition, 'b']],
  )
})

test('an executor on which several tasks of a stage failed gets no more of it, but those of others', (t) => {
  const cluster = new Cluster({ a: 'x', b: 'y' }, { stageFailedTasksPerExecutor: 2 })
  const [first] = launched(cluster.submit(9, 0)).filter(({ executorId }) => executorId === 'a')
  const [second] = launched(cluster.fail(first!, 0))
  t.is(second!.executorId, 'a')
  const actions = cluster.fail(second!, 0)
  t.deepEqual(launched(actions), [])
  t.deepEqual(changes(actions), [
    { kind: 'executorExcludedForStage', jobId: 1, stageKey: 0, executorId: 'a', taskFailures: 2 },
  ])
  t.deepEqual(
    launched(cluster.submit(1, 0)).map(({ executorId }) => executorId),
    ['a'],
  )
})

test('executors and hosts get no tasks for a while when stages were done in spite of what failed there', (t) => {
  const limits = { failedTasksPerExecutor: 1, failedExecutorsPerHost: 2 }
  const cluster = new Cluster({ a: 'x', b: 'x', c: 'y' }, limits)
  const tasks = launched(cluster.submit(3, 0))
  const retried = [...launched(cluster.fail(on(tasks, 'a'), 0)), ...launched(cluster.fail(on(tasks, 'b'), 0))]
  t.deepEqual(
    retried.map(({ executorId }) => executorId),
    ['b', 'a'].slice(0, retried.length),
  )
  t.deepEqual(changes(cluster.succeed(on(tasks, 'c'), 10)), [], 'the stage is not done')
  const done = retried.flatMap((task) => cluster.succeed(task, 10))
  t.deepEqual(changes(done), [
    { kind: 'executorExcluded', executorId: 'a', taskFailures: 1 },
    { kind: 'executorExcluded', executorId: 'b', taskFailures: 1 },
    { kind: 'nodeExcluded', host: 'x', executorFailures: 2 },
  ])
  cluster.join('d', 'x', 10)
  t.deepEqual(
    launched(cluster.submit(4, 10)).map(({ executorId }) => executorId),
    ['c'],
  )
  t.is(cluster.wakeMs, 1010)
  t.deepEqual(launched(cluster.tick(1009)), [])
  const back = cluster.tick(1010)
  t.deepEqual(changes(back), [
    { kind: 'executorUnexcluded', executorId: 'a' },
    { kind: 'executorUnexcluded', executorId: 'b' },
    { kind: 'nodeUnexcluded', host: 'x' },
  ])
  t.deepEqual(
    launched(back)
      .map(({ executorId }) => executorId)
      .sort(),
    ['a', 'b', 'd'],
  )
})

test('what fails of a job that fails does not count for others', (t) => {
  const cluster = new Cluster({ a: 'x', b: 'y' }, { failedTasksPerExecutor: 1 })
  const [task] = launched(cluster.submit(1, 0))
  cluster.fail(task!, 0)
  t.deepEqual(changes(cluster.tell({ kind: 'jobCanceled', jobId: 1 }, 0)), [])
  t.is(launched(cluster.submit(5, 0)).length, 1, 'one runs what was cancelled')
})

test('a failure counts once, also when its stage is done again as output was lost', (t) => {
  const cluster = new Cluster({ a: 'x', b: 'y' }, { failedTasksPerExecutor: 2 })
  const map = { key: 0, taskCount: 2, inputs: [], cacheReads: [], output: { kind: 'map' } as const }
  const read = { ...map, key: 1, inputs: [0], output: { kind: 'result' } as const }
  const tasks = launched(cluster.tell({ kind: 'jobSubmitted', job: { jobId: 1, stages: [map, read] } }, 0))
  const told = [...cluster.fail(on(tasks, 'a'), 0), ...cluster.succeed(on(tasks, 'b'), 0)]
  const again = on(launched(told), 'b')
  t.is(again.partition, on(tasks, 'a').partition)
  told.push(...cluster.succeed(again, 1), ...cluster.join('c', 'z', 2))
  told.push(...cluster.tell({ kind: 'executorLost', executorId: 'b', reason: 'test' }, 3))
  const maps = launched(told).filter(({ stageKey }) => stageKey === 0)
  t.deepEqual(
    maps.slice(1).map(({ executorId }) => executorId),
    ['c'],
  )
  const [other] = launched(cluster.succeed(maps[1]!, 4))
  t.is(other?.stageKey, 0)
  told.push(...cluster.succeed(other!, 5))
  t.is(launched(told).at(-1)?.stageKey, 1, 'the stage is done again')
  t.deepEqual(changes(told), [])
})

test('a host on which executors are excluded from a stage, or a task failed too often, is excluded with all its executors', (t) => {
  const stageLimits = { stageFailedTasksPerExecutor: 1, stageFailedExecutorsPerHost: 2 }
  const cluster = new Cluster({ a: 'x', b: 'x', c: 'x', d: 'y' }, stageLimits)
  const tasks = launched(cluster.submit(8, 0))
  cluster.fail(on(tasks, 'a'), 0)
  t.like(changes(cluster.fail(on(tasks, 'b'), 0))[1], { kind: 'nodeExcludedForStage', host: 'x', executorFailures: 2 })
  t.deepEqual(launched(cluster.succeed(on(tasks, 'c'), 0)), [])
  t.is(launched(cluster.succeed(on(tasks, 'd'), 0)).length, 1)
  const other = new Cluster({ a: 'x', b: 'x', c: 'y' }, { taskAttemptsPerHost: 1 })
  const [task] = launched(other.submit(1, 0))
  const isOnX = task!.executorId !== 'c'
  const moved = launched(other.fail(task!, 0))
  t.is(moved[0]!.executorId === 'c', isOnX, 'not on another executor of the host')
})

test('executors that were lost count for their hosts', (t) => {
  const cluster = new Cluster({ a: 'x' }, { taskAttemptsPerHost: 1 })
  cluster.submit(1, 0)
  cluster.tell({ kind: 'executorLost', executorId: 'a', reason: 'killed' }, 0)
  t.like(failures(cluster.join('b', 'x', 1))[0], { condition: 'ALL_EXECUTORS_EXCLUDED' })
})

test('a job from whose task all executors are excluded fails by name at once, or when none came in time', (t) => {
  for (const waitMs of [0, 500]) {
    const cluster = new Cluster({ a: 'x', b: 'y' }, { waitMs })
    const [task] = launched(cluster.submit(1, 0))
    const [other] = launched(cluster.fail(task!, 0))
    t.deepEqual(failures(cluster.fail(other!, 100)), [])
    // The pause before it would be tried again.
    const paused = cluster.tick(200)
    t.is(failures(paused).length, waitMs === 0 ? 1 : 0)
    if (waitMs > 0) t.deepEqual([cluster.wakeMs, failures(cluster.tick(699))], [700, []])
    const [error] = waitMs === 0 ? failures(paused) : failures(cluster.tick(700))
    const parameters = { partition: '0', stage: '0', executors: 'a, b' }
    t.like(error, { condition: 'ALL_EXECUTORS_EXCLUDED', parameters })
    t.regex(JSON.stringify(error), /The worker thread of a task ended unexpectedly: test/)
  }
  const rescued = new Cluster({ a: 'x' }, { waitMs: 500 })
  const [task] = launched(rescued.submit(1, 0))
  rescued.fail(task!, 0)
  const [moved] = launched(rescued.join('b', 'y', 400))
  t.is(moved!.executorId, 'b')
  t.deepEqual(failures(rescued.tick(10_000)), [])
})

test('an executor in the process of the driver is never excluded', (t) => {
  const cluster = new Cluster({ local: undefined }, { failedTasksPerExecutor: 1, stageFailedTasksPerExecutor: 1 })
  const [task] = launched(cluster.submit(1, 0))
  const [again] = launched(cluster.fail(task!, 0))
  t.is(again!.executorId, 'local')
  t.deepEqual(changes(cluster.succeed(again!, 0)), [])
})

test('exclusion is off unless it is asked for, and takes its settings by the names of Spark', (t) => {
  t.is(schedulingOptions(new Config({})).exclusion, undefined)
  const enabled = { 'spark.excludeOnFailure.enabled': 'true' }
  t.deepEqual(schedulingOptions(new Config(enabled)).exclusion, {
    ...{ taskAttemptsPerExecutor: 1, taskAttemptsPerHost: 2, stageFailedTasksPerExecutor: 2 },
    ...{ stageFailedExecutorsPerHost: 2, failedTasksPerExecutor: 2, failedExecutorsPerHost: 2 },
    ...{ timeoutMs: 3_600_000, waitMs: 0, endsExcluded: false },
  })
  const prefix = 'spark.excludeOnFailure'
  const given = {
    ...enabled,
    ...{ [`${prefix}.task.maxTaskAttemptsPerExecutor`]: '11', [`${prefix}.task.maxTaskAttemptsPerNode`]: '12' },
    ...{ [`${prefix}.stage.maxFailedTasksPerExecutor`]: '13', [`${prefix}.stage.maxFailedExecutorsPerNode`]: '14' },
    [`${prefix}.application.maxFailedTasksPerExecutor`]: '15',
    [`${prefix}.application.maxFailedExecutorsPerNode`]: '16',
    [`${prefix}.timeout`]: '17s',
    [`${prefix}.killExcludedExecutors`]: 'true',
    'spark.scheduler.excludeOnFailure.unschedulableTaskSetTimeout': '18s',
    'task.maxFailures': '13',
  }
  t.deepEqual(schedulingOptions(new Config(given)).exclusion, {
    ...{ taskAttemptsPerExecutor: 11, taskAttemptsPerHost: 12, stageFailedTasksPerExecutor: 13 },
    ...{ stageFailedExecutorsPerHost: 14, failedTasksPerExecutor: 15, failedExecutorsPerHost: 16 },
    ...{ timeoutMs: 17_000, waitMs: 18_000, endsExcluded: true },
  })
  const tooFew = new Config({ ...enabled, 'task.maxFailures': '2' })
  const parameters = { key: 'excludeOnFailure.task.maxTaskAttemptsPerNode', value: '2' }
  t.like(
    t.throws(() => schedulingOptions(tooFew)),
    { condition: 'INVALID_CONF_VALUE', parameters },
  )
})

test('an executor process in which tasks fail gets no more, and when all are ill the job says so', async (t) => {
  const exclusion = { ...LIMITS, stageFailedTasksPerExecutor: 1, failedTasksPerExecutor: 1, timeoutMs: 3_600_000 }
  const { driver, cluster, close } = await startFakeCluster(2, 1, { driver: { exclusion } })
  const told: string[] = []
  const started: string[] = []
  driver.events.add({
    onExecutorExcludedForStage: ({ taskFailures }) => void told.push(`of a stage ${taskFailures}`),
    onExecutorExcluded: ({ taskFailures }) => void told.push(`of all ${taskFailures}`),
    onTaskStart: ({ executorId }) => void started.push(executorId),
  })
  try {
    const [ill] = cluster.pids
    t.deepEqual(await collected(driver.submit({ stages: [scan(0, 40, 8, collect, { illPids: [ill!] })] })), numbers(40))
    t.deepEqual(told.splice(0), ['of a stage 1', 'of all 1'])
    started.length = 0
    t.deepEqual(await collected(driver.submit({ stages: [scan(0, 40, 8, collect)] })), numbers(40))
    t.is(new Set(started).size, 1)
    const failing = driver.submit({ stages: [scan(0, 1, 1, collect, { illPids: cluster.pids })] })
    const parameters = { partition: '0', stage: '0', executors: 'executor-0, executor-1' }
    const error = await t.throwsAsync(failing.result, { message: /may run nowhere.*ill/ })
    t.like(error, { condition: 'ALL_EXECUTORS_EXCLUDED', parameters })
  } finally {
    await close()
  }
})
