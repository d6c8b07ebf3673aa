import type { Block } from '../../columnar/blocks/block.js'
import { tuplesFromBlock } from '../../columnar/rows.js'
import { runTask } from '../../executor/pipelines/run-task.js'
import type { TaskEnvironment } from '../../executor/pipelines/task.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import { memoryOf } from './memory.js'
import { schemaOf, stageOf } from './stages.js'

export interface CachedRead {
  /** How often the blocks of the relation were read. */
  readonly reads: number
  readonly rows: readonly (readonly unknown[])[]
}

/** Runs a plan over a cached relation of one partition. */
export async function readCached(
  plan: PhysicalPlan,
  blocks: () => readonly Block[],
  version: string,
  overrides: Partial<TaskEnvironment> = {},
): Promise<CachedRead> {
  const rows: (readonly unknown[])[] = []
  let reads = 0
  const unused = () => {
    throw new Error('not in this test')
  }
  await runTask(
    stageOf(plan),
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
      shuffleBlocks: unused,
      broadcastBlocks: unused,
      cachedBlocks: async function* () {
        reads++
        yield* blocks()
      },
      cacheVersion: () => version,
      emit: (_, block) => {
        rows.push(...tuplesFromBlock(schemaOf(plan), block))
      },
      ...overrides,
    },
  )
  return { reads, rows }
}
