import test from 'ava'
import type { DriverSpec, DriverStatus, HeldDriver } from '../../proto/drivers.js'
import type { ClusterRecord } from '../../standalone/master/cluster-record.js'
import type { MasterAction, MasterEvent } from '../../standalone/master/events.js'
import { MasterCore } from '../../standalone/master/master-core.js'
import { MOST_RELAUNCHES, pauseBeforeRelaunch } from '../../standalone/master/relaunch.js'

const TIMEOUT_MS = 8_000
const newCore = (record?: ClusterRecord, nowMs = 0): MasterCore =>
  new MasterCore({ timeoutMs: TIMEOUT_MS, epoch: 'e', record, nowMs })
const worker = (workerId: string, cores = 2, drivers: readonly HeldDriver[] = []): MasterEvent => ({
  kind: 'workerJoined',
  worker: { workerId, host: 'h', cores, memoryBytes: 100, isLeaving: false },
  executors: [],
  drivers,
})
const submitted = (driverId: string, more: Partial<DriverSpec> = {}): MasterEvent => ({
  kind: 'driverSubmitted',
  driver: {
    ...{ driverId, name: 'n', file: 'p.js', args: [], settings: {}, cores: 1, memoryBytes: 10 },
    ...{ isSupervised: false, archiveDigest: 'd', archiveBytes: 1, ...more },
  },
})
const joined = (driverId: string): MasterEvent => ({
  kind: 'applicationJoined',
  application: {
    ...{ applicationId: `app-of-${driverId}`, name: 'n', driverAddress: 'd:1', cores: 1, memoryBytes: 10 },
    ...{ executors: 1, driverId },
  },
})
const ended = (
  driverId: string,
  launch: number,
  outcome: 'FINISHED' | 'FAILED' | 'ERROR',
  workerId = 'w1',
): MasterEvent => ({ kind: 'driverEnded', workerId, driverId, launch, outcome, reason: 'r' })
const held = (driverId: string, launch: number, outcome: HeldDriver['outcome'] = ''): HeldDriver => ({
  driverId,
  launch,
  outcome,
  reason: 'r',
})
const startsOf = (actions: readonly MasterAction[]): readonly string[] =>
  actions.flatMap((action) =>
    action.kind === 'startDriver' ? [`${action.driver.driverId}/${action.launch} on ${action.workerId}`] : [],
  )
const endsOf = (actions: readonly MasterAction[]): readonly string[] =>
  actions.flatMap((action) =>
    action.kind === 'endDriver' ? [`${action.driverId}/${action.launch} on ${action.workerId}`] : [],
  )
const statusIn = (core: MasterCore, driverId: string): DriverStatus =>
  core.drivers.statuses.find((one) => one.driverId === driverId)!

test('drivers get room in the order in which they came, before executors, and tell why they wait', (t) => {
  const core = newCore()
  core.handle(submitted('d1', { cores: 2 }), 0)
  core.handle(submitted('d2'), 0)
  t.is(statusIn(core, 'd1').reason, 'the master has no worker')
  core.handle(joined(''), 0)
  t.deepEqual(startsOf(core.handle(worker('w1', 3), 0)), ['d1/1 on w1', 'd2/1 on w1'])
  t.is([...core.workers][0]!.usedCores, 3)
  t.is(core.record.executors.length, 0)
  core.handle({ kind: 'driverStarted', workerId: 'w1', driverId: 'd1', launch: 1 }, 0)
  t.like(statusIn(core, 'd1'), { state: 'RUNNING', workerId: 'w1', launches: 1, reason: '' })
  core.handle(submitted('d3'), 0)
  t.regex(statusIn(core, 'd3').reason, /^no worker has 1 cores and .* free: w1 has 0 of 3 cores/)
  t.deepEqual(startsOf(core.handle(submitted('d1'), 0)), [], 'said again it is not another')
  core.handle(joined('d1'), 0)
  t.deepEqual(startsOf(core.handle(ended('d1', 1, 'FINISHED'), 0)), ['d3/1 on w1'])
  t.like(statusIn(core, 'd1'), { state: 'FINISHED', reason: '' })
})

test('of a driver only the worker that runs it says how it is, and one that is over waits for nothing', (t) => {
  const core = newCore()
  core.handle(submitted('d1'), 0)
  core.handle(submitted('d2', { cores: 50 }), 0)
  for (const id of ['w1', 'w2']) core.handle(worker(id, 1), 0)
  core.handle({ kind: 'driverStarted', workerId: 'w1', driverId: 'd1', launch: 1 }, 0)
  core.handle(ended('d1', 1, 'FAILED', 'w2'), 0)
  core.handle({ kind: 'driverStarted', workerId: 'w2', driverId: 'd1', launch: 1 }, 0)
  t.like(statusIn(core, 'd1'), { state: 'RUNNING', workerId: 'w1' })
  t.regex(statusIn(core, 'd2').reason, /^no worker has 50 cores/)
  core.handle({ kind: 'driverKilled', driverId: 'd2' }, 0)
  t.like(statusIn(core, 'd2'), { state: 'KILLED', reason: '' })
})

