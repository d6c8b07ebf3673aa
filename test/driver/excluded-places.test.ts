import test from 'ava'
import { Exclusion } from '../../driver/executors/exclusion.js'
import { ExecutorWait } from '../../driver/executors/executor-wait.js'
import type { StageState } from '../../driver/tasks/stage-state.js'

const TIMEOUT_MS = 1_000
const OPTIONS = {
  ...{ timeoutMs: TIMEOUT_MS, failedTasksPerExecutor: 2, failedExecutorsPerHost: 2, waitMs: 100 },
  ...{ taskAttemptsPerExecutor: 9, taskAttemptsPerHost: 9 },
  ...{ stageFailedTasksPerExecutor: 9, stageFailedExecutorsPerHost: 9 },
}
const newStage = (): StageState => ({ spec: { key: 1 } }) as unknown as StageState
/** Executors a1, a2 and so on are on the host a. */
const newExclusion = (): Exclusion => new Exclusion(OPTIONS, (executorId) => executorId[0]!)

/** So many tasks of a stage fail on an executor, and the stage is done in spite of it. */
function fail(exclusion: Exclusion, executorId: string, tasks: number, nowMs: number): readonly string[] {
  const stage = newStage()
  for (let partition = 0; partition < tasks; partition++) exclusion.failed(stage, 1, partition, executorId, 'r')
  exclusion.completed(stage, nowMs)
  return changesOf(exclusion)
}

const changesOf = (exclusion: Exclusion): readonly string[] =>
  exclusion.takeChanges().map((change) => {
    const place = 'executorId' in change ? change.executorId : change.host
    return `${change.kind} ${place}`
  })

test('failures count for a time, and an executor is excluded until one moment', (t) => {
  const exclusion = newExclusion()
  t.deepEqual(fail(exclusion, 'a1', 1, 0), [])
  t.deepEqual(fail(exclusion, 'a1', 1, TIMEOUT_MS), [], 'the first one counts no more')
  t.deepEqual(fail(exclusion, 'a1', 1, 2 * TIMEOUT_MS - 1), ['executorExcluded a1'])
  const untilMs = 3 * TIMEOUT_MS - 1
  t.is(exclusion.wakeAtMs, untilMs)
  exclusion.advance(untilMs - 1)
  t.deepEqual(changesOf(exclusion), [])
  t.false(exclusion.placesOf(newStage(), 0)('a1'))
  exclusion.advance(untilMs)
  t.deepEqual(changesOf(exclusion), ['executorUnexcluded a1'])
  t.true(exclusion.placesOf(newStage(), 0)('a1'))
  t.is(exclusion.wakeAtMs, Number.POSITIVE_INFINITY)
})

test('a stage that is done again tells of no failure twice', (t) => {
  const exclusion = newExclusion()
  const stage = newStage()
  exclusion.failed(stage, 1, 0, 'a1', 'r')
  for (let i = 0; i < 3; i++) exclusion.completed(stage, i)
  t.deepEqual(changesOf(exclusion), [])
  exclusion.failed(stage, 1, 1, 'a1', 'r')
  exclusion.completed(stage, 5)
  t.deepEqual(changesOf(exclusion), ['executorExcluded a1'])
})

test('an executor begins anew when it returns', (t) => {
  const exclusion = new Exclusion({ ...OPTIONS, timeoutMs: 0.5 }, (executorId) => executorId[0]!)
  t.deepEqual(fail(exclusion, 'a1', 2, 0), ['executorExcluded a1'])
  exclusion.advance(0.5)
  t.deepEqual(changesOf(exclusion), ['executorUnexcluded a1'])
  const again = newExclusion()
  fail(again, 'a1', 2, 0)
  // What failed while it was excluded counts when it is back.
  t.deepEqual(fail(again, 'a1', 1, 900), [])
  again.advance(TIMEOUT_MS)
  t.deepEqual(changesOf(again), ['executorUnexcluded a1'])
  t.deepEqual(fail(again, 'a1', 1, 1_001), ['executorExcluded a1'])
})

test('a host is excluded once, with the second of its executors, and returns by itself', (t) => {
  const exclusion = newExclusion()
  fail(exclusion, 'a1', 2, 0)
  t.deepEqual(fail(exclusion, 'b1', 2, 50), ['executorExcluded b1'])
  t.deepEqual(fail(exclusion, 'a2', 2, 100), ['executorExcluded a2', 'nodeExcluded a'])
  t.deepEqual(fail(exclusion, 'a3', 2, 200), ['executorExcluded a3'])
  t.false(exclusion.placesOf(newStage(), 0)('a4'))
  exclusion.advance(TIMEOUT_MS + 100)
  t.deepEqual(changesOf(exclusion), [...['a1', 'b1', 'a2'].map((id) => `executorUnexcluded ${id}`), 'nodeUnexcluded a'])
  t.true(exclusion.placesOf(newStage(), 0)('a4'))
  t.false(exclusion.placesOf(newStage(), 0)('a3'))
})

test('the end of the exclusion of a host is waited for, too', (t) => {
  const exclusion = newExclusion()
  fail(exclusion, 'a1', 2, 0)
  fail(exclusion, 'a2', 2, 100)
  exclusion.advance(TIMEOUT_MS)
  t.is(exclusion.wakeAtMs, TIMEOUT_MS + 100)
})

test('of failures that count at once ten thousand are known', (t) => {
  const exclusion = new Exclusion(
    { ...OPTIONS, failedTasksPerExecutor: 10_002, stageFailedTasksPerExecutor: 1e9 },
    (executorId) => executorId[0]!,
  )
  fail(exclusion, 'a1', 5_000, 0)
  fail(exclusion, 'b1', 9_000, 0)
  t.deepEqual(fail(exclusion, 'a1', 9_001, 0), [], 'the first ones are forgotten')
})

test('what waits without an executor has waited too long at one moment, and then waits anew', (t) => {
  const wait = new ExecutorWait(100)
  t.is(wait.wakeAtMs, Number.POSITIVE_INFINITY)
  t.false(wait.isOver(true, 5))
  t.is(wait.wakeAtMs, 105)
  t.false(wait.isOver(true, 104))
  t.true(wait.isOver(true, 105))
  t.false(wait.isOver(true, 150))
  t.is(wait.wakeAtMs, 250)
  t.false(wait.isOver(false, 160))
  t.false(wait.isOver(true, 260))
  t.is(wait.wakeAtMs, 360)
})
