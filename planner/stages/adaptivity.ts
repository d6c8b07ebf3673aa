import { operatorOf } from '../physical/operators/index.js'
import type { AdaptiveOptions } from '../physical/options.js'
import { statefulOperators } from '../physical/stateful-operators.js'
import type {
  LateBroadcast,
  LateSwap,
  MergedPartitions,
  SplitPartitions,
  StageAdaptivity,
} from '../plan/physical/adaptivity.js'
import { physicalInputs } from '../plan/physical/inputs.js'
import { partitionCount } from '../plan/physical/partitioning.js'
import type { PhysicalHashJoin, PhysicalPlan, Stage } from '../plan/physical/plan.js'

/** What is known of all stages of a query when they are cut. */
export interface CutQuery {
  readonly stages: readonly Stage[]
  /** Shuffles whose partitions the query asks for. */
  readonly asked: ReadonlySet<number>
  readonly parallelism: number
  readonly options: AdaptiveOptions
}

/** A partition that is shared has at most so many parts for each slot: more would only read the other side more often. */
const PARTS_PER_SLOT = 4

/** The stages with what may be decided of them while they run. */
export function withAdaptivity(query: CutQuery): readonly Stage[] {
  return query.stages.map((stage) => {
    const adaptive = adaptivityOf(stage, query)
    return adaptive ? Object.freeze({ ...stage, adaptive }) : stage
  })
}

function adaptivityOf(stage: Stage, query: CutQuery): StageAdaptivity | undefined {
  const shuffles = readsOf(stage.root, 'shuffleRead')
  // A cache keeps the partitions that it was made with; states lie by partition.
  const isFixed = stage.sink.kind === 'cache' || shuffles.length === 0 || statefulOperators(stage.root).length > 0
  if (isFixed || !isDividedFreely(stage.root, query.asked)) return undefined
  const join = joinBelow(stage.root)
  const merge = mergeOf(stage, query)
  const split = join && splitOf(join, stage.root, query)
  const broadcast = join && broadcastOf(join, stage, query)
  const swap = join && swapOf(join, query)
  if (!merge && !split && !broadcast && !swap) return undefined
  return {
    shuffles: [...new Set(shuffles)],
    ...(merge ? { merge } : {}),
    ...(split ? { split } : {}),
    ...(broadcast ? { broadcast } : {}),
    ...(swap ? { swap } : {}),
  }
}

/** The stages that a plan reads in one way, as often as it does. */
function readsOf(plan: PhysicalPlan, kind: 'shuffleRead' | 'broadcastRead'): readonly number[] {
  if (plan.kind === kind) return [plan.stageId]
  return physicalInputs(plan).flatMap((input) => readsOf(input, kind))
}

/** Whether all rows come from exchanges of which the query does not say how many partitions they have. */
function isDividedFreely(plan: PhysicalPlan, asked: ReadonlySet<number>): boolean {
  if (plan.kind === 'shuffleRead') return !asked.has(plan.stageId)
  if (plan.kind === 'broadcastRead') return true
  const inputs = physicalInputs(plan)
  return inputs.length > 0 && inputs.every((input) => isDividedFreely(input, asked))
}

/** Each task of a write makes a file, so that it is divided no more than the least size asks for; otherwise all slots are to have work. */
function mergeOf({ sink, tasks }: Stage, { parallelism, options }: CutQuery): MergedPartitions | undefined {
  if (!options.merge || tasks.kind !== 'fixed' || tasks.count === 1) return undefined
  const { leastBytes, mostBytes, isParallel } = options.merge
  if (sink.kind === 'write') return { tasks: tasks.count, leastBytes, mostBytes }
  return { tasks: isParallel ? parallelism : 1, leastBytes, mostBytes }
}

/** The shuffled join of a stage above which nothing asks how its rows lie, so that any task may have any of them. */
function joinBelow(plan: PhysicalPlan): PhysicalHashJoin | undefined {
  if (plan.kind === 'hashJoin' && !plan.broadcast) return plan
  const input = rowwiseInput(plan)
  return input && joinBelow(input)
}

