import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { JobSpec, StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'
import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'

const REPORT = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
const MERGE = { tasks: 1, leastBytes: 1, mostBytes: 100 }
const SPLIT = { stages: [0], factor: 2, leastBytes: 50, partBytes: 40, mostParts: 8 }

/** A scheduler with one executor of many slots, and what it has launched. */
class OneExecutor {
  readonly #scheduler = new Scheduler({
    maxFailures: 4,
    executorTimeoutMs: 1e9,
    localityWaitMs: 0,
    executorWaitMs: 1e9,
  })
  #nowMs = 0

  constructor(stages: readonly StageSpec[]) {
    this.#scheduler.handle({ kind: 'executorRegistered', executorId: 'a', slots: 100, heartbeats: false }, 0)
    this.submitted = this.#scheduler.handle({ kind: 'jobSubmitted', job: { jobId: 1, stages } satisfies JobSpec }, 0)
  }

  readonly submitted: readonly SchedulerAction[]

  succeed({ executorId, attemptId }: TaskAttempt, partitionBytes: readonly number[] = []): readonly SchedulerAction[] {
    const bytesWritten = partitionBytes.reduce((a, b) => a + b, 0)
    const report = { ...REPORT, bytesWritten, partitionBytes }
    return this.#scheduler.handle({ kind: 'taskSucceeded', executorId, attemptId, report, inlined: false }, this.#nowMs)
  }

  /** All tasks succeed, each with the sizes of its number. */
  succeedAll(tasks: readonly TaskAttempt[], sizes: readonly (readonly number[])[]): readonly SchedulerAction[] {
    return tasks.flatMap((task) => [...this.succeed(task, sizes[task.partition])])
  }

  fail({ executorId, attemptId }: TaskAttempt, error: MillraceError): readonly SchedulerAction[] {
    const failed = { kind: 'taskFailed', executorId, attemptId, error: serializeError(error) } as const
    return this.#scheduler.handle(failed, this.#nowMs)
  }

  later(): readonly SchedulerAction[] {
    this.#nowMs += 10_000
    return this.#scheduler.handle({ kind: 'tick' }, this.#nowMs)
  }
}

const stage = (key: number, taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  ...{ key, taskCount, inputs: [], cacheReads: [], output: { kind: 'map' } },
  ...rest,
})
/** The result, which reads shuffles of four partitions. */
const reading = (key: number, inputs: readonly number[], adaptive: Partial<StageAdaptivity>): StageSpec =>
  stage(key, 4, { inputs, output: { kind: 'result' }, adaptive: { shuffles: inputs, ...adaptive } })
const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const ranges = (actions: readonly SchedulerAction[]) =>
  launched(actions).map(({ partition, reads }) => (reads ? [reads.from, reads.until] : partition))
const changes = (actions: readonly SchedulerAction[]) =>
  actions.flatMap((action) => (action.kind === 'stageChanged' ? [action.change] : []))
const inputsOf = (actions: readonly SchedulerAction[], stageKey: number) =>
  actions.flatMap((action) =>
    action.kind === 'launchTask'
      ? [action.inputs.find((input) => input.stageKey === stageKey)!.outputs.flatMap(({ attemptIds }) => attemptIds)]
      : [],
  )
const LOST = new MillraceError('FETCH_FAILED', { block: 'x', executor: 'a', stage: 0, reason: 'gone' })
const PASSING = new MillraceError('TASK_THREAD_DIED', { reason: 'test' })

test('neighbouring partitions are read by one task up to its share, and read so again when the task fails or what it read is lost', (t) => {
  const cluster = new OneExecutor([stage(0, 2), reading(1, [0], { merge: MERGE })])
  const maps = launched(cluster.submitted)
  const began = cluster.succeedAll(maps, [
    [30, 30, 10, 90],
    [20, 10, 10, 90],
  ])
  t.deepEqual(ranges(began), [
    [0, 2],
    [2, 3],
    [3, 4],
  ])
  t.deepEqual(changes(began), [{ stageKey: 1, tasks: 3, decision: { kind: 'divided', merging: 1, shared: 0 } }])
  const [first, second, third] = launched(began)
  t.deepEqual(ranges(cluster.fail(first!, PASSING)), [[0, 2]])
  t.deepEqual(launched(cluster.succeed(second!)), [])
  const recomputed = launched(cluster.fail(third!, LOST))
  t.deepEqual(
    recomputed.map(({ stageKey, partition }) => [stageKey, partition]),
    [
      [0, 0],
      [0, 1],
    ],
  )
  // It is decided once: other tasks have done their part by then.
  const again = cluster.succeedAll(recomputed, [
    [1000, 0, 0, 0],
    [1000, 0, 0, 0],
  ])
  t.deepEqual(changes(again), [])
  t.deepEqual(ranges([...again, ...cluster.later()]), [[3, 4]])
})

