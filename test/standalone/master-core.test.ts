import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { HeldExecutor } from '../../proto/cluster.js'
import type { ApplicationNews, MasterAction, MasterEvent } from '../../standalone/master/events.js'
import { type ClusterRecord, MasterCore } from '../../standalone/master/master-core.js'
import { RecordFile } from '../../standalone/master/record-file.js'
import { folderOf } from '../support/standalone.js'

const TIMEOUT_MS = 8_000
const newCore = (record?: ClusterRecord): MasterCore =>
  new MasterCore({ timeoutMs: TIMEOUT_MS, epoch: 'e', record, nowMs: 0 })
const worker = (workerId: string, cores = 2, executors: readonly HeldExecutor[] = []): MasterEvent => ({
  kind: 'workerJoined',
  worker: { workerId, host: 'h', cores, memoryBytes: 100 },
  executors,
})
const application = (applicationId: string, executors = 1, cores = 1): MasterEvent => ({
  kind: 'applicationJoined',
  application: { applicationId, name: 'n', driverAddress: 'd:1', cores, memoryBytes: 10, executors },
})
const end = (executorId: string): MasterEvent => ({ kind: 'executorEnded', workerId: 'w1', executorId, reason: 'r' })
const placesOf = (actions: readonly MasterAction[]): readonly string[] =>
  actions.flatMap((action) =>
    action.kind === 'startExecutor' ? [`${action.executor.applicationId} on ${action.workerId}`] : [],
  )
const newsOf = (actions: readonly MasterAction[]): readonly ApplicationNews[] =>
  actions.flatMap((action) => (action.kind === 'tell' ? [action.news] : []))

test('who came first gets executors first, on the workers with most free cores', (t) => {
  const core = newCore()
  core.handle(application('first', 3), 0)
  core.handle(application('second', 2), 0)
  t.deepEqual(placesOf(core.handle(worker('small', 1), 0)), ['first on small'])
  t.deepEqual(placesOf(core.handle(worker('large', 2), 0)), ['first on large', 'first on large'])
  t.deepEqual(placesOf(core.handle({ kind: 'left', memberId: 'first' }, 0)), ['second on large', 'second on small'])
})

test('after a new start nobody gets an executor before all are back who were there, or count as gone', (t) => {
  const before = newCore()
  for (const event of [worker('w1', 1), application('first'), application('second')]) before.handle(event, 0)
  const core = newCore(before.record)
  const { executors } = before.record
  t.is(executors.length, 1)
  t.deepEqual(placesOf(core.handle(worker('w2', 4), 0)), [])
  t.deepEqual(placesOf(core.handle(application('second'), 0)), [])
  // w1 and the first application do not come back: then their executor is gone, too.
  const places: string[] = []
  for (let at = 0; at <= 2 * TIMEOUT_MS; at += 250) {
    for (const memberId of ['w2', 'second']) places.push(...placesOf(core.handle({ kind: 'heard', memberId }, at)))
    if (at < TIMEOUT_MS) t.deepEqual(places, [])
  }
  t.deepEqual(places, ['second on w2'])
  t.deepEqual(
    core.record.workers.map(({ workerId }) => workerId),
    ['w2'],
  )
})

test('a master that was stopped reads what waits before it counts anybody as gone', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  for (let at = 0; at < TIMEOUT_MS - 500; at += 250) core.handle({ kind: 'tick' }, at)
  // Stopped for long: a tick comes first, then what the worker said meanwhile.
  const now = 10 * TIMEOUT_MS
  t.deepEqual(core.handle({ kind: 'tick' }, now), [])
  t.deepEqual(core.handle({ kind: 'heard', memberId: 'w1' }, now + 1), [])
  t.deepEqual(core.handle({ kind: 'tick' }, now + TIMEOUT_MS / 2), [])
  t.is([...core.workers].length, 1)
})

