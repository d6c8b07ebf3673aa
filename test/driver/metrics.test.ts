import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import type { JobPlan } from '../../driver/job-plan.js'
import { JobMetrics } from '../../driver/metrics.js'

const stage = { key: 0, taskCount: 2, stage: { root: { kind: 'oneRow', attributes: [] } } }
const PLAN = { spec: { jobId: 1 }, stages: new Map([[0, stage]]), result: stage } as unknown as JobPlan
const REPORT = { rowsRead: 1, rowsWritten: 1, bytesWritten: 0, spilledBytes: 0, elapsedMs: 1 }
const block = (byte: number): Block => ({ rows: 1, bytes: Uint8Array.of(byte) })

test('what a task observed counts once, however often its output is lost and made again', (t) => {
  const metrics = new JobMetrics(PLAN)
  const accept = (partition: number, byte: number): void =>
    metrics.accept(0, partition, { ...REPORT, observations: [{ observationId: 'o', blocks: [block(byte)] }] })
  accept(0, 1)
  accept(1, 2)
  accept(0, 3)
  t.deepEqual([...metrics.result().observed.get('o')!.values()], [[block(3)], [block(2)]])
})

test('rows and tasks count once, however often a task is run again', (t) => {
  const metrics = new JobMetrics(PLAN)
  const accept = (partition: number, rows: number): void =>
    metrics.accept(0, partition, {
      ...{ rowsRead: rows, rowsWritten: rows, bytesWritten: rows, spilledBytes: rows, elapsedMs: rows },
      streaming: {
        operators: [],
        scans: [{ scanId: 5, rows }],
        eventTimes: [{ watermarkId: 6, rows, minMicros: 1n, maxMicros: 2n, sumMicros: 3 }],
      },
    })
  accept(0, 100)
  accept(1, 2)
  accept(0, 3)
  const { stages, scans, eventTimes, rowsWritten } = metrics.result()
  t.like(stages[0], {
    ...{ tasks: 2, finished: 2, rowsRead: 5, rowsWritten: 5, bytesWritten: 5, spilledBytes: 5, taskMs: 5 },
  })
  t.is(rowsWritten, 5)
  t.is(scans.get(5), 5)
  t.like(eventTimes.get(6), { rows: 5, sumMicros: 6 })
})

test('what operators of a task did counts once, too, and of tasks is added up but for memory', (t) => {
  const metrics = new JobMetrics(PLAN)
  const accept = (partition: number, by: number): void => {
    const measures = { rows: by, loopMs: by, readMs: by, memoryBytes: by, spilledBytes: by }
    const operators = [
      { path: [], ...measures },
      { path: [0], ...measures, isShared: true as const },
    ]
    metrics.accept(0, partition, { ...REPORT, measures: operators })
  }
  accept(0, 100)
  accept(1, 2)
  accept(0, 3)
  const [measured] = metrics.result().measured
  const sums = { rows: 5, loopMs: 5, readMs: 5, memoryBytes: 3, spilledBytes: 5 }
  t.deepEqual(measured!.operators, [
    { path: [], ...sums },
    // Several threads make one table of all rows each.
    { path: [0], ...sums, rows: 3, isShared: true },
  ])
})

test('of the event times that tasks saw the first, the last and the sum are told', (t) => {
  const metrics = new JobMetrics(PLAN)
  for (const [partition, minMicros, maxMicros] of [
    [0, 5n, 9n],
    [1, 3n, 7n],
  ] as const) {
    const eventTimes = [{ watermarkId: 6, rows: 2, minMicros, maxMicros, sumMicros: Number(minMicros + maxMicros) }]
    metrics.accept(0, partition, { ...REPORT, streaming: { operators: [], scans: [], eventTimes } })
  }
  t.deepEqual(metrics.result().eventTimes.get(6), {
    watermarkId: 6,
    rows: 4,
    minMicros: 3n,
    maxMicros: 9n,
    sumMicros: 24,
  })
})

test('a stage that became part of another one is told no more, and one that was divided has as many tasks as it has then', (t) => {
  const stages = [0, 1, 2].map((key) => ({ ...stage, key }))
  const plan = {
    ...PLAN,
    stages: new Map(stages.map((one) => [one.key, one])),
    result: stages[2],
  } as unknown as JobPlan
  const metrics = new JobMetrics(plan)
  const decision = { kind: 'broadcast', left: 0, right: 1, bytes: 10 } as const
  metrics.change(plan, { stageKey: 2, tasks: 5, decision } as unknown as Parameters<JobMetrics['change']>[1])
  const { stages: told, changes } = metrics.result()
  t.deepEqual(
    told.map(({ stageKey, tasks }) => [stageKey, tasks]),
    [
      [1, 2],
      [2, 5],
    ],
  )
  t.is(changes.length, 1)
})
