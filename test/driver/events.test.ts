import { runInNewContext } from 'node:vm'
import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { createLogger } from '../../common/log.js'
import { DriverEvents } from '../../driver/events/driver-events.js'
import type { EngineEvent } from '../../driver/events/engine-event.js'
import { EventBus } from '../../driver/events/event-bus.js'
import { Driver } from '../../driver/index.js'
import type { StageChange } from '../../driver/jobs/adaption.js'
import { createLocalExecutor } from '../../executor/local-executor.js'
import { FAKE_MODULES } from '../support/fake-cluster.js'
import { cachedSum, collect, FakeSink, fakeConnectors, scan, sumOfAll, writeTo } from '../support/fake-plans.js'
import { raised } from '../support/raised.js'

/** What is told of what a driver with one slot does. */
async function toldOf(body: (driver: Driver, sink: FakeSink) => Promise<void>): Promise<readonly EngineEvent[]> {
  const told: EngineEvent[] = []
  const logger = createLogger('driver', 'silent')
  const events = new EventBus(logger)
  events.add({ onEvent: (event) => void told.push(event) })
  const sink = new FakeSink()
  const connectors = fakeConnectors(sink)
  const driver = new Driver({
    ...{ connectors, expectedSlots: 1, maxFailures: 4, executorTimeoutMs: 10_000, logger, events },
  })
  const executor = createLocalExecutor({ driver, slots: 1, memoryBytes: 1024 ** 3, modules: FAKE_MODULES })
  try {
    await body(driver, sink)
  } finally {
    await driver.close()
    await executor.close()
  }
  return told
}

const line = (event: EngineEvent): string => {
  const of = event as { readonly jobId?: number; readonly stageKey?: number; readonly partition?: number }
  const place = [of.jobId, of.stageKey, of.partition].filter((part) => part !== undefined).join('/')
  const { failure } = event as { readonly failure?: { readonly condition: string } }
  return [event.kind, place, failure?.condition ?? ''].join(' ').trim()
}

test('a job tells of its stages and tasks, of its first rows, and of its end', async (t) => {
  const told = await toldOf(async (driver) => {
    const stages = [scan(4, 100, 2, collect), sumOfAll(9, 4, 1, collect)]
    for await (const _ of driver.submit({ stages }, { executionId: 7 }).blocks);
  })
  t.deepEqual(told.map(line), [
    'executorAdded',
    'jobStart 1',
    'stageSubmitted 1/0',
    'taskStart 1/0/0',
    'taskEnd 1/0/0',
    'taskStart 1/0/1',
    'taskEnd 1/0/1',
    'stageCompleted 1/0',
    'stageSubmitted 1/1',
    'taskStart 1/1/0',
    'taskEnd 1/1/0',
    'stageCompleted 1/1',
    'jobFirstRows 1',
    'jobEnd 1',
  ])
  const [, start, , , end] = told as readonly Record<string, unknown>[]
  t.is(start!['executionId'], 7)
  t.deepEqual(start!['stages'], [
    { stageKey: 0, tasks: 2, readsInput: true },
    { stageKey: 1, tasks: 1, readsInput: false },
  ])
  t.like(end, { outcome: 'succeeded', counts: { rowsRead: 50 }, executorId: 'local', attempt: 0 })
  t.true(told.every(({ timeMs }, i) => i === 0 || timeMs >= told[i - 1]!.timeMs))
})

test('a partition that is cached is told of, and the drop of its cache', async (t) => {
  const told = await toldOf(async (driver) => {
    await driver.submit({ stages: [scan(0, 10, 2, { kind: 'cache', cacheId: 'c' })] }).result
    for await (const _ of driver.submit({ stages: [cachedSum(0, 'c', collect)] }).blocks);
    driver.dropCache('c')
    await new Promise(setImmediate)
  })
  const stored = told.filter(({ kind }) => kind === 'blockStored')
  t.like(stored[1], { cacheId: 'c', partition: 1, executorId: 'local' })
  t.is(stored.length, 2)
  t.like(told.at(-1), { kind: 'cacheDropped', cacheId: 'c' })
})

test('a job whose write cannot be committed has failed, one that runs when the driver closes too, and one that never began is not told of', async (t) => {
  const told = await toldOf(async (driver, sink) => {
    sink.committing = () => Promise.reject(new MillraceError('CANNOT_LISTEN', { address: 'a', reason: 'b' }))
    await raised(t, driver.submit({ stages: [scan(0, 10, 1, writeTo('out'))] }).result, 'CANNOT_LISTEN')
    void driver.submit({ stages: [scan(0, 10, 1, collect)] })
    const canceled = driver.submit({ stages: [scan(0, 10, 1, collect)] })
    canceled.cancel()
    await raised(t, canceled.result, 'OPERATION_CANCELED')
    await new Promise(setImmediate)
  })
  const ends = told.filter(({ kind }) => kind === 'jobEnd' || kind === 'jobStart').map(line)
  t.deepEqual(ends, ['jobStart 1', 'jobEnd 1 CANNOT_LISTEN', 'jobStart 2', 'jobEnd 2 SESSION_CLOSED'])
})

