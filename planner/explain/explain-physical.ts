import { operatorOf } from '../physical/operators/index.js'
import { partitioningText } from '../physical/operators/text.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan, Stage, StageGraph } from '../plan/physical/plan.js'
import type { StageSink, StageTasks } from '../plan/physical/stage-parts.js'
import { drawTree, type TreeNode } from './tree.js'

/** A physical plan as a tree; columns by name, since they are bound by position. */
export function explainPhysical(plan: PhysicalPlan): string {
  return drawTree(nodeOf(plan))
}

/** The stages, each with its plan, tasks and sink. */
export function explainStages({ stages }: StageGraph): string {
  return stages.map(explainStage).join('\n')
}

function explainStage(stage: Stage): string {
  return `Stage ${stage.id} (${countText(stage.tasks)}) -> ${sinkText(stage.sink)}\n${explainPhysical(stage.root)}`
}

function countText(tasks: StageTasks): string {
  switch (tasks.kind) {
    case 'fixed':
      return `${tasks.count} tasks`
    case 'splits':
      return 'a task per share of splits'
    case 'cache':
      return 'a task per cached partition'
    case 'most':
      return `the most of: ${tasks.of.map(countText).join(', ')}`
  }
}

function sinkText(sink: StageSink): string {
  switch (sink.kind) {
    case 'shuffle':
      return `shuffle ${partitioningText(sink.partitioning)}`
    case 'collect':
      return 'collect'
    case 'cache':
      return 'cache'
    case 'write':
      return `write ${sink.write.provider}`
  }
}

function nodeOf(plan: PhysicalPlan): TreeNode {
  return { line: operatorOf(plan).line(plan), children: physicalInputs(plan).map(nodeOf) }
}