/** The shuffle of which a side has the rows: those of a part of it are a part of the side. */
function shuffleBelow(plan: PhysicalPlan): number | undefined {
  if (plan.kind === 'shuffleRead') return plan.stageId
  const input = rowwiseInput(plan)
  return input && shuffleBelow(input)
}

/** The input of an operator that takes its rows as they lie, and beside them nothing but broadcasts. */
function rowwiseInput(plan: PhysicalPlan): PhysicalPlan | undefined {
  const [input, ...others] = physicalInputs(plan)
  if (!input || plan.kind === 'union' || others.some(({ kind }) => kind !== 'broadcastRead')) return undefined
  return operatorOf(plan).requires(plan)[0]!.distribution.kind === 'any' ? input : undefined
}

/** What makes the same rows in each task that reads the same: nothing is drawn, numbered or asked of the user's code. */
const REPEATABLE: ReadonlySet<PhysicalPlan['kind']> = new Set([
  'shuffleRead',
  'broadcastRead',
  'filter',
  'project',
  'aggregate',
  'hashJoin',
])

const isRepeatable = (plan: PhysicalPlan): boolean =>
  REPEATABLE.has(plan.kind) && physicalInputs(plan).every(isRepeatable)

/**
 * A row of a side may be met by another task than the next one where each sees the other side whole, and where nothing is said of rows of the
 * other side that no row meets: those would be told by each task.
 */
function splitOf(
  join: PhysicalHashJoin,
  root: PhysicalPlan,
  { parallelism, options }: CutQuery,
): SplitPartitions | undefined {
  if (!options.split) return undefined
  const [left, right] = join.inputs
  const sides = [
    { side: left, other: right, isRight: join.type !== 'full' && !join.isNullAware },
    { side: right, other: left, isRight: join.type === 'inner' },
  ]
  const all = [...readsOf(root, 'shuffleRead'), ...readsOf(root, 'broadcastRead')]
  const stages = sides.flatMap(({ side, other, isRight }) => {
    const stage = isRight && isRepeatable(other) ? shuffleBelow(side) : undefined
    // A stage that is read twice would be read in part in both places.
    return stage !== undefined && all.filter((one) => one === stage).length === 1 ? [stage] : []
  })
  const { factor, leastBytes, partBytes } = options.split
  return stages.length === 0
    ? undefined
    : { stages, factor, leastBytes, partBytes, mostParts: PARTS_PER_SLOT * parallelism }
}

/** Rows of the left side need not be shuffled when nobody else reads them so. Those of a write lie by key as they are, in few files. */
function broadcastOf(
  join: PhysicalHashJoin,
  { root, sink: into, tasks }: Stage,
  { stages, parallelism, options }: CutQuery,
): LateBroadcast | undefined {
  const left = shuffleBelow(join.inputs[0])
  const [, side] = join.inputs
  if (!join.mayBroadcast || left === undefined || side.kind !== 'shuffleRead') return undefined
  if (readsOf(root, 'shuffleRead').length !== 2 || into.kind === 'write' || tasks.kind !== 'fixed') return undefined
  const { sink } = stages[left]!
  const readers = stages.filter(({ inputs }) => inputs.includes(left))
  const isOfKeys = sink.kind === 'shuffle' && sink.partitioning.kind === 'hash' && partitionCount(sink.partitioning) > 1
  if (left === side.stageId || readers.length > 1 || !isOfKeys) return undefined
  const leastTasks = Math.min(tasks.count, parallelism)
  return { left, right: side.stageId, mostBytes: options.broadcastBytes, leastTasks }
}

function swapOf(join: PhysicalHashJoin, { options }: CutQuery): LateSwap | undefined {
  const [left, right] = join.inputs.map(shuffleBelow)
  const isEven = join.type === 'inner' || join.type === 'full'
  if (!isEven || options.swapFactor === 0 || left === undefined || right === undefined) return undefined
  return { left, right, factor: options.swapFactor }
}
