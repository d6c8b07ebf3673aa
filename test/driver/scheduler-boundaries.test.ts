import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { BarrierRound } from '../../driver/barriers/barrier-round.js'
import { StateHolders } from '../../driver/executors/state-holders.js'
import type { SchedulerAction, TaskAttempt } from '../../driver/jobs/actions.js'
import { decisionText } from '../../driver/jobs/decision-text.js'
import { OutputTable } from '../../driver/tasks/output-table.js'
import { CACHE, launched, of, stage, Told } from './told-scheduler.js'

test('a task that reads a cache is told where its own partition of it lies, one that reads a shuffle where all do', (t) => {
  for (const output of [CACHE, { kind: 'map' }] as const) {
    const told = new Told({ a: 3 })
    const reading = stage(1, 3, { inputs: [0] })
    const makers = launched(told.submit(1, [stage(0, 3, { output }), reading]))
    const actions = makers.flatMap((task) => told.succeed(task))
    const all = makers.map(({ attemptId }) => attemptId)
    for (const { task, inputs } of of(actions, 'launchTask')) {
      const attemptIds = output.kind === 'cache' ? [all[task.partition]] : all
      t.deepEqual(inputs, [{ stageKey: 0, outputs: [{ executorId: 'a', attemptIds: attemptIds as number[] }] }])
    }
  }
})

test('tasks that wait together for slots wait once each, however often they are looked at, and count as waiting', (t) => {
  const told = new Told({ a: 2 })
  const waiting = (): number => told.scheduler.pools().reduce((sum, { waitingTasks }) => sum + waitingTasks, 0)
  told.submit(1, [stage(0, 3, { hasBarrier: true })])
  for (let i = 0; i < 3; i++) {
    told.join(`other${i}`, 0)
    told.tell({ kind: 'executorLost', executorId: `other${i}`, reason: 'test' })
    t.is(waiting(), 3)
    t.is(told.scheduler.workload().waiting, 3)
  }
  t.deepEqual(
    launched(told.join('b', 1)).map(({ partition }) => partition),
    [0, 1, 2],
  )
  t.is(waiting(), 0)
  t.like(told.scheduler.workload(), { waiting: 0, running: 3 })
})

test('slots of an executor that is to go are none that tasks wait for together', (t) => {
  const told = new Told({ a: 2, b: 2 })
  const [holder] = launched(told.submit(1, [stage(0, 1)]))
  told.tell({ kind: 'decommissionAsked', executorId: holder!.executorId, reason: 'test' })
  told.submit(2, [stage(0, 3, { hasBarrier: true })])
  t.is(launched(told.submit(3, [stage(0, 1)])).length, 1, 'others are not kept from the slots that are left')
  const failed = of(told.tell({ kind: 'tick' }, 500), 'jobFailed')
  t.like(failed, [{ jobId: 2, error: { condition: 'BARRIER_TOO_FEW_SLOTS', parameters: { tasks: '3', slots: '2' } } }])
})

test('how long a job has waited for slots begins anew when it has had them meanwhile', (t) => {
  const told = new Told({ a: 2 })
  told.submit(1, [stage(0, 3, { hasBarrier: true })])
  const tasks = launched(told.join('b', 1, 400))
  t.is(tasks.length, 3)
  const onA = tasks.filter(({ executorId }) => executorId === 'a')
  told.tell({ kind: 'executorLost', executorId: 'b', reason: 'test' }, 450)
  for (const task of onA) told.fail(task, 450)
  t.deepEqual(of(told.tell({ kind: 'tick' }, 949), 'jobFailed'), [])
  t.is(told.scheduler.nextWakeMs(), 950)
  t.is(of(told.tell({ kind: 'tick' }, 950), 'jobFailed').length, 1)
})

test('nothing is waited for of a job that has ended', (t) => {
  const told = new Told({ a: 2 })
  told.submit(1, [stage(0, 3, { hasBarrier: true })])
  t.is(told.scheduler.nextWakeMs(), 500)
  told.tell({ kind: 'jobCanceled', jobId: 1 })
  t.is(told.scheduler.nextWakeMs(), Number.POSITIVE_INFINITY, 'slots')
  const [one] = launched(told.submit(2, [stage(0, 2, { hasBarrier: true })]))
  const { executorId, attemptId } = one!
  const call = { sequence: 0, method: 'barrier', message: '' } as const
  told.tell({ kind: 'barrierCalled', executorId, attemptId, ...call }, 10)
  t.is(told.scheduler.nextWakeMs(), 1_010)
  told.tell({ kind: 'jobCanceled', jobId: 2 }, 20)
  t.is(told.scheduler.nextWakeMs(), Number.POSITIVE_INFINITY, 'another task')
  t.deepEqual(told.tell({ kind: 'tick' }, 5_000), [])
})

