import test from 'ava'
import type { Block } from '../../columnar/blocks/block.js'
import { blockFromRows } from '../../columnar/blocks/block-from-rows.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { field, INT, STRING } from '../../columnar/types.js'
import { threadMemory } from '../../executor/memory/linear-memory.js'
import { runTask } from '../../executor/pipelines/run-task.js'
import type { TaskEnvironment } from '../../executor/pipelines/task.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import { memoryOf } from '../support/memory.js'
import { attribute, join, schemaOf, stageOf } from '../support/stages.js'

const DAYS = [field('day', INT), field('name', STRING)]
const days = Array.from({ length: 5000 }, (_, i) => ({ day: i, name: `a day with the number ${i}` }))
const dayBlock = blockFromRows({ fields: DAYS }, days)
const memory = threadMemory()

const source = (kind: 'broadcastRead' | 'shuffleRead', stageId: number, fields: typeof DAYS): PhysicalPlan => ({
  kind,
  stageId,
  attributes: fields.map((x) => attribute(x.name, x.type, x.nullable)),
})

function joinStage(): Stage {
  const left = source('shuffleRead', 1, [field('at', INT)])
  return stageOf(join('inner', left, source('broadcastRead', 0, DAYS), [['at', 'day']]))
}

interface Task {
  readonly names: readonly unknown[]
  readonly builds: number
}

async function runOn(stage: Stage, at: number, overrides: Partial<TaskEnvironment> = {}): Promise<Task> {
  const rows: (readonly unknown[])[] = []
  let builds = 0
  const unused = () => {
    throw new Error('not in this test')
  }
  async function* once(block: Block) {
    yield block
  }
  await runTask(
    stage,
    { partition: 0, splits: {} },
    {
      signal: new AbortController().signal,
      attempt: 0,
      memory: memoryOf(1 << 30),
      spills: false,
      trimIdle: async () => {},
      claimTable: async () => ({ kind: 'make', isShared: false }),
      madeTable: () => {},
      reader: unused,
      writer: unused,
      localBlocks: unused,
      cachedBlocks: unused,
      cacheVersion: () => '',
      shuffleBlocks: () => once(blockFromRows({ fields: [field('at', INT)] }, [{ at }, { at: at + 1 }, { at: -1 }])),
      broadcastBlocks: () => {
        builds++
        return once(dayBlock)
      },
      emit: (_, block) => {
        rows.push(...tuplesFromBlock(schemaOf(stage.root), block))
      },
      ...overrides,
    },
  )
  return { names: rows.map((row) => row[2]), builds }
}

test.serial('tasks of one stage on one thread share the table of a broadcast join', async (t) => {
  const stage = joinStage()
  t.deepEqual(await runOn(stage, 7), { names: ['a day with the number 7', 'a day with the number 8'], builds: 1 })
  const held = memory.bytesInUse
  t.deepEqual(await runOn(stage, 40), { names: ['a day with the number 40', 'a day with the number 41'], builds: 0 })
  t.is(memory.bytesInUse, held)
})

test.serial('another stage finds the memory free, and builds its own', async (t) => {
  await runOn(joinStage(), 1)
  const held = memory.bytesInUse
  const other = stageOf(source('shuffleRead', 1, [field('at', INT)]))
  await runOn(other, 1)
  t.true(memory.bytesInUse < held - 5000 * 24)
  t.is((await runOn(joinStage(), 1)).builds, 1)
  await runOn(other, 1)
})

test.serial('what the tables hold counts towards the memory of every task', async (t) => {
  const stage = joinStage()
  await runOn(stage, 1)
  await t.throwsAsync(runOn(stage, 1, { memory: memoryOf(200_000) }), {
    message: /UNABLE_TO_ACQUIRE_MEMORY.*of which tables of broadcast joins [3-9]\d{5}\D/,
  })
})

test.serial('a task that fails leaves no table behind', async (t) => {
  const other = stageOf(source('shuffleRead', 1, [field('at', INT)]))
  await runOn(other, 1)
  const before = memory.bytesInUse
  const stage = joinStage()
  const failure = new Error('no further')
  const failing: Partial<TaskEnvironment> = {
    emit: () => {
      throw failure
    },
  }
  await t.throwsAsync(runOn(stage, 1, failing))
  t.is(memory.bytesInUse, before)
  await runOn(stage, 1)
  await t.throwsAsync(runOn(stage, 1, failing))
  t.is(memory.bytesInUse, before, 'nor one it took over')
  t.is((await runOn(stage, 1)).builds, 1)
})