test('how a driver ended is told with whether its session came to the cluster, and what it left goes', (t) => {
  const core = newCore()
  core.handle(worker('w1', 4), 0)
  for (const driverId of ['d1', 'd2', 'd3']) core.handle(submitted(driverId), 0)
  const placed = core.handle(joined('d1'), 0).filter(({ kind }) => kind === 'startExecutor')
  t.is(placed.length, 1)
  const actions = core.handle(ended('d1', 1, 'FAILED'), 0)
  t.deepEqual(endsOf(actions), ['d1/1 on w1'])
  t.true(actions.some(({ kind }) => kind === 'endExecutor'))
  t.deepEqual([...core.applications], [])
  t.like(statusIn(core, 'd1'), { state: 'FAILED', reason: 'r' })
  core.handle(ended('d2', 1, 'FAILED'), 0)
  t.is(statusIn(core, 'd2').reason, 'it ended before a session of it joined the cluster: r')
  core.handle(ended('d3', 1, 'ERROR'), 0)
  t.like(statusIn(core, 'd3'), { state: 'ERROR', reason: 'r' })
  t.is([...core.workers][0]!.usedCores, 0)
  // Words of before change nothing.
  core.handle(ended('d2', 1, 'FINISHED'), 0)
  t.is(statusIn(core, 'd2').state, 'FAILED')
})

test('a supervised driver is started again after pauses that grow, and not for ever', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  let nowMs = 0
  const pauses: number[] = []
  for (let launch = 1; launch <= MOST_RELAUNCHES; launch++) {
    t.deepEqual(startsOf(core.handle(ended('d1', launch, 'FAILED'), nowMs)), [])
    t.is(statusIn(core, 'd1').state, 'RELAUNCHING')
    const endedMs = nowMs
    const isStarted = (): boolean => startsOf(core.handle({ kind: 'heard', memberId: 'w1' }, nowMs)).length > 0
    while (!isStarted() && nowMs - endedMs < 100_000) nowMs += 100
    pauses.push(nowMs - endedMs)
  }
  t.true(pauses[0]! >= 500 && pauses[0]! <= 1_200, String(pauses))
  for (let i = 1; i < 6; i++) t.true(pauses[i]! > pauses[i - 1]! - 100, String(pauses))
  t.true(Math.max(...pauses) <= 60_200, String(pauses))
  core.handle(ended('d1', MOST_RELAUNCHES + 1, 'FAILED'), nowMs)
  t.like(statusIn(core, 'd1'), { state: 'FAILED', launches: MOST_RELAUNCHES + 1 })
  t.regex(statusIn(core, 'd1').reason, /^it was started again 10 times in a row, and ended the last time as: .*r$/)
  t.not(pauseBeforeRelaunch('a', 3), pauseBeforeRelaunch('b', 3))
})

test('a driver that ran for long begins the row of its failures anew', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  let nowMs = 0
  for (let launch = 1; launch <= 2 * MOST_RELAUNCHES; launch++) {
    const stableMs = nowMs + 600_000
    for (; nowMs < stableMs; nowMs += 2_000) core.handle({ kind: 'heard', memberId: 'w1' }, nowMs)
    core.handle(ended('d1', launch, 'FAILED'), nowMs)
    nowMs += 2_000
    t.deepEqual(startsOf(core.handle({ kind: 'heard', memberId: 'w1' }, nowMs)), [`d1/${launch + 1} on w1`])
  }
})

test('a driver whose worker is lost runs on another when it is supervised, and has failed otherwise', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  core.handle(submitted('d2'), 0)
  core.handle(worker('w2'), 0)
  core.handle({ kind: 'left', memberId: 'w1' }, 0)
  t.like(statusIn(core, 'd1'), { state: 'RELAUNCHING', reason: 'its worker was stopped' })
  t.like(statusIn(core, 'd2'), { state: 'FAILED', reason: 'its worker was stopped' })
  core.handle({ kind: 'heard', memberId: 'w2' }, 1_000)
  t.like(statusIn(core, 'd1'), { workerId: 'w2', launches: 2 })
  // The first worker was only cut off: what it still runs ends.
  t.deepEqual(endsOf(core.handle(worker('w1', 2, [held('d1', 1), held('d2', 1)]), 1_000)), ['d1/1 on w1', 'd2/1 on w1'])
})

