import type { StageAdaptivity } from '../../planner/plan/physical/adaptivity.js'
import type { StageState } from '../tasks/stage-state.js'
import { divide } from './division.js'
import type { StageSpec } from './job-spec.js'

/** What was decided of a stage before its first task ran. It stays so, whatever is lost and computed again. */
export interface StageChange {
  readonly stageKey: number
  /** How many tasks it has now. */
  readonly tasks: number
  readonly decision: Decision
}

export type Decision =
  /** Tasks read several partitions, or share one. */
  | { readonly kind: 'divided'; readonly merging: number; readonly shared: number }
  /** The right side is read whole by each task, and the stage of the left side is part of this one. */
  | { readonly kind: 'broadcast'; readonly left: number; readonly right: number; readonly bytes: number }
  /** The table of the join is made of the left side. */
  | { readonly kind: 'swapped'; readonly leftBytes: number; readonly rightBytes: number }

type StageOf = (key: number) => StageState

/**
 * Decides, when the right side of a join is there, whether it becomes a broadcast; the stage of the left side has not begun then.
 */
export function broadcastLate(stage: StageState, stageOf: StageOf): StageChange | undefined {
  const { left, right, mostBytes, leastTasks } = stage.spec.adaptive!.broadcast!
  const { bytes } = stageOf(right).outputs
  if (bytes > mostBytes || stageOf(left).spec.taskCount < leastTasks) return undefined
  const { adaptive: _, ...own } = stage.spec
  const { inputs, taskCount, cacheReads, adaptive } = stageOf(left).spec
  const spec: StageSpec = {
    ...own,
    inputs: [...new Set([...inputs, ...own.inputs.filter((key) => key !== left)])],
    taskCount,
    cacheReads: [...new Set([...own.cacheReads, ...cacheReads])],
    ...(adaptive ? { adaptive: withoutSharing(adaptive, own.inputs) } : {}),
  }
  stage.become(spec)
  return { stageKey: spec.key, tasks: taskCount, decision: { kind: 'broadcast', left, right, bytes } }
}

/** The same, but for partitions of some stages, which are read whole. */
function withoutSharing(adaptive: StageAdaptivity, whole: readonly number[]): StageAdaptivity {
  const { split } = adaptive
  if (!split) return adaptive
  return { ...adaptive, split: { ...split, stages: split.stages.filter((key) => !whole.includes(key)) } }
}

/** Decides, when all that a stage reads is there, which sides its join has and what each of its tasks reads. */
export function divideLate(stage: StageState, adaptive: StageAdaptivity, stageOf: StageOf): readonly StageChange[] {
  const { key, taskCount } = stage.spec
  const division = divide(adaptive, (input) => stageOf(input).outputs, taskCount)
  const changes: StageChange[] = []
  const { swap } = adaptive
  if (swap) {
    const [leftBytes, rightBytes] = [stageOf(swap.left).outputs.bytes, stageOf(swap.right).outputs.bytes]
    if (leftBytes * swap.factor < rightBytes)
      changes.push({ stageKey: key, tasks: taskCount, decision: { kind: 'swapped', leftBytes, rightBytes } })
  }
  const { reads, merging, shared } = division
  stage.divide(reads)
  if (merging + shared > 0)
    changes.push({ stageKey: key, tasks: reads.length, decision: { kind: 'divided', merging, shared } })
  return changes.map((change) => ({ ...change, tasks: reads.length }))
}
