import { schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { sourceOf } from '../physical/operators/index.js'
import type { StageCut } from '../physical/operators/operator.js'
import type { AdaptiveOptions } from '../physical/options.js'
import type { PhysicalQuery } from '../physical/plan-physical.js'
import { isSource, physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import { type Partitioning, partitionCount } from '../plan/physical/partitioning.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan, Stage, StageGraph } from '../plan/physical/plan.js'
import type { StageSink, StageTasks } from '../plan/physical/stage-parts.js'
import { withAdaptivity } from './adaptivity.js'

/**
 * Cuts a query at its exchanges and broadcasts: each becomes a stage of its own, which comes before the stage that reads it. Caches that
 * nobody has made yet are stages before those that read them.
 */
export function cutStages(
  query: PhysicalQuery,
  sink: StageSink,
  parallelism: number,
  adaptive?: AdaptiveOptions,
): StageGraph {
  const cutter = new StageCutter(parallelism)
  for (const [cacheId, plan] of query.caches) cutter.add(plan, Object.freeze({ kind: 'cache', cacheId }))
  cutter.add(query.root, sink)
  const { stages, asked } = cutter
  return Object.freeze({
    stages: adaptive ? withAdaptivity({ stages, asked, parallelism, options: adaptive }) : stages,
  })
}

/** What the leaves of a stage say about how many tasks it has. */
type TaskSource = StageTasks | undefined

class StageCutter {
  readonly stages: Stage[] = []
  /** Shuffles whose partitions the query asks for. */
  readonly asked = new Set<number>()
  readonly #cutting: StageCut
  /** Partitions of the shuffles that stages write. */
  readonly #partitions = new Map<number, number>()
  /** The stages of exchanges by what they read, and how they divide it. */
  readonly #exchanges = new Map<PhysicalPlan, Map<Partitioning, number>>()
  readonly #broadcasts = new Map<PhysicalPlan, number>()

  constructor(parallelism: number) {
    this.#cutting = { parallelism, partitionsOf: (stageId) => this.#partitions.get(stageId)! }
  }

  /** @param attributes the columns that go to the sink: those of the plan, or the first of them */
  add(plan: PhysicalPlan, sink: StageSink, attributes = plan.attributes): number {
    const inputs: number[] = []
    const root = this.#cut(plan, inputs)
    const id = this.stages.length
    const tasks = this.#tasksOf(root) ?? { kind: 'fixed', count: 1 }
    const fields = attributes.map(({ name, type, nullable }) => Object.freeze({ name, type, nullable }))
    this.stages.push(Object.freeze({ id, root, sink, schema: schema(fields), inputs, tasks }))
    return id
  }

  #cut(plan: PhysicalPlan, inputs: number[]): PhysicalPlan {
    const { attributes } = plan
    if (plan.kind === 'exchange') {
      const stageId = this.#exchange(plan)
      inputs.push(stageId)
      return Object.freeze({ kind: 'shuffleRead', stageId, attributes })
    }
    if (plan.kind === 'broadcast') {
      const stageId = this.#broadcast(plan)
      inputs.push(stageId)
      return Object.freeze({ kind: 'broadcastRead', stageId, attributes })
    }
    return withPhysicalInputs(plan, (input) => this.#cut(input, inputs))
  }

  /** The stage of a broadcast, which several may read; rows of an exchange are read where they lie. */
  #broadcast({ inputs: [input] }: PhysicalBroadcast): number {
    if (input.kind === 'exchange') return this.#exchange(input)
    const stageId = this.#broadcasts.get(input) ?? this.add(input, Object.freeze({ kind: 'collect' }))
    this.#broadcasts.set(input, stageId)
    return stageId
  }

  /** The stage of an exchange, which several may read. */
  #exchange(plan: PhysicalExchange): number {
    const { inputs, partitioning, attributes } = plan
    const ofInput = this.#exchanges.get(inputs[0]) ?? new Map<Partitioning, number>()
    this.#exchanges.set(inputs[0], ofInput)
    const known = ofInput.get(partitioning)
    if (known !== undefined) return known
    const stageId = this.add(inputs[0], Object.freeze({ kind: 'shuffle', partitioning }), attributes)
    this.#partitions.set(stageId, partitionCount(partitioning))
    if (plan.isAsked) this.asked.add(stageId)
    ofInput.set(partitioning, stageId)
    return stageId
  }

  /** A stage has as many tasks as what it reads is divided into; a broadcast has no say. */
  #tasksOf(plan: PhysicalPlan): TaskSource {
    if (isSource(plan)) return sourceOf(plan).tasks(plan, this.#cutting)
    const all = physicalInputs(plan).flatMap((input) => this.#tasksOf(input) ?? [])
    const [first] = all
    if (all.length > 1 && all.some((tasks) => JSON.stringify(tasks) !== JSON.stringify(first))) {
      if (plan.kind === 'union') return Object.freeze({ kind: 'most', of: all })
      throw new MillraceError('INTERNAL_ERROR', { message: 'the inputs of a stage are divided differently' })
    }
    return first
  }
}
