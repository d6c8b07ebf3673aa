import { MillraceError } from '../../common/errors/millrace-error.js'
import { outputOf } from '../plan/logical/output.js'
import type { LogicalPlan } from '../plan/logical/plan.js'
import type { PhysicalPlan } from '../plan/physical/plan.js'
import { estimateBytes, estimateRows } from './estimate.js'
import { type Observation, withObservation } from './observations.js'
import { planAggregate } from './operators/aggregate.js'
import { planDeduplicate } from './operators/deduplicate.js'
import { planJoin } from './operators/hash-join.js'
import { planObserve } from './operators/observe.js'
import { planLimit, planSort } from './operators/ordered.js'
import { planDraw } from './operators/ranges.js'
import { planRepartition } from './operators/repartition.js'
import { planExpand, planFilter, planProject, planReplicate, planSample, planWatermark } from './operators/rowwise.js'
import { planCached, planRange, planScan } from './operators/sources.js'
import { planUnion, planValues } from './operators/union.js'
import { planEvaluate, planMapPartitions } from './operators/user-code.js'
import { planWindow } from './operators/window.js'
import type { PhysicalOptions } from './options.js'
import { brings, propertiesOf, withRequirements } from './place.js'
import type { Planning } from './planning.js'
import { IN_ONE_TASK, type Properties, type Requirement } from './properties.js'
import { withReusedExchanges } from './reused-exchanges.js'
import { shufflePartitionsFor } from './shuffle-partitions.js'
import { checkStreaming, isStreaming } from './streaming.js'
import { withUsedBuckets } from './used-buckets.js'

/** A query as it will run, not yet cut into stages, with the plans of the caches it reads that nobody has made yet. */
export interface PhysicalQuery {
  readonly root: PhysicalPlan
  readonly caches: ReadonlyMap<string, PhysicalPlan>
  /** By the ids under which tasks report. */
  readonly observations: ReadonlyMap<string, Observation>
}

/** Chooses how each relation is computed and binds every column by position. @throws UNSUPPORTED_FEATURE, STREAMING_* */
export function planPhysical(plan: LogicalPlan, options: PhysicalOptions): PhysicalQuery {
  if (isStreaming(plan)) checkStreaming(plan, options)
  const planner = new PhysicalPlanner({ ...options, shufflePartitions: shufflePartitionsFor(plan, options) })
  const { caches, observations } = planner
  const root = withUsedBuckets(planner.planResult(plan))
  return { root: isStreaming(plan) ? root : withReusedExchanges(root), caches, observations }
}

type PlannerOf<K extends LogicalPlan['kind']> = (
  planning: Planning,
  plan: Extract<LogicalPlan, { readonly kind: K }>,
) => PhysicalPlan

/** Who plans which relation. */
const PLANNERS: { readonly [K in LogicalPlan['kind']]: PlannerOf<K> } = {
  scan: planScan,
  local: (_, plan) => Object.freeze({ kind: 'local', id: plan.id, attributes: outputOf(plan) }),
  oneRow: (_, plan) => Object.freeze({ kind: 'oneRow', attributes: outputOf(plan) }),
  range: planRange,
  values: planValues,
  cached: (planning, plan) => planCached(planning, plan),
  project: planProject,
  filter: planFilter,
  watermark: planWatermark,
  observe: planObserve,
  deduplicate: planDeduplicate,
  aggregate: planAggregate,
  window: planWindow,
  join: planJoin,
  union: planUnion,
  sort: planSort,
  repartition: planRepartition,
  limit: planLimit,
  replicate: planReplicate,
  expand: planExpand,
  sample: planSample,
  draw: planDraw,
  evaluate: planEvaluate,
  mapPartitions: planMapPartitions,
}

/** Plans the nodes of one query; hands out the ids of scans, watermarks and stateful operators. */
class PhysicalPlanner implements Planning {
  readonly options: PhysicalOptions
  readonly caches = new Map<string, PhysicalPlan>()
  readonly observations = new Map<string, Observation>()
  readonly #results = new Set<LogicalPlan>()
  readonly #shared = new Map<LogicalPlan, PhysicalPlan>()
  #nextScanId = 0
  #nextOperatorId = 0
  #nextWatermarkId = 0

  constructor(options: PhysicalOptions) {
    this.options = options
  }

  /** The relation whose rows are given out in the order of tasks. */
  planResult(plan: LogicalPlan): PhysicalPlan {
    for (let rows = plan; ; rows = rows.input) {
      this.#results.add(rows)
      if (rows.kind !== 'project' && rows.kind !== 'observe') return this.plan(plan)
    }
  }

  plan(plan: LogicalPlan): PhysicalPlan {
    return plan.kind === 'repartition' ? this.shared(plan) : this.#planned(plan)
  }

  shared(plan: LogicalPlan): PhysicalPlan {
    const planned = this.#shared.get(plan) ?? this.#planned(plan)
    this.#shared.set(plan, planned)
    return planned
  }

  #planned(plan: LogicalPlan): PhysicalPlan {
    const planner = PLANNERS[plan.kind] as PlannerOf<typeof plan.kind>
    const planned = planner(this, plan as never)
    if (!this.options.measures) return planned
    return Object.freeze({ ...planned, estimate: { rows: estimateRows(plan), bytes: estimateBytes(plan) } })
  }

  place(plan: PhysicalPlan): PhysicalPlan {
    return withRequirements(plan, this.options.shufflePartitions)
  }

  brings(plan: PhysicalPlan, required: Requirement): boolean {
    return brings(plan, required, this.options.shufflePartitions)
  }

  partitioningOf(plan: PhysicalPlan): Properties['partitioning'] {
    return propertiesOf(plan).partitioning
  }

  isSingle(plan: PhysicalPlan): boolean {
    return this.brings(plan, IN_ONE_TASK)
  }

  isResult(plan: LogicalPlan): boolean {
    return this.#results.has(plan)
  }

  nextScanId(): number {
    return this.#nextScanId++
  }

  nextOperatorId(): number {
    return this.#nextOperatorId++
  }

  nextWatermarkId(): number {
    return this.#nextWatermarkId++
  }

  observe(observation: Observation): string {
    return withObservation(this.observations, observation)
  }

  make(cacheId: string, relation: LogicalPlan): void {
    if (isStreaming(relation))
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'cache() of a streaming DataFrame' })
    if (!this.options.isCached(cacheId) && !this.caches.has(cacheId))
      this.caches.set(cacheId, withReusedExchanges(withUsedBuckets(this.plan(relation))))
  }
}
