import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import test from 'ava'
import { Executor } from '../../executor/executor.js'
import { StateHomes } from '../../executor/pool/state-homes.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import type { StreamingTaskInputs } from '../../planner/plan/physical/stage-parts.js'
import type { ExecutorMessage, TaskLaunch } from '../../proto/protocol.js'
import { FAKE_MODULES } from '../support/fake-cluster.js'
import { collect, type FakeBehaviour, scan } from '../support/fake-plans.js'
import { valuesOf } from '../support/fake-task.js'

/** An executor of two threads, whose tasks tell how many their thread has run. */
class TwoThreads {
  readonly executor: Executor
  readonly #awaited = new Map<number, (message: ExecutorMessage) => void>()
  #attemptId = 0

  constructor() {
    this.executor = new Executor({
      executorId: 'two threads',
      slots: 2,
      memoryBytes: 1 << 28,
      threads: threadDataOnce(FAKE_MODULES),
      client: { fetch: () => assertNone(), fetchLocal: () => assertNone() },
      send: (message) => {
        if ('attemptId' in message) this.#awaited.get(message.attemptId)?.(message)
      },
    })
  }

  /** A task that goes on from a partition of a state. @returns how many tasks its thread had run with it */
  async task(
    queryId: string,
    partition: number,
    behaviour: FakeBehaviour = { fault: 'age' },
    operators: StreamingTaskInputs['operators'] = { 7: {} },
  ): Promise<number> {
    const attemptId = ++this.#attemptId
    const streaming = { queryId, batchId: 0, timeMs: 0, epoch: 1, checkpointLocation: '', minBatchesToRetain: 1 }
    const launch: TaskLaunch = {
      ...{ attemptId, jobId: attemptId, stageKey: 0, attempt: 0 },
      stage: scan(0, 1, 1, collect, behaviour),
      inputs: { partition, splits: { 0: [{ from: 0, until: 0 }] }, streaming: { ...streaming, operators } },
      ...{ sources: [], owner: { kind: 'job' as const }, inlineBytes: 1000 },
    }
    const ended = new Promise<ExecutorMessage>((resolve) => this.#awaited.set(attemptId, resolve))
    this.executor.handle({ kind: 'launchTask', launch })
    const message = await ended
    if (message.kind !== 'taskSucceeded') throw new Error(JSON.stringify(message))
    return Number(message.blocks?.[0] ? valuesOf(message.blocks[0])[0] : 0n)
  }
}

function assertNone(): never {
  throw new Error('nothing is fetched')
}

test.serial('a partition of a state stays in the thread to which it came, whichever of the two it was', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-homes-'))
  const threads = new TwoThreads()
  try {
    const gate = join(folder, 'gate')
    const other = threads.task('other', 1, { gate })
    // The thread that partitions with odd numbers come to first is not free.
    for (const count of [1, 2, 3]) t.is(await threads.task('own', 1), count)
    writeFileSync(gate, '')
    await other
    t.is(await threads.task('own', 1), 4)
    threads.executor.handle({ kind: 'dropState', queryId: 'own' })
    t.is(await threads.task('own', 1), 2, 'of a query that ended nothing is known')
  } finally {
    await threads.executor.close()
    rmSync(folder, { recursive: true })
  }
})

test.serial('a partition of a stream without state goes to the thread that had it, if that is free', async (t) => {
  const threads = new TwoThreads()
  try {
    const run = (partition: number): Promise<number> => threads.task('own', partition, { fault: 'age' }, {})
    for (const count of [1, 2]) for (const partition of [1, 0]) t.is(await run(partition), count, `${partition}`)
  } finally {
    await threads.executor.close()
  }
})

test.serial(
  'partitions of a stream without state go where they were, also when they come in another order',
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-homes-'))
    const threads = new TwoThreads()
    try {
      const run = (partition: number): Promise<number> => threads.task('own', partition, { fault: 'age' }, {})
      const gate = join(folder, 'gate')
      // Both would go to the first thread, which only one of them gets.
      const before = threads.task('own', 0, { gate }, {})
      t.is(await run(2), 1)
      writeFileSync(gate, '')
      await before
      t.is(await run(0), 2)
      t.deepEqual(await Promise.all([run(2), run(0)]), [2, 3])
      threads.executor.handle({ kind: 'dropState', queryId: 'own' })
      t.is(await run(2), 4, 'of a query that ended nothing is known')
    } finally {
      await threads.executor.close()
      rmSync(folder, { recursive: true })
    }
  },
)

type OfTask = Parameters<StateHomes<string>['of']>[0]

const taskOf = (queryId: string, partition: number, id: number, operators: readonly number[]): OfTask => ({
  stage: { id },
  inputs: {
    ...{ partition, splits: {} },
    streaming: {
      ...{ queryId, batchId: 0, timeMs: 0, epoch: 1, checkpointLocation: '', minBatchesToRetain: 1 },
      operators: Object.fromEntries(operators.map((operator) => [operator, {}])),
    },
  },
})

test('the partitions of different stages without state have homes of their own', (t) => {
  const homes = new StateHomes<string>()
  homes.set(taskOf('q', 0, 1, []), 'first')
  homes.set(taskOf('q', 0, 2, []), 'second')
  t.deepEqual(
    [1, 2, 3].map((id) => homes.of(taskOf('q', 0, id, []))),
    ['first', 'second', undefined],
  )
})

test('the partitions of different operators of a query have homes of their own', (t) => {
  const homes = new StateHomes<string>()
  // Which stage has them may differ from batch to batch.
  let stages = 0
  const inputs = (queryId: string, partition: number, ...ids: readonly number[]): OfTask =>
    taskOf(queryId, partition, stages++, ids)
  homes.set(inputs('q', 0, 1), 'first')
  homes.set(inputs('q', 0, 2, 3), 'second')
  homes.set(inputs('q', 1, 1), 'third')
  homes.set(inputs('r', 0, 1), 'fourth')
  const all = () =>
    [inputs('q', 0, 1), inputs('q', 0, 2, 3), inputs('q', 1, 1), inputs('r', 0, 1)].map((x) => homes.of(x))
  t.deepEqual(all(), ['first', 'second', 'third', 'fourth'])
  homes.forgetQuery('q')
  t.deepEqual(all(), [undefined, undefined, undefined, 'fourth'])
})

test.serial('a task waits a while for the thread that has its state, and then goes to another', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-homes-'))
  const threads = new TwoThreads()
  try {
    t.is(await threads.task('own', 0), 1)
    mock.timers.enable({ apis: ['setTimeout'] })
    const first = join(folder, 'first')
    const [before, waiting] = [threads.task('other', 0, { gate: first }), threads.task('own', 0)]
    writeFileSync(first, '')
    await before
    t.is(await waiting, 3)
    const second = join(folder, 'second')
    const [longer, moved] = [threads.task('other', 0, { gate: second }), threads.task('own', 0)]
    mock.timers.tick(99)
    mock.timers.tick(1)
    t.is(await moved, 1)
    writeFileSync(second, '')
    await longer
    t.is(await threads.task('own', 0), 2, 'it stays where it went')
  } finally {
    mock.timers.reset()
    await threads.executor.close()
    rmSync(folder, { recursive: true })
  }
})
