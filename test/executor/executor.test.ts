import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { Executor } from '../../executor/executor.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import type { ThreadData } from '../../executor/worker/thread-protocol.js'
import type { ExecutorMessage, TaskLaunch, TaskSource } from '../../proto/protocol.js'
import { FAKE_MODULES, until } from '../support/fake-cluster.js'
import { collect, type FakeBehaviour, scan, sumOfAll } from '../support/fake-plans.js'
import { blockOf, valuesOf } from '../support/fake-task.js'
import { raised } from '../support/raised.js'

/** What an executor of one thread sends, and its end with the test. */
class OneThread {
  readonly executor: Executor
  readonly sent: ExecutorMessage[] = []
  readonly #directory = mkdtempSync(join(tmpdir(), 'executor-test-'))
  #gates = 0

  /** @param program that of its thread, in place of the fake task's */
  constructor(t: ExecutionContext, program?: string) {
    const entry = join(this.#directory, 'entry.mjs')
    if (program !== undefined) writeFileSync(entry, program)
    const own = { entry, module: undefined } as unknown as ThreadData
    this.executor = new Executor({
      executorId: 'one',
      slots: 1,
      memoryBytes: 1 << 28,
      threads: program === undefined ? threadDataOnce(FAKE_MODULES) : async () => own,
      client: { fetch: () => elsewhere(), fetchLocal: () => elsewhere() },
      send: (message) => this.sent.push(message),
    })
    t.teardown(async () => {
      await this.executor.close()
      rmSync(this.#directory, { recursive: true })
    })
  }

  launch(attemptId: number, stage: TaskLaunch['stage'], rest: Partial<TaskLaunch> = {}): void {
    const launch: TaskLaunch = {
      ...{ attemptId, jobId: 1, stageKey: 0, attempt: 0, stage, sources: [], inlineBytes: 0 },
      inputs: { partition: 0, splits: { 0: [{ from: 0, until: Number(stage.id) }] } },
      owner: { kind: 'job' },
      ...rest,
    }
    this.executor.handle({ kind: 'launchTask', launch })
  }

  /** The end of an attempt, which is told once. */
  async end(attemptId: number): Promise<ExecutorMessage> {
    const told = (): readonly ExecutorMessage[] =>
      this.sent.filter((message) => 'attemptId' in message && message.attemptId === attemptId)
    await until(() => told().length > 0)
    return told()[0]!
  }

  /** A task that behaves so waits until the gate is opened or it is cancelled; the next one has another gate. */
  atGate(): FakeBehaviour {
    this.#gates++
    return { gate: this.#gate }
  }

  get #gate(): string {
    return join(this.#directory, String(this.#gates))
  }

  /** When the last such task has come to its gate. */
  waits(): Promise<void> {
    return until(() => existsSync(`${this.#gate}.${process.pid}.0.waiting`))
  }

  openGate(): void {
    writeFileSync(this.#gate, '')
  }

  get storedBytes(): number {
    return this.executor.memoryUsage.storedBytes
  }
}

/** What other executors have. */
async function* elsewhere(): AsyncGenerator<Block> {
  yield blockOf([1n, 2n, 3n, 4n, 5n])
}

/** A scan of so many numbers. */
const numbers = (count: number, behaviour?: FakeBehaviour) => scan(count, count, 1, collect, behaviour)
const CACHE = { kind: 'cache', cacheId: 'c' } as const

async function held(executor: Executor, attemptId: number): Promise<readonly bigint[]> {
  const values: bigint[] = []
  for await (const block of executor.fetch({ kind: 'attempts', attemptIds: [attemptId], partition: 0 }))
    values.push(...valuesOf(block))
  return values
}

test('a task that is told twice runs once, and one that waits for a slot ends at once when it is cancelled', async (t) => {
  const one = new OneThread(t)
  const first = numbers(0, one.atGate())
  one.launch(1, first)
  one.launch(1, first)
  one.launch(2, numbers(0))
  await one.waits()
  one.executor.handle({ kind: 'cancelTask', attemptId: 2 })
  t.like(one.sent, [{ kind: 'taskFailed', attemptId: 2, error: { condition: 'OPERATION_CANCELED' } }])
  one.executor.handle({ kind: 'cancelTask', attemptId: 1 })
  t.like(await one.end(1), { kind: 'taskFailed', error: { condition: 'OPERATION_CANCELED' } })
  one.launch(3, numbers(0, { fault: 'age' }), { inlineBytes: 100 })
  const third = await one.end(3)
  t.deepEqual(third.kind === 'taskSucceeded' && valuesOf(third.blocks![0]!), [2n], 'the second task of its thread')
  t.is(one.sent.length, 3)
})

test('an output goes with the message up to a size and is not kept then, unless others are to read it', async (t) => {
  const one = new OneThread(t)
  for (const [attemptId, count, inlineBytes] of [
    [1, 10, 80],
    [2, 10, 79],
    [3, 0, 0],
  ] as const) {
    one.launch(attemptId, numbers(count), { inlineBytes })
    await one.end(attemptId)
  }
  const [inlined, stored, nothing] = one.sent
  t.is(inlined?.kind === 'taskSucceeded' ? inlined.blocks?.length : undefined, 1)
  for (const message of [stored, nothing]) t.false('blocks' in message!)
  await raised(t, held(one.executor, 1), 'OUTPUT_NOT_HELD')
  t.is(one.storedBytes, 80)
  t.is((await held(one.executor, 2)).length, 10)
  t.deepEqual(await held(one.executor, 3), [])
})

test('a job that ends takes its tasks along, but not one that fills a cache, nor keeps what that collected for it', async (t) => {
  const one = new OneThread(t)
  const groups = [{ executorId: 'other', address: 'there:1', attemptIds: [7] }]
  const sources: readonly TaskSource[] = [{ kind: 'stage', stageId: 0, stageKey: 0, groups }]
  one.launch(1, sumOfAll(1, 0, 1, collect, one.atGate()), { owner: CACHE, sources })
  await one.waits()
  one.executor.handle({ kind: 'releaseJob', jobId: 1 })
  one.openGate()
  t.is((await one.end(1)).kind, 'taskSucceeded')
  t.deepEqual(await held(one.executor, 1), [15n])
  t.is(one.storedBytes, 8)
  one.launch(2, numbers(5, one.atGate()))
  await one.waits()
  one.executor.handle({ kind: 'releaseJob', jobId: 1 })
  t.like(await one.end(2), { kind: 'taskFailed', error: { condition: 'OPERATION_CANCELED' } })
  one.executor.handle({ kind: 'dropCache', cacheId: 'c' })
  t.is(one.storedBytes, 0)
})

test('an executor that ends tells nobody of the tasks that it ended, and runs none that comes later', async (t) => {
  const one = new OneThread(t)
  one.launch(1, numbers(0, one.atGate()))
  one.launch(2, numbers(0))
  await one.waits()
  const closing = one.executor.close()
  one.launch(3, numbers(0))
  await closing
  t.deepEqual(one.sent, [])
  t.is(one.storedBytes, 0)
})

test('an executor encrypts what its store puts into files as it is told, and gives out no blocks of a driver', async (t) => {
  const { executor } = new OneThread(t)
  executor.handle({ kind: 'protectFiles', protection: { keyBits: 256, stateKeys: [] } })
  t.is(executor.store.keyBits, 256)
  const local = executor.fetch({ kind: 'local', id: 'rows', from: 0, until: 1 })
  await raised(t, () => local.next(), 'REQUEST_REFUSED')
})

/** A thread that tells what it was told with a task, how many it has run, and that it holds as much memory as its split says. */
const TELLING = `let tasks = 0
export function serve(port) {
  port.on('message', ({ kind, task }) => {
    if (kind !== 'run') return
    const { inputs, droppedCaches, droppedStates, spills } = task
    const told = { tasks: ++tasks, droppedCaches, droppedStates, spills }
    const result = { rowsRead: 0, rowsWritten: 0, spilledBytes: 0, told }
    port.postMessage({ kind: 'succeeded', result, memoryBytes: inputs.splits[0][0], blocks: [] })
  })
}`

test('a thread is told with its next task what was dropped, and whether that is to do with little memory', async (t) => {
  const one = new OneThread(t, TELLING)
  let attemptId = 0
  const told = async (rest: Partial<TaskLaunch> = {}, memoryBytes = 0): Promise<unknown> => {
    const inputs = { partition: 0, splits: { 0: [memoryBytes] } }
    one.launch(++attemptId, numbers(0), { inputs, ...rest })
    const end = await one.end(attemptId)
    return end.kind === 'taskSucceeded' ? (end.report as { readonly told?: unknown }).told : end
  }
  const nothing = { droppedCaches: [], droppedStates: [], spills: false }
  t.deepEqual(await told(), { ...nothing, tasks: 1 })
  one.executor.handle({ kind: 'dropCache', cacheId: 'c' })
  one.executor.handle({ kind: 'dropState', queryId: 'q' })
  t.deepEqual(await told(), { ...nothing, tasks: 2, droppedCaches: ['c'], droppedStates: ['q'] })
  t.deepEqual(await told({ together: ['one'] }), { ...nothing, tasks: 3, spills: true }, 'it could not be run again')
})

test('a thread is replaced when it has taken half as much again as its share of what it does not hold', async (t) => {
  const one = new OneThread(t, TELLING)
  const { share } = one.executor.memory
  let attemptId = 0
  /** How many tasks the thread had run with this one, after which it has so much memory, of which it holds a part. */
  const tasks = async (shares: number, heldShares: number): Promise<number> => {
    one.executor.memory.hold(0, heldShares * share)
    one.launch(++attemptId, numbers(0), { inputs: { partition: 0, splits: { 0: [shares * share] } } })
    const end = await one.end(attemptId)
    return (end as unknown as { readonly report: { readonly told: { readonly tasks: number } } }).report.told.tasks
  }
  t.is(await tasks(1.5, 0), 1)
  t.is(await tasks(2.5, 1), 2)
  t.is(await tasks(2.75, 1), 3)
  t.is(await tasks(0, 0), 1, 'it held too much')
  t.is(await tasks(0, 0), 2)
})
