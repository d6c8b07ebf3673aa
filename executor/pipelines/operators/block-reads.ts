import type { PhysicalBroadcastRead, PhysicalLocal, PhysicalShuffleRead } from '../../../planner/plan/physical/plan.js'
import { batchesOfBlocks } from './block-batches.js'
import type { ExecutableSource } from './operator.js'

export const local: ExecutableSource<PhysicalLocal> = {
  batches: ({ id, attributes }, { environment, memory, used }) =>
    batchesOfBlocks(environment.localBlocks(id), memory, attributes, used),
}

export const shuffleRead: ExecutableSource<PhysicalShuffleRead> = {
  batches: ({ stageId, attributes }, { environment, memory, used }) =>
    batchesOfBlocks(environment.shuffleBlocks(stageId), memory, attributes, used),
}

export const broadcastRead: ExecutableSource<PhysicalBroadcastRead> = {
  batches: ({ stageId, attributes }, { environment, memory, used }) =>
    batchesOfBlocks(environment.broadcastBlocks(stageId), memory, attributes, used),
}
