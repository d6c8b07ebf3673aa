import { statefulOf } from '../../planner/physical/operators/index.js'
import { statefulOperators } from '../../planner/physical/stateful-operators.js'
import type { PhysicalPlan } from '../../planner/plan/physical/plan.js'
import type { OperatorTimes } from '../../planner/plan/physical/stage-parts.js'
import type { PhysicalStateful } from '../../planner/plan/physical/stateful.js'
import type { OperatorResult } from '../operator-results.js'
import type { StreamingJobInputs } from '../streaming-inputs.js'
import type { Position } from './batch-planner.js'
import type { StateVersions, StoredOperator } from './checkpoint-entries.js'
import type { StateOperatorProgress } from './progress.js'

/** The state of a query: its stateful operators, of which nothing is known here but what their contract says. */
export class StreamStates {
  readonly #operators: readonly PhysicalStateful[]
  readonly #partitions: number

  /** @param partitions into how many the plan divides what is divided by keys */
  constructor(root: PhysicalPlan, partitions: number) {
    this.#operators = statefulOperators(root)
    this.#partitions = partitions
  }

  get isStateful(): boolean {
    return this.#operators.length > 0
  }

  /** All that shapes the state. */
  get operators(): readonly StoredOperator[] {
    return this.#operators.map((plan) => {
      const { operatorId, parts } = plan.state
      const { name, version } = statefulOf(plan)
      return { operatorId, name, version, partitions: this.#partitionsOf(plan), parts }
    })
  }

  /** What the operators go on from in a batch. */
  before(
    { states }: Pick<Position, 'states'>,
    times: Readonly<Record<number, OperatorTimes>>,
  ): StreamingJobInputs['operators'] {
    const inputs = this.#operators.map(({ state: { operatorId } }) => {
      return [operatorId, { ...times[operatorId], versions: states[operatorId] ?? [] }] as const
    })
    return Object.fromEntries(inputs)
  }

  /** What they leave. */
  after(
    { states: before }: Pick<Position, 'states'>,
    results: ReadonlyMap<number, OperatorResult>,
  ): { readonly states: StateVersions; readonly stateOperators: readonly StateOperatorProgress[] } {
    const states: Record<number, StateVersions[number]> = {}
    const stateOperators = this.#operators.map((plan): StateOperatorProgress => {
      const { operatorId } = plan.state
      const result = results.get(operatorId)
      states[operatorId] = result?.versions ?? before[operatorId] ?? []
      return {
        operatorName: statefulOf(plan).name,
        numRowsTotal: result?.rowsTotal ?? 0,
        numRowsUpdated: result?.rowsUpdated ?? 0,
        allUpdatesTimeMs: Math.round(result?.updatesMs ?? 0),
        numRowsRemoved: result?.rowsRemoved ?? 0,
        allRemovalsTimeMs: Math.round(result?.removalsMs ?? 0),
        commitTimeMs: Math.round(result?.commitMs ?? 0),
        memoryUsedBytes: result?.memoryBytes ?? 0,
        numRowsDroppedByWatermark: result?.rowsDropped ?? 0,
        numShufflePartitions: this.#partitionsOf(plan),
        numStateStoreInstances: this.#partitionsOf(plan),
      }
    })
    return { states, stateOperators }
  }

  #partitionsOf(plan: PhysicalStateful): number {
    return statefulOf(plan).isDivided(plan) ? this.#partitions : 1
  }
}