test('small partitions give every slot work as long as each task gets the least size', (t) => {
  const tasksFor = (merge: StageAdaptivity['merge'], sizes: readonly number[]) => {
    const cluster = new OneExecutor([stage(0, 1), reading(1, [0], merge ? { merge } : {})])
    return ranges(cluster.succeedAll(launched(cluster.submitted), [sizes]))
  }
  t.deepEqual(tasksFor({ tasks: 2, leastBytes: 1, mostBytes: 100 }, [10, 10, 10, 10]), [
    [0, 2],
    [2, 4],
  ])
  t.deepEqual(tasksFor({ tasks: 2, leastBytes: 60, mostBytes: 100 }, [10, 10, 10, 10]), [[0, 4]])
  t.deepEqual(tasksFor({ tasks: 1, leastBytes: 1, mostBytes: 20 }, [10, 10, 10, 10]), [
    [0, 2],
    [2, 4],
  ])
  // The least size counts for more than an even share.
  t.deepEqual(tasksFor({ tasks: 4, leastBytes: 10, mostBytes: 100 }, [7, 7, 7, 7]), [
    [0, 2],
    [2, 4],
  ])
  // A small rest goes to the task before it.
  t.deepEqual(tasksFor({ tasks: 1, leastBytes: 1, mostBytes: 20 }, [10, 10, 10, 1]), [
    [0, 2],
    [2, 4],
  ])
  t.deepEqual(tasksFor({ tasks: 1, leastBytes: 1, mostBytes: 30 }, [10, 10, 10, 1]), [[0, 4]])
  t.deepEqual(tasksFor(undefined, [10, 10, 10, 1]), [0, 1, 2, 3])
})

test('a partition that is much larger than the others is shared by tasks that read what some tasks wrote of it, and the other side whole', (t) => {
  const cluster = new OneExecutor([stage(0, 3), stage(1, 2), reading(2, [0, 1], { merge: MERGE, split: SPLIT })])
  const all = launched(cluster.submitted)
  const [maps, others] = [all.slice(0, 3), all.slice(3)]
  cluster.succeedAll(others, [
    [5, 5, 5, 5],
    [5, 5, 5, 5],
  ])
  const began = cluster.succeedAll(maps, [
    [10, 40, 10, 10],
    [10, 30, 10, 10],
    [10, 60, 10, 10],
  ])
  t.deepEqual(
    launched(began).map(({ reads }) => reads),
    [
      undefined,
      { from: 1, until: 2, parts: [{ stageKey: 0, from: 0, until: 1 }] },
      { from: 1, until: 2, parts: [{ stageKey: 0, from: 1, until: 2 }] },
      { from: 1, until: 2, parts: [{ stageKey: 0, from: 2, until: 3 }] },
      { from: 2, until: 4 },
    ],
  )
  const ids = maps.map(({ attemptId }) => attemptId)
  t.deepEqual(inputsOf(began, 0), [ids, [ids[0]], [ids[1]], [ids[2]], ids])
  t.true(inputsOf(began, 1).every((read) => read.length === 2))
  t.deepEqual(changes(began), [{ stageKey: 2, tasks: 5, decision: { kind: 'divided', merging: 1, shared: 1 } }])
  // What was lost is written by other attempts, of the same tasks.
  const recomputed = launched(cluster.fail(launched(began)[2]!, LOST))
  const again = [...cluster.succeedAll(recomputed, [[], [], []]), ...cluster.later()]
  const second = recomputed.find(({ partition }) => partition === 1)!
  t.deepEqual(inputsOf(again, 0), [[second.attemptId]])
})

