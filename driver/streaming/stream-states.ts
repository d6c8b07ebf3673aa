import { MillraceError } from '../../common/errors/millrace-error.js'
import { statefulOf } from '../../planner/physical/operators/index.js'
import { statefulOperators, statesOf } from '../../planner/physical/stateful-operators.js'
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
  /** When what operators keep expires next, by the time of the machine; -1 until it is known. */
  #dueMicros: bigint | undefined

  /** @param partitions into how many the plan divides what is divided by keys */
  constructor(root: PhysicalPlan, partitions: number) {
    this.#operators = statefulOperators(root)
    this.#partitions = partitions
    this.#dueMicros = this.#operators.some((plan) => statefulOf(plan).waitsForTime?.(plan)) ? -1n : undefined
  }

  get isStateful(): boolean {
    return this.#operators.length > 0
  }

  /** Whether something may have expired by now. */
  isDue(nowMs: number): boolean {
    return this.#dueMicros !== undefined && this.#dueMicros <= BigInt(nowMs) * 1000n
  }

  /** All that shapes the state. */
  get operators(): readonly StoredOperator[] {
    return this.#operators.flatMap((plan) => {
      const { version, ...operator } = statefulOf(plan)
      const name = operator.name(plan)
      const partitions = this.#partitionsOf(plan)
      return statesOf(plan.state).map(({ operatorId, parts }) => ({ operatorId, name, version, partitions, parts }))
    })
  }

  /** What the operators go on from in a batch. */
  before(
    { states }: Pick<Position, 'states'>,
    times: Readonly<Record<number, OperatorTimes>>,
  ): StreamingJobInputs['operators'] {
    const inputs = this.#operators.flatMap(({ state }) =>
      statesOf(state).map(
        ({ operatorId: id }) => [id, { ...times[state.operatorId], versions: states[id] ?? [] }] as const,
      ),
    )
    return Object.fromEntries(inputs)
  }

  /** A batch is run. @throws STREAMING_BATCH_EXCEEDS_MEMORY when what it touches of the state does not fit */
  async withinMemory<T>(batchId: number, running: Promise<T>): Promise<T> {
    try {
      return await running
    } catch (error) {
      if (!MillraceError.is(error) || error.condition !== 'UNABLE_TO_ACQUIRE_MEMORY') throw error
      // What a sort or a writer is short of has nothing to do with the state.
      const short = this.operators.find(({ operatorId }) => String(operatorId) === error.parameters['stateOperator'])
      if (!short) throw error
      const operators = `operator ${short.operatorId} is ${short.name}`
      throw new MillraceError(
        'STREAMING_BATCH_EXCEEDS_MEMORY',
        { batchId, operators, message: error.text },
        { cause: error },
      )
    }
  }

  /** What they leave. */
  after(
    { states: before }: Pick<Position, 'states'>,
    results: ReadonlyMap<number, OperatorResult>,
  ): { readonly states: StateVersions; readonly stateOperators: readonly StateOperatorProgress[] } {
    const states: Record<number, StateVersions[number]> = {}
    this.#dueMicros = undefined
    const stateOperators = this.#operators.map((plan): StateOperatorProgress => {
      const ids = statesOf(plan.state).map(({ operatorId }) => operatorId)
      for (const id of ids) states[id] = results.get(id)?.versions ?? before[id] ?? []
      const sum = (count: (result: OperatorResult) => number): number =>
        ids.reduce((total, id) => total + (results.has(id) ? count(results.get(id)!) : 0), 0)
      for (const id of ids) this.#expect(results.get(id)?.dueMicros)
      return {
        operatorName: statefulOf(plan).name(plan),
        numRowsTotal: sum(({ rowsTotal }) => rowsTotal),
        numRowsUpdated: sum(({ rowsUpdated }) => rowsUpdated),
        allUpdatesTimeMs: Math.round(sum(({ updatesMs }) => updatesMs)),
        numRowsRemoved: sum(({ rowsRemoved }) => rowsRemoved),
        allRemovalsTimeMs: Math.round(sum(({ removalsMs }) => removalsMs)),
        commitTimeMs: Math.round(sum(({ commitMs }) => commitMs)),
        memoryUsedBytes: sum(({ memoryBytes }) => memoryBytes),
        numRowsDroppedByWatermark: sum(({ rowsDropped }) => rowsDropped),
        numShufflePartitions: this.#partitionsOf(plan),
        numStateStoreInstances: this.#partitionsOf(plan),
      }
    })
    return { states, stateOperators }
  }

  #expect(dueMicros: bigint | undefined): void {
    if (dueMicros !== undefined && (this.#dueMicros === undefined || dueMicros < this.#dueMicros))
      this.#dueMicros = dueMicros
  }

  #partitionsOf(plan: PhysicalStateful): number {
    return statefulOf(plan).isDivided(plan) ? this.#partitions : 1
  }
}
