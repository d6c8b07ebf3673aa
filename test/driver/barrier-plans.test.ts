import test from 'ava'
import { planJob } from '../../driver/job-plan.js'
import type { PreparedStage } from '../../driver/prepared-stage.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'

const BROADCAST = { left: 0, right: 1, mostBytes: 100, leastTasks: 0 }
const MERGE = { tasks: 1, leastBytes: 1, mostBytes: 100 }

/** Stages of which only what the driver asks them is there. */
const stage = (id: number, inputs: readonly number[], root: object, adaptive?: Stage['adaptive']): PreparedStage => ({
  stage: {
    id,
    inputs,
    root: root as PhysicalPlan,
    sink: { kind: 'collect' },
    ...(adaptive ? { adaptive } : {}),
  } as Stage,
  ...{ taskCount: 2, shares: new Map(), localIds: [], cacheIds: [], streaming: undefined, operatorIds: [] },
})
const READ = { kind: 'shuffleRead' }
const together = { kind: 'mapPartitions', barrier: true, inputs: [READ] }
const filtered = { kind: 'filter', inputs: [together] }

test('a stage in which tasks wait for one another has a barrier, and as many tasks as were planned', (t) => {
  const adaptive = { shuffles: [0], merge: MERGE }
  const plan = planJob(
    1,
    [stage(0, [], READ), stage(1, [0], filtered, adaptive), stage(2, [1], READ, adaptive)],
    new Map(),
    true,
  )
  t.deepEqual(
    plan.spec.stages.map(({ hasBarrier, adaptive }) => [hasBarrier, adaptive !== undefined]),
    [
      [undefined, false],
      [true, false],
      [undefined, true],
    ],
  )
})

test('such a stage does not become part of another one, which joins its rows', (t) => {
  const adaptive = { shuffles: [0, 1], merge: MERGE, broadcast: BROADCAST }
  const joining = (left: object) =>
    planJob(1, [stage(0, [], left), stage(1, [], READ), stage(2, [0, 1], READ, adaptive)], new Map(), true).spec
      .stages[2]
  t.deepEqual(joining(filtered)!.adaptive, { shuffles: [0, 1], merge: MERGE })
  t.deepEqual(joining(READ)!.adaptive, adaptive)
})
