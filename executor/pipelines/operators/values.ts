import type { PhysicalValues } from '../../../planner/plan/physical/plan.js'
import { batchesOfBlocks } from './block-batches.js'
import { literalBlock } from './literal-block.js'
import type { ExecutableSource } from './operator.js'

export const values: ExecutableSource<PhysicalValues> = {
  batches: (plan, { memory, used }) => batchesOfBlocks([literalBlock(plan)], memory, plan.attributes, used),
}
