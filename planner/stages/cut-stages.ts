import { schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { sourceOf } from '../physical/operators/index.js'
import type { StageCut } from '../physical/operators/operator.js'
import type { PhysicalQuery } from '../physical/plan-physical.js'
import { isSource, physicalInputs, withPhysicalInputs } from '../plan/physical/inputs.js'
import { partitionCount } from '../plan/physical/partitioning.js'
import type { PhysicalBroadcast, PhysicalExchange, PhysicalPlan, Stage, StageGraph } from '../plan/physical/plan.js'
import type { StageSink, StageTasks } from '../plan/physical/stage-parts.js'

/**
 * Cuts a query at its exchanges and broadcasts: each becomes a stage of its own, which comes before the stage that reads it. Caches that
 * nobody has made yet are stages before those that read them.
 */
export function cutStages(query: PhysicalQuery, sink: StageSink, parallelism: number): StageGraph {
  const cutter = new StageCutter(parallelism)
  for (const [cacheId, plan] of query.caches) cutter.add(plan, Object.freeze({ kind: 'cache', cacheId }))
  cutter.add(query.root, sink)
  return Object.freeze({ stages: cutter.stages })
}

/** What the leaves of a stage say about how many tasks it has. */
type TaskSource = StageTasks | undefined

class StageCutter {
  readonly stages: Stage[] = []
  readonly #cutting: StageCut
  /** Partitions of the shuffles that stages write. */
  readonly #partitions = new Map<number, number>()
  readonly #exchanges = new Map<PhysicalExchange, number>()
  readonly #broadcasts = new Map<PhysicalPlan, number>()
  /** Shuffles whose partitions the query asks for. */
  readonly #asked = new Set<number>()

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
    const own = { id, root, sink, schema: schema(fields), inputs, tasks }
    const merges = sink.kind === 'write' && this.#isDividedFreely(root)
    this.stages.push(Object.freeze(merges ? { ...own, mergesTasks: true } : own))
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
    const known = this.#exchanges.get(plan)
    if (known !== undefined) return known
    const { partitioning, attributes } = plan
    const stageId = this.add(plan.inputs[0], Object.freeze({ kind: 'shuffle', partitioning }), attributes)
    this.#partitions.set(stageId, partitionCount(partitioning))
    if (plan.isAsked) this.#asked.add(stageId)
    this.#exchanges.set(plan, stageId)
    return stageId
  }

  /** Whether all rows come from exchanges of which the query does not say how many partitions they have. */
  #isDividedFreely(plan: PhysicalPlan): boolean {
    if (plan.kind === 'shuffleRead') return !this.#asked.has(plan.stageId)
    if (isSource(plan)) return plan.kind === 'broadcastRead'
    return physicalInputs(plan).every((input) => this.#isDividedFreely(input))
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