test('jobs and executors that ended are forgotten: none ends twice, and one that comes anew is told of', (t) => {
  const told: string[] = []
  const bus = new EventBus(createLogger('test', 'silent'))
  bus.add({ onEvent: (event) => void told.push(line(event)) })
  const events = new DriverEvents(bus)
  const joined = { kind: 'executorRegistered', executorId: 'e', slots: 1, heartbeats: true } as const
  for (const actions of [
    [],
    [],
    [{ kind: 'disconnectExecutor', executorId: 'e', reason: 'r', isDecommissioned: false } as const],
    [],
  ])
    events.decided(joined, actions)
  t.deepEqual(told.splice(0), ['executorAdded', 'executorRemoved', 'executorAdded'])
  events.jobStarted({ jobId: 1, stages: [] }, () => false, {})
  events.jobEnded(1)
  events.jobEnded(1)
  events.firstRows(1)
  t.deepEqual(told, ['jobStart 1', 'jobEnd 1'])
})

test('the first rows of a result of several partitions are told of once', async (t) => {
  const told = await toldOf(async (driver) => {
    for await (const _ of driver.submit({ stages: [scan(0, 30, 3, collect)] }).blocks);
  })
  t.is(told.filter(({ kind }) => kind === 'jobFirstRows').length, 1)
})

test('a listener that fails is logged once for each reason and harms nobody, and none is told that is removed', async (t) => {
  const warned: unknown[] = []
  const nothing = (): void => undefined
  const logger = {
    ...{ trace: nothing, debug: nothing, info: nothing, error: nothing, fatal: nothing },
    warn: (fields: object) => void warned.push(fields),
    isLevelEnabled: () => true,
    child: () => logger,
  }
  const bus = new EventBus(logger)
  let told = 0
  const fails = {
    onCacheDropped: () => {
      throw new Error('no')
    },
  }
  const refuses = { onEvent: () => Promise.reject(new Error('nor this')) }
  // A promise of another realm is none of ours.
  const refusesAlike = {
    onEvent: () => runInNewContext('Promise.reject(error)', { error: new Error('of another kind') }),
  }
  const hides = {
    get onCacheDropped(): never {
      throw new Error('not to be asked for')
    },
  }
  const counts = { onCacheDropped: () => void told++, onJobStart: () => t.fail() }
  for (const listener of [fails, hides, refuses, refusesAlike, counts, counts]) bus.add(listener)
  const event = { kind: 'cacheDropped', timeMs: 0, cacheId: 'c' } as const
  bus.emit(event)
  bus.emit(event)
  await new Promise(setImmediate)
  const causes = ['no', 'not to be asked for', 'nor this', 'of another kind']
  t.deepEqual(
    warned,
    causes.map((cause) => ({ cause })),
  )
  t.is(told, 2)
  bus.remove(counts)
  bus.emit(event)
  t.is(told, 2)
})

/** Of a job with one stage of so many tasks: what its events are told, and what they tell. */
function oneStage(taskCount: number) {
  const told: string[] = []
  const bus = new EventBus(createLogger('test', 'silent'))
  bus.add({ onEvent: (event) => void told.push(line(event)) })
  const events = new DriverEvents(bus)
  const stage = { key: 0, taskCount, inputs: [], cacheReads: [], output: { kind: 'map' } } as const
  events.jobStarted({ jobId: 1, stages: [stage] }, () => false, {})
  const report = { rowsRead: 0, rowsWritten: 0, bytesWritten: 0, spilledBytes: 0, elapsedMs: 0 }
  let attemptId = 0
  return {
    events,
    completes(partition: number): boolean {
      const place = { jobId: 1, stageKey: 0, partition, attempt: 0, executorId: 'e', launchedMs: 0, isCopy: false }
      const task = { ...place, attemptId: attemptId++ }
      events.decided({ kind: 'tick' }, [
        { kind: 'launchTask', task, inputs: [] },
        { kind: 'taskAccepted', task, report },
      ])
      return told.splice(0).includes('stageCompleted 1/0')
    },
  }
}

test('a stage is complete when each of its tasks was done once, however often one is done again, and only then', (t) => {
  const { completes } = oneStage(2)
  t.deepEqual([0, 0, 0, 1, 1, 0].map(completes), [false, false, false, true, false, false])
})

test('a stage that was divided otherwise is complete by its new tasks', (t) => {
  const { events, completes } = oneStage(2)
  const decision = { kind: 'divided', merging: 1, shared: 0 } as const
  const change = { stageKey: 0, tasks: 3, decision } as unknown as StageChange
  events.decided({ kind: 'tick' }, [{ kind: 'stageChanged', jobId: 1, change }])
  t.deepEqual([0, 1, 2].map(completes), [false, false, true])
})

test('a listener that is added by one that is told hears of what comes next, and one that is removed then of nothing more', (t) => {
  const bus = new EventBus(createLogger('test', 'silent'))
  const heard: string[] = []
  const late = { onEvent: () => void heard.push('late') }
  bus.add({
    onEvent: () => {
      heard.push('first')
      bus.add(late)
    },
  })
  const event = { kind: 'cacheDropped', timeMs: 0, cacheId: 'c' } as const
  bus.emit(event)
  t.deepEqual(heard, ['first'])
  bus.emit(event)
  t.deepEqual(heard, ['first', 'first', 'late'])
})