test('an executor that is to go stays while a task reads from it that began meanwhile', (t) => {
  const told = new Told({ a: 1 })
  const [map] = launched(told.submit(1, [stage(0, 1, { output: { kind: 'map' } }), stage(1, 1, { inputs: [0] })]))
  told.join('b', 1)
  told.tell({ kind: 'decommissionAsked', executorId: 'a', reason: 'test' })
  const [reading] = launched(told.succeed(map!, 10, 1))
  t.is(reading!.executorId, 'b')
  t.like(of(told.tell({ kind: 'tick' }, 100), 'moveOutput'), [{ from: 'a', to: 'b' }])
  const gone = (actions: readonly SchedulerAction[]): boolean => of(actions, 'disconnectExecutor').length > 0
  t.false(gone(told.tell({ kind: 'outputTaken', executorId: 'b', attemptId: map!.attemptId }, 101)))
  t.false(gone(told.tell({ kind: 'tick' }, 300)))
  t.true(gone([...told.succeed(reading!, 10, 301), ...told.tell({ kind: 'tick' }, 500)]))
})

test('a task that is cancelled is not cancelled again when its job ends', (t) => {
  const told = new Told({ a: 6 })
  const [one, ...others] = launched(told.submit(1, [stage(0, 3, { hasBarrier: true })]))
  const actions = told.fail(one!)
  t.deepEqual(
    of(actions, 'cancelTask').map(({ attemptId }) => attemptId),
    others.map(({ attemptId }) => attemptId),
  )
  const again = launched(actions).map(({ attemptId }) => attemptId)
  t.is(again.length, 3)
  const ended = told.tell({ kind: 'jobCanceled', jobId: 1 })
  t.deepEqual(
    of(ended, 'cancelTask').map(({ attemptId }) => attemptId),
    again,
  )
})

test('a result that is lost each time is made so often as limits say, and its job fails by what was lost', (t) => {
  const told = new Told({ a: 1 }, { maxFailures: 2 })
  const error = serializeError(new MillraceError('FETCH_FAILED', { stage: 0, executor: 'a', reason: 'lost' }))
  let nowMs = 0
  let [task] = launched(told.submit(1, [stage(0, 1)]))
  for (let made = 1; task !== undefined; made++) {
    told.succeed(task, 10, nowMs)
    const actions = told.tell({ kind: 'resultLost', jobId: 1, partition: 0, attemptId: task.attemptId, error }, nowMs)
    const [failed] = of(actions, 'jobFailed')
    if (failed) {
      t.is(made, 8)
      t.like(failed.error, { condition: 'TASK_RETRIES_EXHAUSTED', parameters: { attempts: '8' } })
      t.regex(failed.error.parameters['reason'] ?? '', /lost/)
      return
    }
    nowMs += 60_000
    ;[task] = [...launched(actions), ...launched(told.tell({ kind: 'tick' }, nowMs))]
  }
  t.fail('it has to fail')
})

test('outputs of an executor that is to go are divided by their bytes, empty ones by their number', (t) => {
  const empty = new Told({ a: 4 })
  for (const task of launched(empty.submit(1, [stage(0, 4, { output: CACHE })]))) empty.succeed(task, 0)
  empty.join('b', 1)
  empty.join('c', 1)
  const ofEmpty = of(empty.tell({ kind: 'decommissionAsked', executorId: 'a', reason: 'test' }), 'moveOutput')
  t.deepEqual(ofEmpty.map(({ to }) => to).toSorted(), ['b', 'b', 'c', 'c'])
  t.is(empty.scheduler.nextWakeMs(), 100, 'what it holds is looked for again')
  const sized = new Told({ a: 3 })
  for (const task of launched(sized.submit(1, [stage(0, 3, { output: CACHE })])))
    sized.succeed(task, task.partition === 2 ? 1_000 : 10)
  sized.join('b', 1)
  sized.join('c', 1)
  const moves = of(sized.tell({ kind: 'decommissionAsked', executorId: 'a', reason: 'test' }), 'moveOutput')
  t.is(moves[1]!.to, moves[2]!.to, 'the large one goes first, and the others elsewhere')
  t.not(moves[0]!.to, moves[1]!.to)
})

