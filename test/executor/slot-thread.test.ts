import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import test, { type ExecutionContext } from 'ava'
import { SlotThread } from '../../executor/pool/slot-thread.js'
import type { SlotData, ThreadTask } from '../../executor/worker/thread-protocol.js'

/** A thread that answers when it is told to: a task by `cancel`, a trim by `trimmed`. It ends with a task that is another attempt. */
const ENTRY = `export function serve(port) {
  port.on('message', ({ kind, task, message }) => {
    if (kind === 'run' && task.attempt > 0) process.exit(3)
    if (kind === 'tell') port.postMessage({ kind: message.kind === 'cancel' ? 'succeeded' : 'keepsLess' })
  })
}`

const taskOf = (attempt: number): ThreadTask => ({ attempt }) as unknown as ThreadTask
const UNHEARD = (): void => undefined

/** Whether the threads that were started since keep the process alive. */
function keptAlive(t: ExecutionContext): () => boolean {
  const { ref, unref } = Worker.prototype
  const alive = new Set<Worker>()
  Worker.prototype.ref = function (this: Worker) {
    alive.add(this)
    ref.call(this)
  }
  Worker.prototype.unref = function (this: Worker) {
    alive.delete(this)
    unref.call(this)
  }
  t.teardown(() => {
    Object.assign(Worker.prototype, { ref, unref })
  })
  return () => alive.size > 0
}

async function started(t: ExecutionContext, code = ENTRY, onGone: () => void = UNHEARD): Promise<SlotThread> {
  const directory = mkdtempSync(join(tmpdir(), 'slot-thread-test-'))
  const entry = join(directory, 'entry.mjs')
  writeFileSync(entry, code)
  const thread = await SlotThread.start({ entry } as unknown as SlotData, onGone)
  t.teardown(async () => {
    await thread.destroy()
    rmSync(directory, { recursive: true })
  })
  return thread
}

test.serial('a thread keeps its process alive while a task or a trim is awaited, and no longer', async (t) => {
  const isAlive = keptAlive(t)
  const thread = await started(t)
  const run = (): Promise<void> => thread.run(taskOf(0), UNHEARD)
  const first = run()
  thread.tell({ kind: 'cancel' })
  await first
  // Its pool, which let it go, may hear of its begin after that.
  while (isAlive()) await new Promise((resolve) => setImmediate(resolve))
  for (const last of ['task', 'trim']) {
    const task = run()
    t.true(isAlive(), 'from the call on')
    const trim = thread.trim()
    const [before, behind] = last === 'task' ? [trim, task] : [task, trim]
    thread.tell({ kind: last === 'task' ? 'trimmed' : 'cancel' })
    await before
    t.true(isAlive(), `a ${last} is awaited`)
    thread.tell({ kind: last === 'task' ? 'cancel' : 'trimmed' })
    await behind
    t.false(isAlive(), `no ${last} is awaited any more`)
  }
})

test.serial('trims are answered in the order in which they were asked for', async (t) => {
  const thread = await started(t)
  const answered: string[] = []
  const trims = ['first', 'second'].map((name) => thread.trim().then(() => answered.push(name)))
  for (const _ of trims) thread.tell({ kind: 'trimmed' })
  await Promise.all(trims)
  t.deepEqual(answered, ['first', 'second'])
})

test.serial('who waits for a thread that ends is told why, and so is who asks it for something later', async (t) => {
  let gone = 0
  const thread = await started(t, ENTRY, () => gone++)
  const trim = t.throwsAsync(thread.trim(), { message: /ended with code 3/ })
  await t.throwsAsync(thread.run(taskOf(1), UNHEARD), { message: /ended with code 3/ })
  await trim
  await t.throwsAsync(thread.run(taskOf(0), UNHEARD), { message: /ended with code 3/ })
  await t.throwsAsync(thread.trim(), { message: /ended with code 3/ })
  t.is(gone, 1)
})

test.serial('a task hears why its thread could not begin', async (t) => {
  const thread = await started(t, `throw new Error('nothing is here')`)
  const reason: unknown = await thread.run(taskOf(0), UNHEARD).catch((error: unknown) => error)
  t.like(reason, { message: 'nothing is here' })
})

test.serial('a thread is destroyed when it has ended', async (t) => {
  let gone = 0
  const thread = await started(t, ENTRY, () => gone++)
  const trim = thread.trim()
  thread.tell({ kind: 'trimmed' })
  // By then it has begun, so that nothing but its end is told.
  await trim
  const task = t.throwsAsync(thread.run(taskOf(0), UNHEARD))
  await thread.destroy()
  t.is(gone, 1)
  await task
})

test.serial('a word that comes when a task has ended is no word of it', async (t) => {
  const thread = await started(
    t,
    `export function serve(port) {
      port.on('message', ({ kind }) => {
        if (kind === 'run') port.postMessage({ kind: 'succeeded' })
        port.postMessage({ kind: 'emit' })
        if (kind === 'tell') port.postMessage({ kind: 'keepsLess' })
      })
    }`,
  )
  const heard: string[] = []
  await thread.run(taskOf(0), ({ kind }) => heard.push(kind))
  const trim = thread.trim()
  thread.tell({ kind: 'trimmed' })
  await trim
  t.deepEqual(heard, ['succeeded'])
})
