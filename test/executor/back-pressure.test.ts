import type { MessagePort } from 'node:worker_threads'
import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SlotMemory } from '../../executor/memory/slot-memory.js'
import { SharedTables } from '../../executor/pool/shared-tables.js'
import type { SlotTask } from '../../executor/pool/slot.js'
import { TaskSession } from '../../executor/pool/task-session.js'
import type { BlockSources } from '../../executor/shuffle/block-sources.js'
import { BlockStore } from '../../executor/shuffle/block-store.js'
import { PortEnvironment } from '../../executor/worker/port-environment.js'
import {
  EMIT_WINDOW_BYTES,
  MESSAGE_BLOCKS,
  MESSAGE_BYTES,
  STREAM_WINDOW,
  type ThreadMessage,
  type ThreadOrder,
} from '../../executor/worker/thread-protocol.js'
import type { TaskLaunch } from '../../proto/protocol.js'
import { until } from '../support/fake-cluster.js'
import { collect, scan } from '../support/fake-plans.js'
import { playedSlot } from '../support/played-slot.js'

const MIB = 1024 ** 2
const PATIENCE_MS = 120_000
const LAUNCH: TaskLaunch = {
  attemptId: 1,
  jobId: 1,
  stageKey: 0,
  attempt: 0,
  stage: scan(0, 1, 1, collect),
  inputs: { partition: 0, splits: {} },
  sources: [{ kind: 'stage', stageId: 0, stageKey: 0, groups: [] }],
  owner: { kind: 'job' },
  inlineBytes: 0,
}

const blockOfBytes = (bytes: number): Block => ({ rows: 1, bytes: new Uint8Array(new SharedArrayBuffer(bytes)) })
/** Time for whatever can happen without the test to happen. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await new Promise(setImmediate)
}

/** Its disk stores a block when the test says so. */
class HeldStore extends BlockStore {
  readonly waiting: { readonly store: () => void; readonly fail: (error: Error) => void }[] = []
  puts = 0

  override put(): Promise<void> {
    this.puts++
    return new Promise((store, fail) => this.waiting.push({ store, fail }))
  }
}

type Body = (environment: PortEnvironment) => Promise<void>

/** A slot whose task is a function of the test, on the other end of the port. */
class TestSlot {
  /** Kinds of the messages from the task and to it. */
  readonly sent: string[] = []
  readonly heard: string[] = []
  readonly #body: Body
  readonly #memory: SlotMemory

  constructor(body: Body, memory: SlotMemory) {
    this.#body = body
    this.#memory = memory
  }

  async run(task: SlotTask, port: MessagePort): Promise<void> {
    const noConnectors = (): never => {
      throw new Error('no connectors')
    }
    const post = port.postMessage.bind(port)
    port.postMessage = (message: ThreadMessage) => {
      this.sent.push(message.kind)
      post(message)
    }
    const environment = new PortEnvironment(
      { ...task, droppedCaches: [], droppedStates: [] },
      port,
      this.#memory,
      noConnectors,
    )
    port.on('message', (order: ThreadOrder) => {
      if (order.kind !== 'tell') return
      this.heard.push(order.message.kind)
      environment.receive(order.message)
    })
    try {
      await this.#body(environment)
      environment.succeed({ rowsRead: 0, rowsWritten: 1, spilledBytes: 0 }, 0)
    } catch (error) {
      environment.end({ kind: 'failed', error: serializeError(error), memoryBytes: 0, isThreadBroken: false })
    }
  }

  async replace(): Promise<void> {}
}

function started(body: Body, blocks: AsyncIterable<Block> = (async function* () {})()) {
  const { pool, handle } = MemoryPool.shared({ bytes: 1024 * MIB, slots: 1, storeBytes: 512 * MIB })
  const store = new HeldStore(pool)
  const sources = { partitions: () => blocks } as unknown as BlockSources
  const own = { spills: false, tables: new SharedTables(pool), trimIdle: async () => {}, callBarrier: () => {} }
  const services = { store, sources, pool, ...own }
  const slot = new TestSlot(body, SlotMemory.of(handle, 0))
  const session = new TaskSession(LAUNCH, playedSlot(slot), services)
  return { pool, store, slot, session, outcome: session.run() }
}

test('a task that emits faster than its blocks are stored waits at a limit, until half of it is stored', async (t) => {
  t.timeout(PATIENCE_MS)
  const block = blockOfBytes(4 * MIB)
  const within = EMIT_WINDOW_BYTES / block.bytes.length
  let emitted = 0
  const { pool, store, outcome } = started(async (environment) => {
    for (let i = 0; i < 3 * within; i++) {
      emitted++
      await environment.emit(0, block)
    }
  })
  await until(() => store.puts === within + 1)
  await turns()
  t.is(emitted, within + 1)
  for (const { store: done } of store.waiting.splice(0, within / 2)) done()
  await turns()
  t.is(emitted, within + 1, 'more than half of the limit waits')
  store.waiting.shift()!.store()
  await until(() => emitted === within + 1 + within / 2 + 1)
  await turns()
  t.is(emitted, within + 1 + within / 2 + 1)
  while (emitted < 3 * within || store.waiting.length > 0) {
    for (const { store: done } of store.waiting.splice(0)) done()
    await turns()
  }
  t.is((await outcome).kind, 'succeeded')
  t.is(store.puts, 3 * within)
  t.is(pool.heldBy(0), 0, 'nothing is under way any more')
})