test('an executor that is excluded first comes back first, and a condition names ten of many', (t) => {
  const never = 1_000
  const exclusion = {
    ...{ taskAttemptsPerExecutor: 1, taskAttemptsPerHost: never, stageFailedTasksPerExecutor: never },
    ...{ stageFailedExecutorsPerHost: never, failedTasksPerExecutor: 1, failedExecutorsPerHost: never },
    ...{ timeoutMs: 1_000, waitMs: 0 },
  }
  // With the second one its host is excluded, too, or not.
  for (const failedExecutorsPerHost of [2, never]) {
    const told = new Told({ a: 1, b: 1, c: 1 }, { exclusion: { ...exclusion, failedExecutorsPerHost } })
    for (const [jobId, executorId, nowMs] of [
      [1, 'a', 0],
      [2, 'b', 300],
    ] as const) {
      const tasks = launched(told.submit(jobId, [stage(0, jobId === 1 ? 3 : 2)], nowMs))
      const failing = tasks.find((task) => task.executorId === executorId)!
      for (const task of tasks) if (task !== failing) told.succeed(task, 10, nowMs)
      for (const again of launched(told.fail(failing, nowMs))) told.succeed(again, 10, nowMs)
    }
    t.is(told.scheduler.nextWakeMs(), 1_000)
    t.like(of(told.tell({ kind: 'tick' }, 1_000), 'exclusionChanged'), [
      { change: { kind: 'executorUnexcluded', executorId: 'a' } },
    ])
    t.is(told.scheduler.nextWakeMs(), 1_300)
  }

  for (const count of [10, 11]) {
    const names = Array.from({ length: count }, (_, i) => `e${String(i).padStart(2, '0')}`)
    const many = new Told(Object.fromEntries(names.map((name) => [name, 1])), { exclusion, maxFailures: 100 })
    let nowMs = 0
    let [task] = launched(many.submit(1, [stage(0, 1)]))
    let failed: readonly Extract<SchedulerAction, { kind: 'jobFailed' }>[] = []
    while (task && failed.length === 0) {
      const failing = many.fail(task, nowMs)
      nowMs += 10_000
      const actions = [...failing, ...many.tell({ kind: 'tick' }, nowMs)]
      failed = of(actions, 'jobFailed')
      ;[task] = launched(actions)
    }
    const said = names.slice(0, 10).join(', ')
    t.is(failed[0]!.error.parameters['executors'], count === 10 ? said : `${said}, …`)
  }
})

test('who holds a state is forgotten with the executor, and with the query, of nobody else', (t) => {
  const holders = new StateHolders()
  holders.set('q1/0', 0, 'a')
  holders.set('q1/0', 1, 'b')
  holders.set('q10/0', 0, 'b')
  holders.forgetExecutor('a')
  t.deepEqual([holders.of('q1/0', 0), holders.of('q1/0', 1)], [undefined, 'b'])
  holders.forgetQuery('q1')
  t.deepEqual([holders.of('q1/0', 1), holders.of('q10/0', 0)], [undefined, 'b'])
})

test('a barrier hands tasks nothing, a gathering what each of them brought, and both begin anew', (t) => {
  const round = new BarrierRound(2)
  const call = (partition: number, sequence: number, method: 'barrier' | 'allGather') =>
    round.called(partition, { sequence, method, message: `m${partition}` }, 5)
  t.is(call(0, 0, 'barrier'), undefined)
  t.is(call(0, 0, 'barrier'), undefined, 'the same call comes twice')
  t.deepEqual(round.missing, [1])
  t.deepEqual(call(1, 0, 'barrier'), [])
  t.deepEqual(round.missing, [])
  t.is(round.sinceMs, undefined)
  t.is(call(1, 0, 'allGather'), undefined, 'a call of before')
  t.deepEqual(round.missing, [])
  call(1, 1, 'allGather')
  t.deepEqual(call(0, 1, 'allGather'), ['m0', 'm1'])
})

test('the outputs of a stage are counted, replaced, moved and forgotten one by one', (t) => {
  const table = new OutputTable(3)
  t.deepEqual(table.partitionSizes(2), [0, 0])
  table.set(0, { attemptId: 1, executorId: 'a', bytes: 10, partitionBytes: [7, 3] })
  table.set(2, { attemptId: 2, executorId: 'b', bytes: 8 })
  t.deepEqual(table.partitionSizes(2), [11, 7])
  t.deepEqual(table.sizesOf(1, 2), [3, 0, 4])
  t.deepEqual([table.available, table.bytes], [2, 18])
  const ofB = { executorId: 'b', attemptIds: [2] }
  t.deepEqual(table.groups(), [{ executorId: 'a', attemptIds: [1] }, ofB])
  table.set(0, { attemptId: 5, executorId: 'a', bytes: 4 })
  t.deepEqual([table.available, table.bytes], [2, 12])
  t.deepEqual(table.groups(), [{ executorId: 'a', attemptIds: [5] }, ofB])
  t.false(table.move(0, 1, 'a', 'c'), 'another attempt')
  t.false(table.move(0, 5, 'b', 'c'), 'another executor')
  t.false(table.move(1, 5, 'a', 'c'), 'nothing is there')
  t.is(table.forgetExecutor('a', 5), 0)
  t.true(table.move(0, 5, 'a', 'c'))
  t.deepEqual(table.groups(), [
    { executorId: 'c', attemptIds: [5] },
    { executorId: 'b', attemptIds: [2] },
  ])
  t.is(table.forgetExecutor('c', 6), 1)
  t.deepEqual(table.groups(), [ofB])
  t.deepEqual([table.available, table.bytes], [1, 8])
  table.forget(0)
  t.deepEqual([table.available, table.bytes], [1, 8])
  t.deepEqual(table.groupsOf(0, 2), [])
  t.deepEqual(table.groupsOf(2, 3), [{ executorId: 'b', attemptIds: [2] }])
})

