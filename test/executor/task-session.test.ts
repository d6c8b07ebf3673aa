import { mock } from 'node:test'
import type { MessagePort } from 'node:worker_threads'
import test from 'ava'
import { MillraceError, serializeError } from '../../common/errors/millrace-error.js'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { SharedTables } from '../../executor/pool/shared-tables.js'
import type { SlotTask } from '../../executor/pool/slot.js'
import { TaskSession } from '../../executor/pool/task-session.js'
import type { BlockSources } from '../../executor/shuffle/block-sources.js'
import { BlockStore } from '../../executor/shuffle/block-store.js'
import type { HostMessage, ThreadMessage, ThreadOrder } from '../../executor/worker/thread-protocol.js'
import type { TaskLaunch } from '../../proto/protocol.js'
import { until } from '../support/fake-cluster.js'
import { collect, scan } from '../support/fake-plans.js'
import { blockOf } from '../support/fake-task.js'
import { poolForBlocks } from '../support/memory.js'
import { playedSlot } from '../support/played-slot.js'

const LONG_MS = 3_600_000
const launch: TaskLaunch = {
  attemptId: 1,
  jobId: 1,
  stageKey: 0,
  attempt: 0,
  stage: scan(0, 1, 1, collect),
  inputs: { partition: 0, splits: {} },
  sources: [],
  owner: { kind: 'job' },
  inlineBytes: 0,
}

/** Its disk is as slow as the test wants. */
class SlowStore extends BlockStore {
  stored: (() => void) | undefined
  /** Called when the session has taken a message of blocks. */
  onTaken: () => void = () => undefined

  override put(): Promise<void> {
    queueMicrotask(() => this.onTaken())
    return new Promise((resolve) => {
      this.stored = resolve
    })
  }
}

/** A thread that emits a block, says how it ended and is free for the next task. */
class FakeSlot {
  readonly number = 0
  replaced = 0
  readonly end: ThreadMessage

  constructor(end: ThreadMessage) {
    this.end = end
  }

  async run(_task: SlotTask, port: MessagePort): Promise<void> {
    port.postMessage({ kind: 'emit', blocks: [{ partition: 0, block: blockOf([1n]) }] } satisfies ThreadMessage)
    port.postMessage(this.end)
  }

  async replace(): Promise<void> {
    this.replaced++
  }
}

test.serial(
  'a task cancelled while its output is being stored ends cancelled, and its thread is left to the next task',
  async (t) => {
    const pool = poolForBlocks(0)
    const store = new SlowStore(pool)
    const slot = new FakeSlot({
      kind: 'succeeded',
      result: { rowsRead: 0, rowsWritten: 1, spilledBytes: 0 },
      memoryBytes: 5,
      blocks: [],
    })
    const services = {
      store,
      sources: {} as BlockSources,
      pool,
      spills: false,
      tables: new SharedTables(pool),
      trimIdle: async () => {},
      callBarrier: () => {},
    }
    pool.send(0, 8)
    const underWay: number[] = [pool.heldBy(0)]
    store.onTaken = () => underWay.push(pool.heldBy(0))
    const session = new TaskSession(launch, playedSlot(slot), services)
    const running = session.run()
    await until(() => session.isOffThread)
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      session.cancel()
      store.stored!()
      t.like(await running, { kind: 'failed', error: { condition: 'OPERATION_CANCELED' }, memoryBytes: 5 })
      t.false(store.has(1))
      t.deepEqual(underWay, [8, 0], 'blocks are not under way once they were received')
      mock.timers.tick(LONG_MS)
      t.is(slot.replaced, 0)
    } finally {
      mock.timers.reset()
      await store.close()
    }
  },
)