test('an application whose executors keep ending is told so, and gets no more', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(application('a'), 0)
  let now = 0
  const ends: MasterAction[] = []
  for (let i = 1; i <= 5; i++) {
    const executorId = `executor-e-${i}`
    const atOnce = core.handle(end(executorId), now)
    t.deepEqual(placesOf(atOnce), [], 'there is a pause first')
    ends.push(...atOnce)
    now += 2_000
    for (const memberId of ['w1', 'a']) ends.push(...core.handle({ kind: 'heard', memberId }, now))
  }
  t.is(placesOf(ends).length, 4)
  t.deepEqual(
    ends.flatMap((action) => (action.kind === 'tell' && action.news.kind === 'refused' ? [action.news.reason] : [])),
    ['too many executors ended, the last one on w1: r'],
  )
})

test('executors that hang at once are replaced after a pause, and not for ever', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(application('a'), 0)
  let now = 0
  const after: MasterAction[] = []
  for (let i = 1; i <= 5; i++) {
    const executorId = `executor-e-${i}`
    const release = { kind: 'executorReleased', applicationId: 'a', executorId, isReplaced: true } as const
    const atOnce = core.handle(release, now)
    t.true(atOnce.some((action) => action.kind === 'endExecutor' && action.executorId === executorId))
    t.deepEqual(placesOf(atOnce), [], 'there is a pause first')
    after.push(...atOnce)
    now += 2_000
    for (const memberId of ['w1', 'a']) after.push(...core.handle({ kind: 'heard', memberId }, now))
  }
  t.is(placesOf(after).length, 4)
  t.deepEqual(
    newsOf(after).filter(({ kind }) => kind === 'refused'),
    [{ kind: 'refused', reason: 'too many executors ended, the last one on w1: its driver gave it up' }],
  )
})

test('an application that comes back is told what it lost meanwhile', (t) => {
  const core = newCore()
  for (const event of [worker('w1'), application('a', 2)]) core.handle(event, 0)
  core.handle({ kind: 'disconnected', memberId: 'a' }, 0)
  t.deepEqual(newsOf(core.handle(end('executor-e-1'), 0)), [])
  // A worker that comes back without an executor, and then with it after all.
  core.handle(worker('w1'), 0)
  core.handle(worker('w1', 2, [{ executorId: 'executor-e-2', applicationId: 'a', cores: 1, memoryBytes: 10 }]), 0)
  const missed = [
    { kind: 'executorStarted', executorId: 'executor-e-2' },
    { kind: 'executorEnded', executorId: 'executor-e-1', reason: 'r' },
  ] as const
  t.deepEqual(newsOf(core.handle(application('a', 2), 0)), missed)
  core.handle({ kind: 'disconnected', memberId: 'a' }, 0)
  t.deepEqual(newsOf(core.handle(application('a', 2), 0)), missed.slice(0, 1), 'only once')
})

test('an application that comes back is told that it gets no more executors', (t) => {
  const core = newCore()
  for (const event of [worker('w1'), application('a')]) core.handle(event, 0)
  for (let i = 1; i <= 5; i++) {
    if (i === 5) core.handle({ kind: 'disconnected', memberId: 'a' }, 2_000 * i)
    core.handle(end(`executor-e-${i}`), 2_000 * i)
    for (const memberId of ['w1', 'a']) core.handle({ kind: 'heard', memberId }, 2_000 * i + 1_900)
  }
  t.deepEqual(newsOf(core.handle(application('a'), 12_000)), [
    { kind: 'executorEnded', executorId: 'executor-e-5', reason: 'r' },
    { kind: 'refused', reason: 'too many executors ended, the last one on w1: r' },
  ])
})

test('a record is read as it was written, and one that is damaged or of another version is refused by name', (t) => {
  const directory = join(folderOf(t), 'master')
  mkdirSync(directory)
  const file = new RecordFile(directory)
  t.is(file.read(), undefined)
  const core = newCore()
  for (const event of [worker('w1'), application('a', 2)]) core.handle(event, 0)
  file.write(core.record)
  t.deepEqual(file.read(), core.record)
  for (const text of ['', '{"version":1,"workers":[', '{"version":2}', 'null']) {
    writeFileSync(join(directory, 'cluster.json'), text)
    t.throws(
      () => file.read(),
      { message: /^\[FAILED_READ_FILE\] .*cluster\.json.*starts with an empty cluster/ },
      text,
    )
  }
})
