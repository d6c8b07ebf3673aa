import { MillraceError } from '../../common/errors/millrace-error.js'
import { physicalInputs, type SourcePlan } from '../../planner/plan/physical/inputs.js'
import type { PhysicalPlan, Stage } from '../../planner/plan/physical/plan.js'
import type { CompiledStage } from './compiled-stage.js'
import { executableSourceOf } from './operators/index.js'
import type { SourceContext } from './operators/operator.js'
import type { OpenSource } from './step.js'

/** What a task reads from outside its stage: nodes of its own plan, by their positions in `CompiledStage.sources`. */
export class TaskSources {
  readonly #plans: readonly SourcePlan[]

  constructor({ root }: Stage, { sources }: CompiledStage) {
    this.#plans = sources.map((path) => sourceAt(root, path))
  }

  open(position: number, context: SourceContext): OpenSource {
    const plan = this.#plans[position]!
    const source = executableSourceOf(plan)
    const batches = source.batches(plan, context)
    const isCounted = source.isScan === true || !this.#plans.some((other) => executableSourceOf(other).isScan)
    return { batches, isCounted, ...(plan.kind === 'scan' && plan.streaming ? { scanId: plan.scanId } : {}) }
  }

  /** The stage whose rows the table of a broadcast has. */
  broadcastStage(position: number): number {
    const source = this.#plans[position]!
    if (source.kind === 'broadcastRead') return source.stageId
    throw new MillraceError('INTERNAL_ERROR', { message: `tasks share a table of the rows of ${source.kind}` })
  }
}

/** The node of a plan that is reached by following these inputs from its root. */
function sourceAt(root: PhysicalPlan, path: readonly number[]): SourcePlan {
  return path.reduce((plan, input) => physicalInputs(plan)[input]!, root) as SourcePlan
}