/** Runs a task of which the test plays the thread, at the other end of the port. */
function played(
  store: BlockStore,
  onMessage: (message: HostMessage, port: MessagePort) => void,
  task: TaskLaunch = launch,
) {
  const { pool } = MemoryPool.shared({ bytes: 1 << 20, slots: 1, storeBytes: 1 << 20 })
  const thread = {
    replaced: 0,
    port: undefined as MessagePort | undefined,
    task: undefined as SlotTask | undefined,
  }
  const slot = {
    run: async (own: SlotTask, port: MessagePort) => {
      thread.port = port
      thread.task = own
      port.on('message', (order: ThreadOrder) => {
        if (order.kind === 'tell') onMessage(order.message, port)
      })
    },
    replace: async () => {
      thread.replaced++
    },
  }
  const services = {
    ...{ store, pool, spills: false, tables: new SharedTables(pool) },
    sources: {} as BlockSources,
    trimIdle: async () => {},
    callBarrier: () => {},
  }
  return { pool, thread, session: new TaskSession(task, playedSlot(slot), services) }
}

const say = (port: MessagePort, message: ThreadMessage): void => port.postMessage(message)
const FAILED: ThreadMessage = {
  kind: 'failed',
  error: serializeError(new MillraceError('OPERATION_CANCELED')),
  memoryBytes: 0,
  isThreadBroken: false,
}

test.serial('a thread that ends its task when it is told so is not ended', async (t) => {
  const store = new BlockStore(poolForBlocks(0))
  const { thread, session } = played(store, (message, port) => {
    if (message.kind === 'cancel') say(port, FAILED)
  })
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const running = session.run()
    while (!thread.port) await Promise.resolve()
    session.cancel()
    t.like(await running, { kind: 'failed', error: { condition: 'OPERATION_CANCELED' } })
    mock.timers.tick(LONG_MS)
    t.is(thread.replaced, 0)
  } finally {
    mock.timers.reset()
  }
})

test.serial('a thread that does not end its task for two seconds after it was told so is ended', async (t) => {
  const { thread, session } = played(new BlockStore(poolForBlocks(0)), () => {})
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const running = session.run()
    while (!thread.port) await Promise.resolve()
    session.cancel()
    session.cancel()
    mock.timers.tick(1_999)
    t.is(thread.replaced, 0)
    mock.timers.tick(1)
    t.is(thread.replaced, 1)
    say(thread.port, FAILED)
    t.like(await running, { kind: 'failed' })
  } finally {
    mock.timers.reset()
  }
})

test('a thread hears of its blocks also when they could not be stored, which fails the task', async (t) => {
  class FullStore extends BlockStore {
    override put(): Promise<void> {
      return Promise.reject(new MillraceError('FAILED_WRITE_FILE', { path: 'p', reason: 'full' }))
    }
  }
  const block = blockOf([1n])
  const heard: HostMessage[] = []
  const { thread, session } = played(new FullStore(poolForBlocks(0)), (message, port) => {
    heard.push(message)
    if (message.kind === 'stored')
      say(port, {
        ...{ kind: 'succeeded', result: { rowsRead: 0, rowsWritten: 1, spilledBytes: 0 }, memoryBytes: 5 },
        blocks: [],
      })
  })
  const running = session.run()
  await until(() => thread.port !== undefined)
  say(thread.port!, { kind: 'emit', blocks: [{ partition: 0, block }] })
  t.like(await running, { kind: 'failed', error: { condition: 'FAILED_WRITE_FILE' }, memoryBytes: 5 })
  t.deepEqual(heard, [{ kind: 'stored', bytes: block.bytes.length }])
})

test('the copy of a table is under way until it was received', async (t) => {
  const { pool, thread, session } = played(new BlockStore(poolForBlocks(0)), () => {})
  const running = session.run()
  await until(() => thread.port !== undefined)
  const copy = { header: new Uint8Array(96), bytes: new Uint8Array(new SharedArrayBuffer(1000)) }
  pool.send(0, 1000)
  say(thread.port!, { kind: 'madeTable', source: 0, copy })
  await until(() => pool.heldBy(0) === 0)
  say(thread.port!, FAILED)
  t.like(await running, { kind: 'failed' })
})