test('people are told of what was divided only what is there', (t) => {
  const text = (merging: number, shared: number): string => decisionText({ kind: 'divided', merging, shared })
  t.is(text(3, 0), 'tasks that read several small partitions: 3')
  t.is(text(0, 2), 'large partitions that several tasks share: 2')
  t.is(text(1, 1), 'tasks that read several small partitions: 1, large partitions that several tasks share: 1')
})

test('an attempt ends by what the executor tells that runs it, not another one', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const tasks = launched(told.submit(1, [stage(0, 2, { output: { kind: 'map' } }), stage(1, 1, { inputs: [0] })]))
  const [first, second] = tasks as [TaskAttempt, TaskAttempt]
  told.succeed(second)
  const strange = { ...first, executorId: second.executorId }
  t.deepEqual(launched(told.succeed(strange)), [])
  t.deepEqual(told.fail(strange), [])
  t.is(launched(told.succeed(first)).length, 1)
})

test('what a task has written stays when its executor is lost: it is not written again', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const output = { kind: 'write', keepsAttemptsApart: true } as const
  const [first, second] = launched(told.submit(1, [stage(0, 2, { output })]))
  told.succeed(first!)
  const lost = told.tell({ kind: 'executorLost', executorId: first!.executorId, reason: 'test' })
  t.deepEqual(launched([...lost, ...told.join('c', 2)]), [])
  t.like(of(told.succeed(second!), 'jobSucceeded'), [{ jobId: 1 }])
})

test('what was lost is not computed again when all that read it has been done meanwhile', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const map = { output: { kind: 'map' } } as const
  const stages = [stage(0, 2, map), stage(1, 1, { ...map, inputs: [0] }), stage(2, 1, { inputs: [1] })]
  const [reading] = launched(launched(told.submit(1, stages)).flatMap((task) => told.succeed(task)))
  t.is(reading!.stageKey, 1)
  const other = reading!.executorId === 'a' ? 'b' : 'a'
  t.deepEqual(launched(told.tell({ kind: 'executorLost', executorId: other, reason: 'test' })), [], 'no slot is free')
  t.deepEqual(
    launched(told.succeed(reading!)).map(({ stageKey }) => stageKey),
    [2],
  )
})

test('tasks of a join that takes its left side in go where the caches lie that this reads', (t) => {
  const told = new Told({ a: 1, b: 1 })
  const [busy] = launched(told.submit(1, [stage(0, 1)]))
  // So the partitions lie where tasks would not go by themselves.
  const [first] = launched(told.submit(2, [stage(0, 2, { output: CACHE })]))
  const [second] = launched(told.succeed(busy!))
  const holders = [first!.executorId, second!.executorId]
  t.deepEqual(holders, [busy!.executorId === 'a' ? 'b' : 'a', busy!.executorId])
  for (const task of [first!, second!]) told.succeed(task)
  const broadcast = { left: 0, right: 1, mostBytes: 100, leastTasks: 1 }
  const [right] = launched(
    told.submit(3, [
      stage(5, 2, { output: CACHE }),
      stage(0, 2, { output: { kind: 'map' }, inputs: [5], cacheReads: ['c'] }),
      stage(1, 1, { output: { kind: 'map' } }),
      stage(2, 4, { inputs: [0, 1], adaptive: { shuffles: [0, 1], broadcast } }),
    ]),
  )
  t.is(right!.stageKey, 1)
  const joining = launched(told.succeed(right!, 10))
  t.deepEqual(
    joining.map(({ stageKey, partition, executorId }) => [stageKey, partition, executorId]),
    holders.map((executorId, partition) => [2, partition, executorId]),
  )
})

test('of the tasks that others wait for at a barrier ten are named', (t) => {
  const told = new Told({ a: 12 })
  const [first] = launched(told.submit(1, [stage(0, 12, { hasBarrier: true })]))
  const { executorId, attemptId } = first!
  told.tell({ kind: 'barrierCalled', executorId, attemptId, sequence: 0, method: 'barrier', message: '' }, 10)
  const [retried] = of(told.tell({ kind: 'tick' }, 1_010), 'taskRetried')
  t.like(retried?.error, {
    condition: 'BARRIER_SYNC_TIMEOUT',
    parameters: { partitions: '1, 2, 3, 4, 5, 6, 7, 8, 9, 10' },
  })
})