test('both sides of a partition may be shared: each part of one meets each part of the other', (t) => {
  const split = { ...SPLIT, stages: [0, 1], factor: 0, leastBytes: 0, partBytes: 10 }
  const cluster = new OneExecutor([stage(0, 2), stage(1, 2), reading(2, [0, 1], { split })])
  const sizes = [
    [10, 0, 0, 0],
    [10, 0, 0, 0],
  ]
  const began = cluster.succeedAll(launched(cluster.submitted), sizes)
  const parts = launched(began).flatMap(({ reads }) => [reads?.parts?.map(({ from }) => from)])
  t.deepEqual(parts.slice(0, 4), [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
  t.is(parts.length, 7)
})

test('a partition is shared only if it is large by all measures, and into no more parts than its other side is worth', (t) => {
  const partsOf = (split: Partial<typeof SPLIT>, left: readonly number[], right = 0): number => {
    const cluster = new OneExecutor([stage(0, 10), stage(1, 1), reading(2, [0, 1], { split: { ...SPLIT, ...split } })])
    const sizes = Array.from({ length: 10 }, () => left.map((size) => size / 10))
    const others = launched(cluster.submitted).filter(({ stageKey }) => stageKey === 1)
    cluster.succeedAll(others, [[right, 0, 0, 0]])
    return launched(
      cluster.succeedAll(
        launched(cluster.submitted).filter(({ stageKey }) => stageKey === 0),
        sizes,
      ),
    ).filter(({ reads }) => reads?.parts).length
  }
  t.is(partsOf({}, [100, 10, 10, 10]), 3)
  t.is(partsOf({}, [100, 60, 60, 60]), 0)
  t.is(partsOf({ leastBytes: 100 }, [100, 10, 10, 10]), 0)
  t.is(partsOf({ leastBytes: 99 }, [100, 10, 10, 10]), 3)
  t.is(partsOf({ mostParts: 2 }, [100, 10, 10, 10]), 2)
  t.is(partsOf({}, [100, 10, 10, 10], 50), 2)
  t.is(partsOf({}, [100, 10, 10, 10], 100), 0)
})

const BROADCAST = { left: 0, right: 1, mostBytes: 100, leastTasks: 1 }

test('the left side of a join waits for the right one, and is not shuffled when that is small', (t) => {
  const left = stage(0, 3, { cacheReads: [] })
  const cluster = new OneExecutor([left, stage(1, 2), reading(2, [0, 1], { broadcast: BROADCAST })])
  const maps = launched(cluster.submitted)
  t.deepEqual(
    maps.map(({ stageKey }) => stageKey),
    [1, 1],
  )
  const began = cluster.succeedAll(maps, [[50], [50]])
  t.deepEqual(changes(began), [
    { stageKey: 2, tasks: 3, decision: { kind: 'broadcast', left: 0, right: 1, bytes: 100 } },
  ])
  t.deepEqual(
    launched(began).map(({ stageKey, partition }) => [stageKey, partition]),
    [
      [2, 0],
      [2, 1],
      [2, 2],
    ],
  )
  // The right side is lost, and computed again for the join as it is now.
  const lost = new MillraceError('FETCH_FAILED', { block: 'x', executor: 'a', stage: 1, reason: 'gone' })
  const recomputed = launched(cluster.fail(launched(began)[1]!, lost))
  t.deepEqual(
    recomputed.map(({ stageKey }) => stageKey),
    [1, 1],
  )
  const again = [...cluster.succeedAll(recomputed, [[9000], [9000]]), ...cluster.later()]
  t.deepEqual(changes(again), [])
  t.deepEqual(
    launched(again).map(({ stageKey, partition }) => [stageKey, partition]),
    [[2, 1]],
  )
})

test('the left side of a join waits no longer when the right one has written too much already', (t) => {
  const cluster = new OneExecutor([stage(0, 1), stage(1, 3), reading(2, [0, 1], { broadcast: BROADCAST })])
  const [first, second, third] = launched(cluster.submitted)
  t.deepEqual(launched(cluster.succeed(first!, [100])), [])
  const freed = launched(cluster.succeed(second!, [1]))
  t.deepEqual(
    freed.map(({ stageKey }) => stageKey),
    [0],
  )
  cluster.succeed(third!, [0])
  t.deepEqual(changes(cluster.succeed(freed[0]!, [1])), [], 'what has begun is not left out')
})

test('a left side of fewer tasks than there are slots is shuffled, and what became part of a join shares no side that is read whole', (t) => {
  const narrow = { ...BROADCAST, leastTasks: 2 }
  const cluster = new OneExecutor([stage(0, 1), stage(1, 1), reading(2, [0, 1], { broadcast: narrow })])
  const [right] = launched(cluster.submitted)
  const next = cluster.succeed(right!, [1])
  t.deepEqual(changes(next), [])
  t.deepEqual(
    launched(next).map(({ stageKey }) => stageKey),
    [0],
  )

  const any = { factor: 0, leastBytes: 0, partBytes: 1, mostParts: 3 }
  const inner = stage(2, 1, { inputs: [0, 1], adaptive: { shuffles: [0, 1], split: { stages: [0, 1], ...any } } })
  const outer = reading(3, [2, 1], { broadcast: { ...BROADCAST, left: 2, right: 1 } })
  const twice = new OneExecutor([stage(0, 3), stage(1, 3), inner, outer])
  const rights = launched(twice.submitted).filter(({ stageKey }) => stageKey === 1)
  const lefts = launched(twice.succeedAll(rights, [[30], [30], [30]]))
  const began = twice.succeedAll(lefts, [[30], [30], [30]])
  const readTwice = launched(began).flatMap(({ reads }) => reads?.parts?.filter(({ stageKey }) => stageKey === 1) ?? [])
  t.is(launched(began).length, 3)
  t.deepEqual(readTwice, [])
})

test('a right side that is large has both sides shuffled, and the smaller one made the table', (t) => {
  const swap = { left: 0, right: 1, factor: 3 }
  const cluster = new OneExecutor([stage(0, 1), stage(1, 1), reading(2, [0, 1], { broadcast: BROADCAST, swap })])
  const [right] = launched(cluster.submitted)
  t.is(right!.stageKey, 1)
  const [left] = launched(cluster.succeed(right!, [101]))
  t.is(left!.stageKey, 0)
  const began = cluster.succeed(left!, [33])
  t.deepEqual(changes(began), [
    { stageKey: 2, tasks: 4, decision: { kind: 'swapped', leftBytes: 33, rightBytes: 101 } },
  ])
  t.deepEqual(ranges(began), [0, 1, 2, 3])
})

test('sides of about the same size stay in their places', (t) => {
  const swap = { left: 0, right: 1, factor: 3 }
  const cluster = new OneExecutor([stage(0, 1), stage(1, 1), reading(2, [0, 1], { swap })])
  const [left, right] = launched(cluster.submitted)
  cluster.succeed(left!, [34])
  t.deepEqual(changes(cluster.succeed(right!, [101])), [])
})

test('a join that became part of another one may be decided of next', (t) => {
  const inner = stage(2, 4, { inputs: [0, 1], adaptive: { shuffles: [0, 1], broadcast: BROADCAST } })
  const outer = reading(4, [2, 3], { broadcast: { ...BROADCAST, left: 2, right: 3 } })
  const cluster = new OneExecutor([stage(0, 7), stage(1, 1), inner, stage(3, 1), outer])
  const [third, ...none] = launched(cluster.submitted)
  t.deepEqual([third!.stageKey, none.length], [3, 0])
  const next = cluster.succeed(third!, [10])
  t.deepEqual(changes(next), [{ stageKey: 4, tasks: 4, decision: { kind: 'broadcast', left: 2, right: 3, bytes: 10 } }])
  const [first] = launched(next)
  t.is(first!.stageKey, 1)
  const last = cluster.succeed(first!, [10])
  t.deepEqual(changes(last), [{ stageKey: 4, tasks: 7, decision: { kind: 'broadcast', left: 0, right: 1, bytes: 10 } }])
  t.deepEqual(
    launched(last).map(({ stageKey, partition }) => [stageKey, partition]),
    Array.from({ length: 7 }, (_, i) => [4, i]),
  )
})