test('a task that waits for its blocks to be stored ends when it is cancelled', async (t) => {
  t.timeout(PATIENCE_MS)
  const block = blockOfBytes(EMIT_WINDOW_BYTES + 1)
  const { store, session, outcome } = started(async (environment) => environment.emit(0, block))
  await until(() => store.puts === 1)
  await turns()
  session.cancel()
  t.like(await outcome, { kind: 'failed', error: { condition: 'OPERATION_CANCELED' } })
})

test('a task has succeeded when all of its output is stored, and not when some could not be', async (t) => {
  t.timeout(PATIENCE_MS)
  // Those of few bytes come with the end of the task.
  for (const [isFull, bytes] of [
    [false, MESSAGE_BYTES],
    [true, MESSAGE_BYTES],
    [false, 8],
    [true, 8],
  ] as const) {
    const { store, outcome } = started(async (environment) => {
      for (let i = 0; i < 3; i++) await environment.emit(i, blockOfBytes(bytes))
    })
    let ended: string | undefined
    void outcome.then(({ kind }) => {
      ended = kind
    })
    await until(() => store.puts === 3)
    store.waiting[1]!.store()
    store.waiting[2]!.store()
    await turns()
    t.is(ended, undefined, 'the first is not stored yet')
    t.true(store.has(1))
    if (isFull) store.waiting[0]!.fail(new MillraceError('FAILED_WRITE_FILE', { path: 'x', reason: 'full' }))
    else store.waiting[0]!.store()
    t.like(
      await outcome,
      isFull ? { kind: 'failed', error: { condition: 'FAILED_WRITE_FILE' } } : { kind: 'succeeded' },
    )
    t.is(store.has(1), !isFull, 'nothing is kept of what failed')
  }
})

test('blocks are read no further ahead than a task takes them, and not on when it has enough', async (t) => {
  t.timeout(PATIENCE_MS)
  let read = 0
  let isClosed = false
  const many = async function* () {
    try {
      while (read < 40) {
        read++
        yield blockOfBytes(MESSAGE_BYTES)
      }
    } finally {
      isClosed = true
    }
  }
  const steps: (() => void)[] = []
  const { outcome } = started(async (environment) => {
    let taken = 0
    for await (const _ of environment.shuffleBlocks(0)) {
      if (++taken === 4) break
      await new Promise<void>((resolve) => steps.push(resolve))
    }
  }, many())
  for (let taken = 1; taken <= 3; taken++) {
    await until(() => steps.length === 1)
    await turns()
    // Those under way, and one that waits to be sent.
    t.is(read, taken + STREAM_WINDOW + 1)
    t.false(isClosed)
    steps.pop()!()
  }
  t.is((await outcome).kind, 'succeeded')
  await until(() => isClosed)
  t.true(read <= 4 + STREAM_WINDOW + 2, `${read}`)
})

test('blocks that a task did not wait for are read no further when it has ended', async (t) => {
  t.timeout(PATIENCE_MS)
  let read = 0
  let isClosed = false
  const many = async function* () {
    try {
      for (;;) {
        read++
        yield blockOfBytes(MESSAGE_BYTES)
      }
    } finally {
      isClosed = true
    }
  }
  let end!: () => void
  const mayEnd = new Promise<void>((resolve) => {
    end = resolve
  })
  const { outcome } = started(async (environment) => {
    await environment.shuffleBlocks(0)[Symbol.asyncIterator]().next()
    await mayEnd
  }, many())
  // Those under way, and one that waits to be sent.
  await until(() => read === 1 + STREAM_WINDOW + 1)
  end()
  t.is((await outcome).kind, 'succeeded')
  await until(() => isClosed)
})

test('blocks that fill no message come all the same, as do those behind the last full one', async (t) => {
  for (const count of [1, 3, MESSAGE_BLOCKS + 1]) {
    const taken: number[] = []
    const few = async function* () {
      for (let i = 0; i < count; i++) yield { ...blockOfBytes(8), rows: i }
    }
    const { outcome } = started(async (environment) => {
      for await (const { rows } of environment.shuffleBlocks(0)) taken.push(rows)
    }, few())
    t.is((await outcome).kind, 'succeeded')
    t.deepEqual(
      taken,
      Array.from({ length: count }, (_, i) => i),
    )
  }
})

test('a small task gets each stream by one message, and brings its output with its end', async (t) => {
  const few = async function* () {
    for (let i = 0; i < 3; i++) yield blockOfBytes(8)
  }
  const { store, slot, outcome } = started(async (environment) => {
    for await (const block of environment.shuffleBlocks(0)) await environment.emit(0, block)
    for await (const _ of environment.shuffleBlocks(0)) t.fail('the stream has ended')
  }, few())
  await until(() => store.puts === 3)
  for (const { store: done } of store.waiting.splice(0)) done()
  t.is((await outcome).kind, 'succeeded')
  t.deepEqual(slot.sent, ['open', 'open', 'succeeded'])
  t.deepEqual(slot.heard, ['blocks', 'end'])
})