test('a master that was started again finds drivers by what their workers hold, and how those ended that did meanwhile', (t) => {
  const before = newCore()
  before.handle(worker('w1', 8), 0)
  for (const driverId of ['runs', 'finished', 'failed', 'lost', 'killed']) before.handle(submitted(driverId), 0)
  before.handle(submitted('supervised', { isSupervised: true }), 0)
  before.handle(joined('finished'), 0)
  t.deepEqual(endsOf(before.handle({ kind: 'driverKilled', driverId: 'killed' }, 0)), ['killed/1 on w1'])
  const core = newCore(JSON.parse(JSON.stringify(before.record)) as ClusterRecord)
  t.is([...core.workers][0]!.usedCores, before.record.executors.length + 5)
  t.deepEqual(startsOf(core.handle(submitted('new'), 0)), [], 'nothing is placed before all are back')
  core.handle(joined('finished'), 0)
  const actions = core.handle(
    worker('w1', 8, [
      ...[held('runs', 1), held('finished', 1, 'FINISHED'), held('failed', 1, 'FAILED'), held('killed', 1)],
      held('supervised', 1, 'FAILED'),
    ]),
    0,
  )
  t.deepEqual(startsOf(actions), ['new/1 on w1'])
  t.deepEqual(endsOf(actions), ['finished/1 on w1', 'failed/1 on w1', 'killed/1 on w1', 'supervised/1 on w1'])
  const states = core.drivers.statuses.map(({ driverId, state }) => [driverId, state])
  t.deepEqual(states, [
    ['runs', 'RUNNING'],
    ['finished', 'FINISHED'],
    ['failed', 'FAILED'],
    ['lost', 'FAILED'],
    ['killed', 'KILLED'],
    ['supervised', 'RELAUNCHING'],
    ['new', 'SUBMITTED'],
  ])
  t.is(statusIn(core, 'lost').reason, 'its worker came back without it')
  t.is([...core.workers][0]!.usedCores, 2)
})

test('a start of a driver that is over says nothing of the next one, and its application goes', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  core.handle(joined('d1'), 0)
  core.handle(ended('d1', 1, 'FAILED'), 0)
  t.deepEqual([...core.applications], [])
  core.handle({ kind: 'heard', memberId: 'w1' }, 1_000)
  t.is(statusIn(core, 'd1').launches, 2)
  core.handle(ended('d1', 1, 'FINISHED'), 1_000)
  t.is(statusIn(core, 'd1').state, 'RELAUNCHING')
  core.handle(ended('d1', 2, 'FINISHED'), 1_000)
  t.is(statusIn(core, 'd1').state, 'FINISHED')
})

test('a driver that is killed is not started again, and of those that are over the last hundred are remembered', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d0', { isSupervised: true }), 0)
  core.handle({ kind: 'driverKilled', driverId: 'd0' }, 0)
  core.handle(ended('d0', 1, 'FAILED'), 0)
  t.is(statusIn(core, 'd0').state, 'KILLED')
  t.is([...core.workers][0]!.usedCores, 0)
  for (let i = 1; i <= 100; i++) {
    core.handle(submitted(`d${i}`, { cores: 64 }), 0)
    core.handle({ kind: 'driverKilled', driverId: `d${i}` }, 0)
  }
  t.is(core.drivers.statuses.length, 100)
  t.is(core.drivers.statuses[0]!.driverId, 'd1')
})

test('a driver that is over stays as it ended when it is killed', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1'), 0)
  core.handle(joined('d1'), 0)
  core.handle(ended('d1', 1, 'FINISHED'), 0)
  t.deepEqual(core.handle({ kind: 'driverKilled', driverId: 'd1' }, 0), [])
  t.is(statusIn(core, 'd1').state, 'FINISHED')
})

test('how long a driver waited for its first start does not count as time that it ran', (t) => {
  const core = newCore()
  core.handle(submitted('d1', { isSupervised: true }), 0)
  const cameMs = 10_000_000
  t.deepEqual(startsOf(core.handle(worker('w1'), cameMs)), ['d1/1 on w1'])
  core.handle(ended('d1', 1, 'FAILED'), cameMs)
  core.handle({ kind: 'heard', memberId: 'w1' }, cameMs + 1_000)
  core.handle(ended('d1', 2, 'FAILED'), cameMs + 1_000)
  t.like(core.record.drivers[0], { launch: 2, failures: 2, state: 'RELAUNCHING' })
})

test('a worker that comes back with the start before of a driver alone does not have the one of now', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  core.handle(ended('d1', 1, 'FAILED'), 0)
  t.deepEqual(startsOf(core.handle({ kind: 'heard', memberId: 'w1' }, 1_000)), ['d1/2 on w1'])
  t.deepEqual(endsOf(core.handle(worker('w1', 2, [held('d1', 1, 'FAILED')]), 1_000)), ['d1/1 on w1'])
  t.like(core.record.drivers[0], { launch: 2, failures: 2, state: 'RELAUNCHING', isPlaced: false })
})

test('that a session of one start joined is not said of the next one', (t) => {
  const core = newCore()
  core.handle(worker('w1'), 0)
  core.handle(submitted('d1', { isSupervised: true }), 0)
  core.handle(joined('d1'), 0)
  core.handle(ended('d1', 1, 'FAILED'), 0)
  core.handle({ kind: 'heard', memberId: 'w1' }, 1_000)
  core.handle(ended('d1', 2, 'FAILED'), 1_000)
  t.is(statusIn(core, 'd1').reason, 'it ended before a session of it joined the cluster: r')
})
