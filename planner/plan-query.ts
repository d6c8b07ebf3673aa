import { optimize } from './optimize/optimize.js'
import type { PhysicalOptions } from './physical/options.js'
import { type PhysicalQuery, planPhysical } from './physical/plan-physical.js'
import { withRuntimeFilters } from './physical/runtime-filters/runtime-filters.js'
import type { LogicalPlan } from './plan/logical/plan.js'
import type { StageGraph } from './plan/physical/plan.js'
import type { StageSink } from './plan/physical/stage-parts.js'
import { cutStages } from './stages/cut-stages.js'

/** A query from its analyzed plan to the stages that run. */
export interface PlannedQuery {
  readonly optimized: LogicalPlan
  readonly physical: PhysicalQuery
  readonly stages: StageGraph
}

/** Everything between analysis and running. @throws UNSUPPORTED_FEATURE, STREAMING_* */
export function planQuery(analyzed: LogicalPlan, sink: StageSink, options: PhysicalOptions): PlannedQuery {
  const optimized = withRuntimeFilters(optimize(analyzed), options)
  const physical = planPhysical(optimized, options)
  const stages = cutStages(physical, sink, options.parallelism, options.adaptive)
  return { optimized, physical, stages: options.measures ? measured(stages) : stages }
}

const measured = ({ stages }: StageGraph): StageGraph => ({
  stages: stages.map((stage) => Object.freeze({ ...stage, isMeasured: true as const })),
})
