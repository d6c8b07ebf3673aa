import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import test from 'ava'
import { MemoryPool } from '../../executor/memory/memory-pool.js'
import { Slot, type SlotTask } from '../../executor/pool/slot.js'
import { threadDataOnce } from '../../executor/thread-data.js'
import type { ThreadData } from '../../executor/worker/thread-protocol.js'
import type { Stage } from '../../planner/plan/physical/plan.js'
import { FAKE_MODULES } from '../support/fake-cluster.js'

test('a slot whose thread could not be started starts one when what it needs is there', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'slot-test-'))
  const kernels = join(directory, 'kernels.wasm')
  const modules = { ...FAKE_MODULES, kernels: pathToFileURL(kernels).href }
  const shared = MemoryPool.shared({ bytes: 1 << 30, slots: 1, storeBytes: 0 })
  const slot = new Slot(0, threadDataOnce(modules), shared)
  try {
    await t.throwsAsync(slot.start(), { code: 'ENOENT' })
    await slot.replace()
    copyFileSync(fileURLToPath(new URL('../../executor/kernels/kernels.wasm', import.meta.url)), kernels)
    await t.notThrowsAsync(slot.start())
    shared.pool.hold(0, 1000)
    await slot.replace()
    t.is(shared.pool.heldBy(0), 0, 'what its thread held is free')
    await slot.start()
    const gone = slot.replace()
    await slot.start()
    shared.pool.hold(0, 1000)
    await gone
    t.is(shared.pool.heldBy(0), 1000, 'the next thread begins when the one before is gone')
  } finally {
    await slot.replace()
    rmSync(directory, { recursive: true })
  }
})

/** What a thread tells of a task that it was given. */
const ENTRY = `export function serve(port) {
  port.on('message', ({ task }) =>
    port.postMessage({ kind: 'succeeded', hasStage: 'stage' in task, caches: task.droppedCaches, states: task.droppedStates }))
}`

test('a thread is sent a stage with the first of its tasks, and once each what is dropped before it; the next thread is sent it anew', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'slot-test-'))
  const entry = join(directory, 'entry.mjs')
  writeFileSync(entry, ENTRY)
  const data = { entry, module: undefined } as unknown as ThreadData
  const slot = new Slot(0, () => Promise.resolve(data), MemoryPool.shared({ bytes: 1 << 30, slots: 1, storeBytes: 0 }))
  const [first, second] = [{}, {}] as unknown as readonly [Stage, Stage]
  const ran = async (jobId: number, stage: Stage): Promise<unknown> => {
    let told: unknown
    await slot.run({ jobId, stage } as unknown as SlotTask, ({ kind: _, ...rest }) => {
      told = rest
    })
    return told
  }
  try {
    slot.dropCache('before there was a thread')
    const [nothing, sent] = [{ caches: [], states: [] }, { hasStage: true }]
    t.deepEqual(await ran(1, first), { ...sent, ...nothing })
    t.deepEqual(await ran(1, first), { hasStage: false, ...nothing })
    slot.dropCache('c')
    slot.dropState('q')
    t.deepEqual(await ran(2, first), { ...sent, caches: ['c'], states: ['q'] }, 'that of another job')
    t.deepEqual(await ran(2, second), { ...sent, ...nothing })
    slot.dropCache('d')
    slot.dropState('r')
    await slot.replace()
    t.deepEqual(await ran(2, second), { ...sent, ...nothing })
    t.deepEqual(await ran(2, second), { hasStage: false, ...nothing })
  } finally {
    await slot.replace()
    rmSync(directory, { recursive: true })
  }
})

/** A thread whose tasks end when they are told something, and which ends with a task that is another attempt, and when it is to trim for the second time. */
const DYING_ENTRY = `let trims = 0
export function serve(port) {
  port.on('message', ({ kind, task, message }) => {
    if (kind === 'tell') port.postMessage({ kind: 'succeeded', told: message.kind })
    else if (kind === 'run' && task.attempt > 0) process.exit(3)
    else if (kind === 'trim' && ++trims > 1) process.exit(2)
    else if (kind === 'trim') port.postMessage({ kind: 'keepsLess' })
  })
}`

test.serial(
  'a thread that ends with a task fails it, one that ends without leaves the next task to another, and what a task is told early it hears',
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'slot-test-'))
    const entry = join(directory, 'entry.mjs')
    writeFileSync(entry, DYING_ENTRY)
    const { pool, handle } = MemoryPool.shared({ bytes: 1 << 30, slots: 1, storeBytes: 0 })
    const slot = new Slot(0, () => Promise.resolve({ entry } as unknown as ThreadData), { pool, handle })
    const stage = {} as unknown as Stage
    const heard: unknown[] = []
    let threads = 0
    const began = (): void => void threads++
    process.on('worker', began)
    const run = (attempt: number): Promise<void> =>
      slot.run({ jobId: 1, stage, attempt } as unknown as SlotTask, (message) => heard.push(message))
    try {
      const first = run(0)
      // There is no thread yet.
      slot.tell({ kind: 'cancel' })
      await first
      t.deepEqual(heard.splice(0), [{ kind: 'succeeded', told: 'cancel' }])
      await slot.trim()
      t.deepEqual(heard, [], 'what the thread says of itself is no word of a task')
      pool.hold(0, 1000)
      await t.throwsAsync(slot.trim(), { message: /ended with code 2/ })
      // What it held is free without a task that would tell of its end.
      while (pool.heldBy(0) > 0) await new Promise((resolve) => setImmediate(resolve))
      await t.throwsAsync(run(1), { message: /ended with code 3/ })
      await slot.replace()
      const last = run(0)
      slot.tell({ kind: 'cancel' })
      await last
      t.deepEqual(heard.splice(0), [{ kind: 'succeeded', told: 'cancel' }])
      // Whoever cancels a task that has just ended does not mean the next one.
      slot.tell({ kind: 'cancel' })
      const next = run(0)
      slot.tell({ kind: 'trimmed' })
      await next
      t.deepEqual(heard, [{ kind: 'succeeded', told: 'trimmed' }])
      t.is(threads, 3, 'no thread is begun in the place of a dead one but for the next task')
    } finally {
      process.off('worker', began)
      await slot.replace()
      rmSync(directory, { recursive: true })
    }
  },
)
