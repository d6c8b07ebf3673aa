import test from 'ava'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import type { DecommissionOptions } from '../../driver/jobs/decommissions.js'
import type { SchedulerEvent } from '../../driver/jobs/events.js'
import type { StageSpec } from '../../driver/jobs/job-spec.js'
import { Scheduler } from '../../driver/jobs/scheduler.js'

const REPORT = { rowsRead: 0, rowsWritten: 0, bytesWritten: 10, spilledBytes: 0, elapsedMs: 0 }
const OPTIONS: DecommissionOptions = { timeoutMs: 60_000, movesShuffles: true, movesCaches: true }

/** A scheduler with executors of two slots each, at a time of its own. */
class Told {
  readonly #scheduler: Scheduler
  nowMs = 0

  constructor(executors: readonly string[], options: Partial<DecommissionOptions> = {}) {
    const limits = { maxFailures: 4, executorTimeoutMs: 1e9, localityWaitMs: 100, executorWaitMs: 1e9 }
    this.#scheduler = new Scheduler({ ...limits, decommission: { ...OPTIONS, ...options } })
    for (const executorId of executors) this.join(executorId)
  }

  tell(event: SchedulerEvent): readonly SchedulerAction[] {
    return this.#scheduler.handle(event, this.nowMs)
  }

  join(executorId: string): readonly SchedulerAction[] {
    return this.tell({ kind: 'executorRegistered', executorId, slots: 2, heartbeats: true })
  }

  leave(executorId: string): readonly SchedulerAction[] {
    return this.tell({ kind: 'decommissionAsked', executorId, reason: 'a test' })
  }

  succeed({ executorId, attemptId }: TaskAttempt): readonly SchedulerAction[] {
    return this.tell({ kind: 'taskSucceeded', executorId, attemptId, report: REPORT, inlined: false })
  }

  taken(executorId: string, attemptId: number): readonly SchedulerAction[] {
    return this.tell({ kind: 'outputTaken', executorId, attemptId })
  }

