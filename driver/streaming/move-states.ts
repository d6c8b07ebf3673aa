import { randomUUID } from 'node:crypto'
import { schema } from '../../columnar/types.js'
import type { StateVersion } from '../../common/state-path.js'
import type { Json, WriteDescription } from '../../connectors/api.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import type { StageSink } from '../../planner/plan/physical/stage-parts.js'
import { keptColumns } from '../../planner/plan/physical/stateful.js'
import type { PlannedQuery } from '../../planner/plan-query.js'
import { movedState, type StateMove } from '../../planner/streaming/moved-state.js'
import type { PartitionVersions } from '../streaming-inputs.js'
import type { MoveStates, StateOrigin } from './checkpoint.js'
import { stateAfter } from './state-source.js'
import type { StreamDriver } from './stream-driver.js'

/** How queries over rows of state are planned. */
export interface RowPlanning {
  planned(rows: LogicalPlan, sink: StageSink): Promise<PlannedQuery>
  nextId(): ExprId
  /** The id of the key that state is encrypted by; undefined when it is not. */
  readonly stateKey: string | undefined
}

/** Moves states by a job each: it reads the rows that there are, and writes them as they are to be. Nothing refers to these files until the checkpoint does. */
export const movingStates =
  (driver: StreamDriver, planning: RowPlanning): MoveStates =>
  async (from, moves) => {
    const states: Record<number, PartitionVersions> = {}
    for (const move of moves) states[move.operatorId] = await moved(driver, planning, from, move)
    return states
  }

async function moved(
  driver: StreamDriver,
  planning: RowPlanning,
  { location, queryId, batchId, epoch }: StateOrigin,
  move: StateMove,
): Promise<PartitionVersions> {
  const { operatorId, parts, partitions } = move
  const { source } = await stateAfter(location, batchId, operatorId)
  const write: WriteDescription = {
    provider: source.provider,
    options: { operatorId: String(operatorId), ...(planning.stateKey ? { stateKey: planning.stateKey } : {}) },
    path: location,
    mode: 'append',
    schema: schema(keptColumns(parts)),
    jobId: randomUUID(),
    streaming: { queryId, batchId, start: epoch, isFirst: false, prepared: [] },
  }
  const rows = movedState(source, move, () => planning.nextId())
  const { stages } = await planning.planned(rows, { kind: 'write', write })
  let written: readonly Json[] = []
  const keepPrepared = async (messages: readonly Json[]): Promise<void> => {
    written = messages
  }
  await driver.submit(stages, { keepPrepared }).result
  const versions = new Array<StateVersion | null>(partitions).fill(null)
  for (const message of written as unknown as readonly WrittenState[]) versions[message.partition] = message.version
  return versions
}

/** What a task tells that has written the state of a partition. */
export interface WrittenState {
  readonly partition: number
  /** Null when there was no row. */
  readonly version: StateVersion | null
}
