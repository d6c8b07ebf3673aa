import { operatorOf } from '../physical/operators/index.js'
import { partitioningText } from '../physical/operators/text.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import type { PhysicalPlan, Stage, StageGraph } from '../plan/physical/plan.js'
import type { StageSink, StageTasks } from '../plan/physical/stage-parts.js'
import { adaptivityText } from './adaptivity-text.js'
import { drawTree, type TreeNode } from './tree.js'

/** A physical plan as a tree; columns by name, since they are bound by position. */
export function explainPhysical(plan: PhysicalPlan): string {
  return drawTree(nodeOf(plan, new Set()))
}

/** The stages, each with its plan, tasks and sink. */
export function explainStages({ stages }: StageGraph): string {
  return stages.map(explainStage).join('\n')
}

function explainStage(stage: Stage): string {
  const adaptive = stage.adaptive ? `\n# ${adaptivityText(stage.adaptive)}` : ''
  return `Stage ${stage.id} (${countText(stage.tasks)}) -> ${sinkText(stage.sink)}${adaptive}\n${explainPhysical(stage.root)}`
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

/** Where the rows of a stage go. */
export function sinkText(sink: StageSink): string {
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

/** Rows that several operators read are computed once, and shown where they come first. @param shown such relations */
function nodeOf(plan: PhysicalPlan, shown: Set<PhysicalPlan>): TreeNode {
  const line = operatorOf(plan).line(plan)
  const isCut = plan.kind === 'broadcast' || plan.kind === 'exchange'
  const [input] = physicalInputs(plan)
  if (!isCut || !input) return { line, children: physicalInputs(plan).map((one) => nodeOf(one, shown)) }
  if (shown.has(input)) return { line: `Reused${line}`, children: [] }
  shown.add(input)
  return { line, children: [nodeOf(input, shown)] }
}
