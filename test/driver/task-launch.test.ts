import test from 'ava'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Driver } from '../../driver/driver.js'
import type { JobPlan } from '../../driver/job-plan.js'
import type { SchedulerAction } from '../../driver/jobs/actions.js'
import { observedMetrics } from '../../driver/observed-metrics.js'
import { takeOutput, taskLaunch } from '../../driver/task-launch.js'
import type { Observation } from '../../planner/physical/observations.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import { collect, hash, scan } from '../support/fake-plans.js'
import { blockOf } from '../support/fake-task.js'

type Launch = Extract<SchedulerAction, { kind: 'launchTask' }>
const CONTEXT = {
  addressOf: (executorId: string): string => (executorId === 'own' ? '' : `${executorId}:1`),
  localBlocks: () => [1n, 2n, 3n, 4n].map((value) => blockOf([value])),
}

function launched(
  sink: StageSink,
  { isResult = true, together }: { isResult?: boolean; together?: readonly string[] } = {},
) {
  const stage = {
    ...{ key: 5, taskCount: 2, stage: scan(0, 10, 1, sink), localIds: ['l'], operatorIds: [] },
    inputKeys: new Map([[7, 3]]),
    cacheKeys: new Map([['c', 4]]),
    shares: new Map([[0, [[{ from: 0, until: 10 }]]]]),
  }
  const plan = { stages: new Map([[5, stage]]), result: isResult ? stage : { key: 6 } } as unknown as JobPlan
  const task = { attemptId: 9, jobId: 1, stageKey: 5, partition: 1, attempt: 2, executorId: 'a', launchedMs: 0 }
  const inputs = [
    { stageKey: 3, outputs: [{ executorId: 'b', attemptIds: [1, 2] }] },
    { stageKey: 4, outputs: [{ executorId: 'own', attemptIds: [3] }] },
  ]
  return taskLaunch(plan, { kind: 'launchTask', task, inputs, together } as unknown as Launch, CONTEXT)
}

test('a task is told what it reads and where that lies, also when nothing of a scan is left for it', (t) => {
  const { inputs, sources, attempt, attemptId } = launched(collect)
  t.deepEqual([attemptId, attempt], [9, 2])
  t.deepEqual(inputs, { partition: 1, splits: { 0: [] } })
  t.deepEqual(sources, [
    { kind: 'stage', stageId: 7, stageKey: 3, groups: [{ executorId: 'b', attemptIds: [1, 2], address: 'b:1' }] },
    { kind: 'cache', cacheId: 'c', stageKey: 4, groups: [{ executorId: 'own', attemptIds: [3], address: '' }] },
    { kind: 'local', id: 'l', from: 2, until: 4 },
  ])
})

test('only what is collected comes with the report of a task, and not of those that run together', (t) => {
  t.true(launched(collect).inlineBytes > 0)
  t.is(launched(collect, { isResult: false }).inlineBytes, 0)
  t.is(launched(hash(2)).inlineBytes, 0)
  const together = launched(collect, { together: ['own', 'b'] })
  t.is(together.inlineBytes, 0)
  t.deepEqual(together.together, ['localhost', 'b:1'])
})

test('what a task or a move writes belongs to a cache, or to its job', (t) => {
  const cache = { kind: 'cache', cacheId: 'c' } as const
  t.deepEqual(launched(cache).owner, cache)
  t.deepEqual(launched(collect).owner, { kind: 'job' })
  const move = { kind: 'moveOutput', from: 'a', to: 'b', attemptId: 9, jobId: 0 } as const
  const order = { kind: 'takeOutput', attemptId: 9, jobId: 0, address: 'a:1' }
  t.deepEqual(takeOutput({ ...move, cacheId: 'c' }, 'a:1'), { ...order, owner: cache })
  t.deepEqual(takeOutput({ ...move, cacheId: undefined }, 'a:1'), { ...order, owner: { kind: 'job' } })
})

test('the states of an observation are let go when its row is there, or does not come', async (t) => {
  const held = new Set<string>()
  const letGo: string[] = []
  const failure = new MillraceError('DIVIDE_BY_ZERO', {})
  const driver = {
    registerLocalBlocks: (id: string) => void held.add(id),
    releaseLocalBlocks: (id: string) => void letGo.push(id),
    submit: () => ({ blocks: { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) } }),
  } as unknown as Driver
  const metrics = (id: string) => ({ kind: 'local', id, attributes: [] })
  const observation = { name: 'o', metrics } as unknown as Observation
  const observed = new Map([['1', new Map([[0, [blockOf([1n])]]])]])
  const failed = await t.throwsAsync(
    observedMetrics(driver, { observations: new Map([['1', observation]]) }, { observed }),
  )
  t.is(failed, failure)
  t.is(held.size, 1)
  t.deepEqual(letGo, [...held])
})