  /** Time passes until the scheduler wants to be called, and what it does then. */
  wait(atMostMs: number): readonly SchedulerAction[] {
    this.nowMs = Math.min(this.#scheduler.nextWakeMs(), this.nowMs + atMostMs)
    return this.tell({ kind: 'tick' })
  }

  later(ms: number): readonly SchedulerAction[] {
    this.nowMs += ms
    return this.tell({ kind: 'tick' })
  }
}

const stage = (key: number, taskCount: number, rest: Partial<StageSpec> = {}): StageSpec => ({
  ...{ key, taskCount, inputs: [], cacheReads: [], output: { kind: 'map' } },
  ...rest,
})
const shuffled = (maps: number, reducers: number) => ({
  jobId: 1,
  stages: [stage(0, maps), stage(1, reducers, { inputs: [0], output: { kind: 'result' } })],
})
const cached = { jobId: 1, stages: [stage(0, 2, { output: { kind: 'cache', cacheId: 'c' } })] }
const launched = (actions: readonly SchedulerAction[]): TaskAttempt[] =>
  actions.flatMap((action) => (action.kind === 'launchTask' ? [action.task] : []))
const of = <K extends SchedulerAction['kind']>(actions: readonly SchedulerAction[], kind: K) =>
  actions.filter((action): action is Extract<SchedulerAction, { kind: K }> => action.kind === kind)
const gone = (actions: readonly SchedulerAction[]): string[] =>
  of(actions, 'disconnectExecutor').map(({ executorId, reason }) => `${executorId}: ${reason}`)

test('an executor that holds nothing and runs nothing goes at once, and is told of', (t) => {
  const told = new Told(['a', 'b'])
  const actions = told.leave('a')
  t.deepEqual(of(actions, 'executorDecommissioned'), [
    { kind: 'executorDecommissioned', executorId: 'a', reason: 'a test' },
  ])
  t.deepEqual(gone(actions), ['a: it was decommissioned: a test'])
  t.true(of(actions, 'disconnectExecutor')[0]!.isDecommissioned)
  t.deepEqual(told.leave('a'), [])
  t.deepEqual(told.leave('nobody'), [])
})

test('it gets no more tasks, ends those that it has, and goes when others took what they wrote', (t) => {
  const told = new Told(['a', 'b'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  const [onA, onB] = ['a', 'b'].map((id) => tasks.find(({ executorId }) => executorId === id)!)
  t.deepEqual(gone(told.leave('a')), [])
  t.deepEqual(launched(told.succeed(onB!)), [])
  const others = launched(told.tell({ kind: 'jobSubmitted', job: { jobId: 9, stages: [stage(0, 6)] } }))
  t.deepEqual(
    others.map(({ executorId }) => executorId),
    ['b', 'b'],
  )
  told.tell({ kind: 'jobCanceled', jobId: 9 })
  for (const other of others) told.succeed(other)
  t.deepEqual(gone(told.succeed(onA!)), [], 'it holds the output by now')
  const moves = of(told.wait(1_000), 'moveOutput')
  const { attemptId } = onA!
  t.deepEqual(moves, [{ kind: 'moveOutput', from: 'a', to: 'b', attemptId, jobId: 0, cacheId: 'c' }])
  const after = told.taken('b', attemptId)
  const partition = onA!.partition
  t.deepEqual(of(after, 'outputMoved'), [
    { kind: 'outputMoved', moved: { partition, bytes: 10, from: 'a', to: 'b', cacheId: 'c' } },
  ])
  t.deepEqual(gone(after), ['a: it was decommissioned: a test, and others took what 1 of its tasks wrote'])
  const again = told.tell({ kind: 'jobSubmitted', job: { ...cached, jobId: 2 } })
  t.deepEqual(launched(again), [], 'the cache is whole')
})

test('what stages read moves with them, and who was told to read from it is waited for', (t) => {
  const told = new Told(['a', 'b', 'c'])
  const maps = launched(told.tell({ kind: 'jobSubmitted', job: shuffled(2, 6) }))
  told.succeed(maps[0]!)
  const readers = launched(told.succeed(maps[1]!))
  t.is(readers.length, 6)
  const from = maps[0]!.executorId
  const moves = of(told.leave(from), 'moveOutput')
  t.is(moves.length, 1)
  t.deepEqual(gone(told.taken(moves[0]!.to, moves[0]!.attemptId)), [], 'they read from it still')
  for (const reader of readers.filter(({ executorId }) => executorId === from)) {
    told.succeed(reader)
    told.tell({ kind: 'resultDelivered', jobId: 1, partition: reader.partition, attemptId: reader.attemptId })
  }
  t.deepEqual(gone(told.later(1_000)), [], 'nothing runs there, and others read from it still')
  for (const reader of readers) t.deepEqual(gone(told.succeed(reader)), [])
  for (const { partition, attemptId } of readers) told.tell({ kind: 'resultDelivered', jobId: 1, partition, attemptId })
  t.deepEqual(gone(told.wait(1_000)), [
    `${from}: it was decommissioned: a test, and others took what 1 of its tasks wrote`,
  ])
})

test('a task does not wait for a slot where its cached partition is, when that executor is to go', (t) => {
  const told = new Told(['a', 'b'])
  const reading = stage(1, 2, { inputs: [0], cacheReads: ['c'], output: { kind: 'result' } })
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of tasks) told.succeed(task)
  told.leave('a')
  const readers = launched(told.tell({ kind: 'jobSubmitted', job: { jobId: 2, stages: [...cached.stages, reading] } }))
  t.deepEqual(
    readers.map(({ executorId }) => executorId),
    ['b', 'b'],
  )
})

test('results that the driver has not taken keep it, until the time is over', (t) => {
  const job = { jobId: 1, stages: [stage(0, 1, { output: { kind: 'result' } })] }
  for (const isTaken of [true, false]) {
    const told = new Told(['a', 'b'])
    const [task] = launched(told.tell({ kind: 'jobSubmitted', job }))
    told.succeed(task!)
    told.leave(task!.executorId)
    t.deepEqual(gone(told.later(50_000)), [])
    if (isTaken) {
      const ended = told.tell({ kind: 'resultDelivered', jobId: 1, partition: 0, attemptId: 0 })
      t.deepEqual(gone([...ended, ...told.wait(1_000)]), [`${task!.executorId}: it was decommissioned: a test`])
      continue
    }
    const actions = told.later(10_000)
    t.regex(gone(actions)[0]!, /; not all that it held was taken in time$/)
    t.is(launched([...actions, ...told.wait(1_000)]).length, 1, 'it is computed again')
  }
})

test('tasks that do not end in time are run elsewhere', (t) => {
  const told = new Told(['a', 'b'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  told.leave('a')
  t.deepEqual(gone(told.later(59_999)), [])
  const actions = told.later(1)
  t.deepEqual(gone(actions), ['a: it was decommissioned: a test; 1 of its tasks did not end in time'])
  const [again] = launched(actions)
  t.is(again!.executorId, 'b')
  t.is(again!.partition, tasks.find(({ executorId }) => executorId === 'a')!.partition)
})

test('a move that fails is tried with others, and given up after three times', (t) => {
  const told = new Told(['a', 'b', 'c'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of tasks) told.succeed(task)
  const { executorId: from, attemptId } = tasks[0]!
  const seen: string[] = []
  let actions = told.leave(from)
  for (let i = 0; i < 3; i++) {
    const [move] = of(actions, 'moveOutput')
    seen.push(move!.to)
    actions = told.tell({ kind: 'outputNotTaken', executorId: move!.to, attemptId })
  }
  t.is(new Set(seen.slice(0, 2)).size, 2, 'not the same one at once')
  t.regex(gone([...actions, ...told.wait(1_000)])[0]!, /; not all that it held was taken in time$/)
  t.is(launched(told.tell({ kind: 'jobSubmitted', job: { ...cached, jobId: 2 } })).length, 1)
})

test('who was to take something and is lost is replaced by another', (t) => {
  const told = new Told(['a', 'b', 'c'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of tasks) told.succeed(task)
  const { executorId: from, attemptId } = tasks[0]!
  const [move] = of(told.leave(from), 'moveOutput')
  const lost = told.tell({ kind: 'executorLost', executorId: move!.to, reason: 'killed' })
  const [second] = of([...lost, ...told.wait(1_000)], 'moveOutput')
  t.not(second!.to, move!.to)
  t.deepEqual(told.taken(move!.to, attemptId), [], 'a late word of the first one')
  t.is(gone(told.taken(second!.to, attemptId)).length, 1)
})

test('what nobody waits for any more is discarded where it was taken to', (t) => {
  const told = new Told(['a', 'b'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of tasks) told.succeed(task)
  const { attemptId } = tasks.find(({ executorId }) => executorId === 'a')!
  told.leave('a')
  told.tell({ kind: 'cacheDropped', cacheId: 'c' })
  told.tell({ kind: 'executorLost', executorId: 'a', reason: 'killed' })
  t.deepEqual(told.taken('b', attemptId), [{ kind: 'discardOutput', executorId: 'b', attemptId }])
})

test('the last executor waits for others, for a while', (t) => {
  const told = new Told(['a'])
  for (const task of launched(told.tell({ kind: 'jobSubmitted', job: cached }))) told.succeed(task)
  t.deepEqual(gone(told.leave('a')), [])
  t.deepEqual(gone(told.later(9_000)), [])
  t.is(of(told.join('b'), 'moveOutput').length, 2)
  const alone = new Told(['a'])
  for (const task of launched(alone.tell({ kind: 'jobSubmitted', job: cached }))) alone.succeed(task)
  alone.leave('a')
  t.deepEqual(gone(alone.later(9_999)), [])
  t.regex(gone(alone.later(1))[0]!, /; not all that it held was taken in time$/)
})

test('what settings say of caches and of what stages read is not moved', (t) => {
  const told = new Told(['a', 'b'], { movesCaches: false })
  for (const task of launched(told.tell({ kind: 'jobSubmitted', job: cached }))) told.succeed(task)
  t.is(gone(told.leave('a')).length, 1)
  const shuffles = new Told(['a', 'b'], { movesShuffles: false })
  const [task] = launched(shuffles.tell({ kind: 'jobSubmitted', job: shuffled(2, 1) }))
  shuffles.succeed(task!)
  const actions = [...shuffles.leave(task!.executorId)]
  t.is(gone(actions).length, 1)
  t.is(launched(actions).length, 1)
  const atOnce = new Told(['a', 'b'], { timeoutMs: 0 })
  const tasks = launched(atOnce.tell({ kind: 'jobSubmitted', job: cached }))
  const after = atOnce.leave(tasks[0]!.executorId)
  t.is(gone(after).length, 1)
  t.is(launched(after).length, 1)
})

test('at most eight outputs are on their way from one executor at once', (t) => {
  const told = new Told(['a', 'b'])
  told.tell({ kind: 'executorLost', executorId: 'b', reason: 'to be alone' })
  const job = { jobId: 1, stages: [stage(0, 20, { output: { kind: 'cache', cacheId: 'c' } })] }
  let tasks = launched(told.tell({ kind: 'jobSubmitted', job }))
  while (tasks.length > 0) tasks = tasks.flatMap((task) => launched(told.succeed(task)))
  told.join('c')
  let moves = of(told.leave('a'), 'moveOutput')
  t.is(moves.length, 8)
  let moved = 0
  while (moves.length > 0) {
    const [{ attemptId }, ...rest] = moves as [(typeof moves)[number], ...typeof moves]
    const next = of(told.taken('c', attemptId), 'moveOutput')
    moved++
    t.true(next.length <= 1)
    moves = [...rest, ...next]
  }
  t.is(moved, 20)
})

test('who is told to go once more goes when it was to, and what it is about goes on', (t) => {
  const told = new Told(['a', 'b'])
  const [first, second] = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of [first!, second!]) told.succeed(task)
  const from = first!.executorId
  t.is(of(told.leave(from), 'moveOutput').length, 1)
  const again = told.leave(from)
  t.deepEqual([of(again, 'executorDecommissioned'), of(again, 'moveOutput')], [[], []])
  told.later(59_999)
  t.regex(gone(told.later(1))[0]!, new RegExp(`^${from}: .*not all that it held was taken in time$`))
})

test('an output that is told to be taken once more stays where it is', (t) => {
  const told = new Told(['a', 'b'])
  const tasks = launched(told.tell({ kind: 'jobSubmitted', job: cached }))
  for (const task of tasks) told.succeed(task)
  const [move] = of(told.leave('a'), 'moveOutput')
  const { to, attemptId } = move!
  t.is(of(told.taken(to, attemptId), 'outputMoved').length, 1)
  t.deepEqual(told.taken(to, attemptId), [])
})

test('what is taken of a cache that was dropped meanwhile, or of a job that ended, is discarded', (t) => {
  for (const [job, end] of [
    [cached, { kind: 'cacheDropped', cacheId: 'c' }],
    [shuffled(2, 1), { kind: 'jobCanceled', jobId: 1 }],
  ] as const) {
    const told = new Told(['a', 'b'])
    for (const task of launched(told.tell({ kind: 'jobSubmitted', job }))) told.succeed(task)
    const [move] = of(told.leave('a'), 'moveOutput')
    told.tell(end)
    const { to, attemptId } = move!
    const actions = told.taken(to, attemptId)
    t.deepEqual(of(actions, 'outputMoved'), [], end.kind)
    t.deepEqual(of(actions, 'discardOutput'), [{ kind: 'discardOutput', executorId: to, attemptId }])
  }
})

test('outputs without rows are spread over those that stay, too', (t) => {
  const told = new Told(['a', 'b', 'c'])
  const job = { jobId: 1, stages: [stage(0, 6, { output: { kind: 'cache', cacheId: 'c' } })] }
  for (const { executorId, attemptId } of launched(told.tell({ kind: 'jobSubmitted', job })))
    told.tell({ kind: 'taskSucceeded', executorId, attemptId, report: { ...REPORT, bytesWritten: 0 }, inlined: false })
  const to = of(told.leave('a'), 'moveOutput').map((move) => move.to)
  t.deepEqual(to.toSorted(), ['b', 'c'])
})
