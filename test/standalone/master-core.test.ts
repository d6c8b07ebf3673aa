import fs, { mkdirSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join, relative } from 'node:path'
import test from 'ava'
import type { HeldExecutor } from '../../proto/cluster.js'
import type { ClusterRecord } from '../../standalone/master/cluster-record.js'
import type { ApplicationNews, MasterAction, MasterEvent } from '../../standalone/master/events.js'
import { MasterCore } from '../../standalone/master/master-core.js'
import { RecordFile } from '../../standalone/master/record-file.js'
import { statusOfCluster } from '../../standalone/master/status.js'
import { folderOf } from '../support/standalone.js'

const TIMEOUT_MS = 8_000
const newCore = (record?: ClusterRecord): MasterCore =>
  new MasterCore({ timeoutMs: TIMEOUT_MS, epoch: 'e', record, nowMs: 0 })
const worker = (workerId: string, cores = 2, executors: readonly HeldExecutor[] = []): MasterEvent => ({
  kind: 'workerJoined',
  worker: { workerId, host: 'h', cores, memoryBytes: 100, isLeaving: false },
  executors,
  drivers: [],
})
const application = (applicationId: string, executors = 1, cores = 1): MasterEvent => ({
  kind: 'applicationJoined',
  application: { applicationId, name: 'n', driverAddress: 'd:1', cores, memoryBytes: 10, executors, driverId: '' },
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

const execOf = (executorId: string): HeldExecutor => ({ executorId, applicationId: 'a', cores: 1, memoryBytes: 10 })
const usedOn = (core: MasterCore): readonly number[] => [...core.workers].map(({ usedCores }) => usedCores)

test('an executor that another worker has, too, is ended there and takes no room', (t) => {
  const core = newCore()
  for (const event of [worker('w1'), application('a', 3)]) core.handle(event, 0)
  t.deepEqual(core.record.executors.length, 2)
  const actions = core.handle(worker('w2', 0, [execOf('executor-e-1')]), 0)
  t.deepEqual(
    actions.filter(({ kind }) => kind === 'endExecutor'),
    [{ kind: 'endExecutor', workerId: 'w2', executorId: 'executor-e-1' }],
  )
  t.deepEqual(usedOn(core), [2, 0])
})

test('an application that gives an executor up wants no more than it has left', (t) => {
  const core = newCore()
  for (const event of [worker('w1', 2), application('a', 5)]) core.handle(event, 0)
  const release = {
    kind: 'executorReleased',
    applicationId: 'a',
    executorId: 'executor-e-1',
    isReplaced: false,
  } as const
  t.deepEqual(placesOf(core.handle(release, 0)), [])
  t.deepEqual(placesOf(core.handle(worker('w2', 8), 0)), [])
  t.is(core.record.applications[0]!.executors, 1)
})

test('a member is gone when it was silent for the time-out, and not before', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  for (let at = 250; at < TIMEOUT_MS; at += 250) core.handle({ kind: 'tick' }, at)
  core.handle({ kind: 'tick' }, TIMEOUT_MS - 1)
  t.is([...core.workers].length, 1)
  const gone = core.handle({ kind: 'tick' }, TIMEOUT_MS)
  t.is([...core.workers].length, 0)
  t.true(
    gone.some((action) => action.kind === 'disconnect' && action.memberId === 'w1'),
    'its line is cut as well',
  )
})

test('an application that comes back is told again why it waits', (t) => {
  const core = newCore()
  const waiting = [{ kind: 'waiting', reason: 'the master has no worker' }] as const
  t.deepEqual(newsOf(core.handle(application('a'), 0)), waiting)
  t.deepEqual(newsOf(core.handle({ kind: 'heard', memberId: 'a' }, 0)), [], 'once')
  core.handle({ kind: 'disconnected', memberId: 'a' }, 0)
  t.deepEqual(newsOf(core.handle(application('a'), 0)), waiting)
})

test('nothing is started for an application that is away', (t) => {
  const core = newCore()
  core.handle(application('a', 1), 0)
  core.handle({ kind: 'disconnected', memberId: 'a' }, 0)
  t.deepEqual(placesOf(core.handle(worker('w1'), 0)), [])
  t.deepEqual(placesOf(core.handle(application('a', 1), 0)), ['a on w1'])
})

test('an executor that takes all free cores needs one, and just the memory that is free will do', (t) => {
  const core = newCore()
  for (const event of [worker('w1', 1), application('first', 1, 1)]) core.handle(event, 0)
  t.deepEqual(placesOf(core.handle(application('all', 1, 0), 0)), [])
  t.deepEqual(placesOf(core.handle({ kind: 'left', memberId: 'first' }, 0)), ['all on w1'])
  t.is(core.record.executors[0]!.held.cores, 1)
  const exact = newCore()
  exact.handle(worker('w1', 20), 0)
  t.is(placesOf(exact.handle(application('a', 20), 0)).length, 10)
})

test('an application asks for more executors and for fewer, gives some back, and a master that is started again knows how many it wants', (t) => {
  const core = newCore()
  core.handle(worker('w1', 8), 0)
  t.is(placesOf(core.handle(application('a', 1), 0)).length, 1)
  t.is(placesOf(core.handle(application('a', 4), 0)).length, 3)
  t.deepEqual(
    core.handle(application('a', 2), 0).filter(({ kind }) => kind === 'endExecutor'),
    [],
    'none ends for that',
  )
  const giveBack = (executorId: string): readonly MasterAction[] =>
    core.handle({ kind: 'executorReleased', applicationId: 'a', executorId, isReplaced: false }, 0)
  const wanted = (): number => core.record.applications[0]!.executors
  t.deepEqual(placesOf(giveBack('executor-e-1')), [])
  t.is(wanted(), 2, 'three are left, and two are wanted')
  giveBack('executor-e-2')
  t.is(wanted(), 2)
  giveBack('executor-e-3')
  t.is(wanted(), 1, 'none takes its place')
  core.handle(application('a', 3), 0)
  const again = newCore(core.record)
  const held = core.record.executors.map((one) => one.held)
  again.handle(worker('w1', 8, held.slice(0, 1)), 0)
  t.is(placesOf(again.handle(application('a', 3), 0)).length, 2)
  const none = newCore()
  none.handle(worker('w1', 8), 0)
  none.handle(application('b', 0), 0)
  none.handle(application('b', 1), 0)
  t.deepEqual(placesOf(none.handle(end('executor-e-1'), 0)), [])
  t.is(placesOf(none.handle({ kind: 'heard', memberId: 'b' }, 5_000)).length, 1, 'it is replaced after a pause')
})

test('nothing new starts on a worker that is stopped, and others take the place of its executors at once', (t) => {
  const core = newCore()
  core.handle(worker('w1', 2), 0)
  core.handle(application('a', 2), 0)
  core.handle(worker('w2', 2), 0)
  const { executors } = core.record
  const leaving = worker(
    'w1',
    2,
    executors.map(({ held }) => held),
  ) as Extract<MasterEvent, { kind: 'workerJoined' }>
  const stopped: MasterEvent = { ...leaving, worker: { ...leaving.worker, isLeaving: true } }
  const actions = core.handle(stopped, 0)
  t.deepEqual(placesOf(actions), ['a on w2', 'a on w2'])
  t.deepEqual(
    actions.filter(({ kind }) => kind === 'endExecutor'),
    [],
  )
  t.deepEqual(placesOf(core.handle(application('b', 1), 0)), [])
  t.is(statusOfCluster(core, undefined).workers.find(({ workerId }) => workerId === 'w1')!.presence, 'leaving')
  const again = newCore(core.record)
  t.is(again.record.workers.find(({ workerId }) => workerId === 'w1')!.isLeaving, true)
  for (const one of ['executor-e-1', 'executor-e-2']) t.deepEqual(placesOf(core.handle(end(one), 0)), [])
  t.deepEqual(
    placesOf(core.handle(worker('w3', 1), 0)),
    ['b on w3'],
    'those of the first application were replaced before',
  )
  core.handle(worker('w4', 1), 0)
  t.deepEqual(placesOf(core.handle(application('a', 3), 0)), ['a on w4'], 'and it waits for nothing')
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

test('what an application lost while it was away it is told by a master that was started again meanwhile', (t) => {
  const before = newCore()
  for (const event of [worker('w1'), application('a', 2)]) before.handle(event, 0)
  before.handle({ kind: 'disconnected', memberId: 'a' }, 0)
  t.is(before.handle(end('executor-e-1'), 0)[0]?.kind, 'save')
  const core = newCore(JSON.parse(JSON.stringify(before.record)))
  const left = [{ executorId: 'executor-e-2', applicationId: 'a', cores: 1, memoryBytes: 10 }]
  core.handle(worker('w1', 2, left), 0)
  const ended = { kind: 'executorEnded', executorId: 'executor-e-1', reason: 'r' } as const
  const back = core.handle(application('a', 2), 0)
  t.is(back[0]?.kind, 'save')
  t.deepEqual(newsOf(back).slice(0, 2), [{ kind: 'executorStarted', executorId: 'executor-e-2' }, ended])
  t.deepEqual(core.record.applications[0]?.lost, [])
  // What a master of before kept is read, too.
  const { applications, ...rest } = before.record
  const older = newCore({ ...rest, applications: applications.map(({ lost: _, ...kept }) => kept) })
  t.deepEqual(older.record.applications[0]?.lost, [])
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
  const older = JSON.stringify({ version: 1, ...core.record })
  for (const text of ['', '{"version":2,"workers":[', '{"version":1}', older, 'null']) {
    writeFileSync(join(directory, 'cluster.json'), text)
    t.throws(
      () => file.read(),
      { message: /^\[FAILED_READ_FILE\] .*cluster\.json.*starts with an empty cluster/ },
      text,
    )
  }
})

test.serial('what a master knows is on disk before it counts: the draft, its name, and the folder', (t) => {
  const { fsyncSync, openSync, renameSync } = fs
  t.teardown(() => {
    Object.assign(fs, { fsyncSync, openSync, renameSync })
    syncBuiltinESMExports()
  })
  const folder = folderOf(t)
  const paths = new Map<number, string>()
  const calls: string[] = []
  Object.assign(fs, {
    openSync: (path: string, flags: string, mode?: number) => {
      const descriptor = openSync(path, flags, mode)
      paths.set(descriptor, relative(folder, path))
      return descriptor
    },
    fsyncSync: (descriptor: number) => {
      calls.push(`sync ${paths.get(descriptor)}`)
      fsyncSync(descriptor)
    },
    renameSync: (from: string, to: string) => {
      calls.push(`rename ${relative(folder, to)}`)
      renameSync(from, to)
    },
  })
  syncBuiltinESMExports()
  new RecordFile(folder).write(newCore().record)
  t.deepEqual(calls, ['sync cluster.json.new', 'rename cluster.json', 'sync '])
})

test('an executor that is to go is told by its worker, and another takes its place at once; a worker is told itself', (t) => {
  const core = newCore()
  core.handle(application('first'), 0)
  const [started] = core.handle(worker('w1', 1), 0).filter(({ kind }) => kind === 'startExecutor')
  const name = started?.kind === 'startExecutor' ? started.executor.executorId : ''
  core.handle(worker('w2', 1), 0)
  const actions = core.handle({ kind: 'decommissionAsked', name }, 0)
  t.deepEqual(
    actions.find(({ kind }) => kind === 'decommission'),
    { kind: 'decommission', workerId: 'w1', name },
  )
  t.deepEqual(placesOf(actions), ['first on w2'])
  t.deepEqual(placesOf(core.handle(end(name), 0)), [], 'it had its replacement')
  const all = core.handle({ kind: 'decommissionAsked', name: 'w2' }, 0)
  t.is(all[0]!.kind, 'save')
  t.deepEqual(
    all.filter(({ kind }) => kind === 'decommission'),
    [{ kind: 'decommission', workerId: 'w2', name: 'w2' }],
  )
  t.deepEqual(placesOf(all), ['first on w1'], 'its executor is replaced at once')
})

/** An application with executors on w1 of which the first is to go, and room elsewhere. */
function withLeaver(executors: number) {
  const core = newCore()
  for (const event of [worker('w1', executors), application('a', executors)]) core.handle(event, 0)
  const held = core.record.executors.map((one) => one.held)
  const name = held[0]!.executorId
  const joined = core.handle(worker('w2', 4), 0)
  const replaced = [...joined, ...core.handle({ kind: 'decommissionAsked', name }, 0)]
  return { core, held, name, replaced }
}

test('an executor that is to go stays so when its worker comes back, and is not replaced twice', (t) => {
  const { core, held, name, replaced } = withLeaver(1)
  t.deepEqual(placesOf(replaced), ['a on w2'])
  core.handle({ kind: 'disconnected', memberId: 'w1' }, 0)
  core.handle(worker('w1', 1, held), 0)
  t.true([...core.applications][0]!.placed.get(name)!.isLeaving)
  t.deepEqual(placesOf(core.handle(end(name), 0)), [])
  t.is(core.record.executors.length, 1)
})

const wishesOf = (actions: readonly MasterAction[]): readonly string[] =>
  actions.flatMap((action) => (action.kind === 'decommission' ? [`${action.name} to ${action.workerId}`] : []))

test('a worker that comes back is told again which of its executors are to go, also by a master that was started again', (t) => {
  const { core, held, name } = withLeaver(2)
  core.handle({ kind: 'disconnected', memberId: 'w1' }, 0)
  t.deepEqual(wishesOf(core.handle(worker('w1', 2, held), 0)), [`${name} to w1`])
  const again = newCore(core.record)
  t.deepEqual(wishesOf(again.handle(worker('w1', 2, held), 0)), [`${name} to w1`])
  again.handle(application('a', 2), 0)
  again.handle(
    worker(
      'w2',
      4,
      core.record.executors.filter(({ workerId }) => workerId === 'w2').map((one) => one.held),
    ),
    0,
  )
  t.deepEqual(placesOf(again.handle(end(name), 0)), [], 'it had its replacement')
  t.is(again.record.executors.length, 2)
})

test('a worker that is to go gets nothing from then on, and is told so again until it says it itself', (t) => {
  const { core, held } = withLeaver(2)
  const asked = core.handle({ kind: 'decommissionAsked', name: 'w1' }, 0)
  t.deepEqual(placesOf(asked), ['a on w2'], 'others take the place of the executors that it has left')
  t.is(statusOfCluster(core, undefined).workers.find(({ workerId }) => workerId === 'w1')!.presence, 'leaving')
  const back = worker('w1', 2, held) as Extract<MasterEvent, { kind: 'workerJoined' }>
  const heard = { ...back, worker: { ...back.worker, isLeaving: true } }
  for (const one of [core, newCore(core.record)]) {
    one.handle({ kind: 'disconnected', memberId: 'w1' }, 0)
    t.deepEqual(wishesOf(one.handle(back, 0)), ['w1 to w1'], 'it tells its executors itself')
    t.deepEqual(wishesOf(one.handle(heard, 0)), [])
  }
})

test('a driver that gives up executors which are to go does not have the others wait, or be refused', (t) => {
  const { core, name } = withLeaver(1)
  const released = { kind: 'executorReleased', applicationId: 'a', isReplaced: true } as const
  core.handle({ ...released, executorId: name }, 0)
  for (let i = 0; i < 3; i++) {
    const [one] = core.record.executors
    core.handle({ kind: 'decommissionAsked', name: one!.held.executorId }, 0)
    t.is(core.record.executors.length, 2, 'the other is there at once')
    t.deepEqual(
      newsOf(core.handle({ ...released, executorId: one!.held.executorId }, 0)).filter(
        ({ kind }) => kind === 'refused',
      ),
      [],
    )
  }
})

test('of what an application is left with those do not count that are to go', (t) => {
  const { core, held } = withLeaver(2)
  const staying = held[1]!.executorId
  core.handle({ kind: 'executorReleased', applicationId: 'a', executorId: staying, isReplaced: false }, 0)
  const [left] = [...core.applications]
  t.is(left!.record.executors, 1)
  t.is(core.record.executors.length, 2, 'the one that goes, and the one that took its place')
})