test('a task that runs has its part of the memory until it has ended', async (t) => {
  const { pool, thread, session } = played(new BlockStore(poolForBlocks(0)), () => {})
  t.is(pool.heldBy(0), 0)
  pool.hold(0, 1000)
  t.is(pool.part, pool.size.bytes - 1000, 'what an idle thread keeps is nobody`s part')
  const running = session.run()
  await until(() => thread.port !== undefined)
  t.is(pool.part, pool.size.bytes)
  say(thread.port!, FAILED)
  await running
  t.is(pool.part, pool.size.bytes - 1000)
})

test('a task is told from which attempts the partitions of a cache are, so that it keeps nothing of others', async (t) => {
  const groups = [
    { executorId: 'e', address: 'a', attemptIds: [3, 4] },
    { executorId: 'f', address: 'b', attemptIds: [5] },
  ]
  const sources = [{ kind: 'cache', cacheId: 'c', stageKey: 0, groups }] as const
  const { thread, session } = played(new BlockStore(poolForBlocks(0)), () => {}, { ...launch, sources })
  const running = session.run()
  await until(() => thread.port !== undefined)
  t.deepEqual(thread.task!.cacheVersions, { c: '3,4,5' })
  say(thread.port!, FAILED)
  await running
})

test('a table is made by each thread where all of its blocks are here and few, else by one', async (t) => {
  const store = new BlockStore(poolForBlocks(1 << 30))
  store.open(7, 1, { kind: 'job' })
  await store.put(7, 0, blockOf([1n]))
  store.open(8, 1, { kind: 'job' })
  await store.put(8, 0, { rows: 1, bytes: new Uint8Array(new SharedArrayBuffer(2 << 20)) })
  for (const [attemptIds, isShared] of [
    [[7], false],
    [[7, 8], true],
    // How large what others hold is, is not known.
    [[7, 9], true],
  ] as const) {
    const heard: HostMessage[] = []
    const groups = [{ executorId: 'e', address: 'a', attemptIds }]
    const sources = [{ kind: 'stage', stageId: 0, stageKey: 0, groups }] as const
    const { thread, session } = played(store, (message) => heard.push(message), { ...launch, sources })
    const running = session.run()
    await until(() => thread.port !== undefined)
    say(thread.port!, { kind: 'claimTable', source: 0, stageId: 0 })
    await until(() => heard.length > 0)
    t.deepEqual(heard, [{ kind: 'table', source: 0, claim: { kind: 'make', isShared } }])
    say(thread.port!, FAILED)
    await running
  }
  await store.close()
})

test('a thread that dies fails its task to be tried again, one that cannot start with the condition that says why', async (t) => {
  const failing = async (error: Error) => {
    const key = { jobId: 1, stageKey: 0, source: 0 }
    const { pool } = MemoryPool.shared({ bytes: 0, slots: 2, storeBytes: 0 })
    let replaced = 0
    const slot = {
      number: 0,
      run: () => Promise.reject(error),
      replace: async () => {
        replaced++
      },
    }
    const services = {
      store: new BlockStore(pool),
      sources: {} as BlockSources,
      spills: false,
      tables: new SharedTables(pool),
      trimIdle: async () => {},
      callBarrier: () => {},
      pool,
    }
    await services.tables.claim(key, 0)
    const other = services.tables.claim(key, 1)
    const outcome = await new TaskSession(launch, playedSlot(slot), services).run()
    t.deepEqual(await other, { kind: 'make', isShared: true }, 'what it was to make, another task makes')
    t.is(replaced, 1, 'the next task gets another thread')
    return outcome
  }
  t.like(await failing(new Error('gone')), {
    kind: 'failed',
    error: { condition: 'TASK_THREAD_DIED', parameters: { reason: 'gone' } },
  })
  t.like(await failing(new MillraceError('KERNELS_MISMATCH', { differences: 'x' })), {
    kind: 'failed',
    error: { condition: 'KERNELS_MISMATCH' },
  })
})
