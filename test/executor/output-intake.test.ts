import test, { type ExecutionContext } from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { BlockClient } from '../../executor/shuffle/block-sources.js'
import { BlockStore } from '../../executor/shuffle/block-store.js'
import { OutputIntake } from '../../executor/shuffle/output-intake.js'
import type { ExecutorMessage, FetchedBlock, FetchRequest, TakeOutput } from '../../proto/protocol.js'
import { until } from '../support/fake-cluster.js'
import { poolForBlocks } from '../support/memory.js'

const ORDER: TakeOutput = {
  attemptId: 3,
  jobId: 1,
  owner: { kind: 'job' },
  address: 'the one that goes',
}
const block = (rows: number, partition?: number): FetchedBlock => ({
  rows,
  bytes: new Uint8Array(new SharedArrayBuffer(100)).fill(rows),
  ...(partition === undefined ? {} : { partition }),
})
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
}

type Step = FetchedBlock | Error | 'end'

/** What the executor that goes sends, one block after the other as the test says so. */
class Sender implements BlockClient {
  readonly fetches: { readonly address: string; readonly attemptId: number }[] = []
  ended = 0
  #sent = 0
  #taken = 0
  #waiting: ((step: Step) => void) | undefined

  async *fetch(address: string, request: FetchRequest, signal: AbortSignal): AsyncGenerator<FetchedBlock> {
    this.fetches.push({ address, attemptId: request.kind === 'output' ? request.attemptId : -1 })
    const aborted = new Promise<Error>((resolve) => {
      signal.addEventListener('abort', () => resolve(new Error('aborted')))
    })
    try {
      for (;;) {
        const next = new Promise<Step>((resolve) => {
          this.#waiting = resolve
        })
        const step = await Promise.race([aborted, next])
        this.#taken++
        if (step === 'end') return
        if (step instanceof Error) throw step
        yield step
      }
    } finally {
      this.ended++
    }
  }

  fetchLocal(): AsyncIterable<never> {
    throw new Error('blocks of the session are not asked for here')
  }

  /** Has whoever fetches take one step more. */
  async send(step: Step): Promise<void> {
    await until(() => this.#waiting !== undefined)
    const take = this.#waiting!
    this.#waiting = undefined
    take(step)
    this.#sent++
    await until(() => this.#taken === this.#sent)
    await turns()
  }
}

interface Parts {
  readonly store: BlockStore
  readonly sender: Sender
  readonly intake: OutputIntake
  readonly told: ExecutorMessage[]
}

async function withIntake(t: ExecutionContext, budget: number, body: (parts: Parts) => Promise<void>): Promise<void> {
  const store = new BlockStore(poolForBlocks(budget))
  const sender = new Sender()
  const told: ExecutorMessage[] = []
  const intake = new OutputIntake(store, sender, (message) => told.push(message))
  t.teardown(async () => {
    await intake.close()
    await store.close()
  })
  await body({ store, sender, intake, told })
}

const rowsOf = async (store: BlockStore, partition: number | 'all'): Promise<readonly number[]> => {
  const rows: number[] = []
  for await (const one of store.read(ORDER.attemptId, partition)) rows.push(one.rows)
  return rows
}

test('an output is taken once, however often it is ordered, and told when all of it is stored', (t) =>
  withIntake(t, 100, async ({ store, sender, intake, told }) => {
    intake.take(ORDER)
    intake.take(ORDER)
    await sender.send(block(1, 2))
    await sender.send(block(2, 0))
    intake.take(ORDER)
    await sender.send(block(3, 2))
    await sender.send(block(4))
    t.deepEqual(told, [])
    await sender.send('end')
    await until(() => told.length > 0)
    t.deepEqual(sender.fetches, [{ address: ORDER.address, attemptId: 3 }])
    t.deepEqual(told, [{ kind: 'outputTaken', attemptId: 3 }])
    t.deepEqual(
      [await rowsOf(store, 2), await rowsOf(store, 0)],
      [
        [1, 3],
        [2, 4],
      ],
    )
    intake.take(ORDER)
    await turns()
    t.is(sender.fetches.length, 1, 'what is here is not fetched again')
    t.deepEqual(told, Array(2).fill({ kind: 'outputTaken', attemptId: 3 }))
  }))

test('a block that does not fit into memory is in a file before the output is told to be taken', (t) =>
  withIntake(t, 0, async ({ store, sender, intake, told }) => {
    const put = store.put.bind(store)
    const stored: number[] = []
    let write!: () => void
    const mayWrite = new Promise<void>((resolve) => {
      write = resolve
    })
    store.put = async (...args) => {
      await mayWrite
      await put(...args)
      stored.push(args[2].rows)
    }
    intake.take(ORDER)
    await sender.send(block(1))
    t.deepEqual(told, [])
    write()
    await sender.send(block(2))
    await sender.send('end')
    await until(() => told.length > 0)
    t.deepEqual(stored, [1, 2])
    t.deepEqual(told, [{ kind: 'outputTaken', attemptId: 3 }])
    t.deepEqual(await rowsOf(store, 'all'), [1, 2])
  }))

test('of an output that breaks off nothing is kept, and it can be ordered again', (t) =>
  withIntake(t, 1000, async ({ store, sender, intake, told }) => {
    intake.take(ORDER)
    await sender.send(block(1))
    await sender.send(new MillraceError('BLOCKS_UNAVAILABLE', { address: 'a', reason: 'x'.repeat(5000) }))
    t.false(store.has(3))
    const [answer] = told
    t.is(answer?.kind, 'outputNotTaken')
    t.is(answer?.kind === 'outputNotTaken' ? answer.reason.length : 0, 1000)
    intake.take(ORDER)
    await sender.send(block(2))
    await sender.send('end')
    t.deepEqual(told.slice(1), [{ kind: 'outputTaken', attemptId: 3 }])
    t.deepEqual(await rowsOf(store, 'all'), [2])
  }))

test('of an output that is dropped meanwhile no more is fetched, and nobody is told', (t) =>
  withIntake(t, 1000, async ({ store, sender, intake, told }) => {
    intake.take(ORDER)
    await sender.send(block(1))
    store.releaseJob(ORDER.jobId)
    await sender.send(block(2))
    t.is(sender.ended, 1)
    t.false(store.has(3))
    t.deepEqual(told, [])
  }))

test('an executor that ends takes no more, and waits for what is under way', (t) =>
  withIntake(t, 1000, async ({ store, sender, intake, told }) => {
    intake.take(ORDER)
    await sender.send(block(1))
    await intake.close()
    t.is(sender.ended, 1)
    t.false(store.has(3))
    t.deepEqual(told, [])
  }))
