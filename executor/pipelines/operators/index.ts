import type { SourcePlan } from '../../../planner/plan/physical/inputs.js'
import type { PhysicalPlan } from '../../../planner/plan/physical/plan.js'
import { aggregate } from './aggregate.js'
import { broadcastRead, local, shuffleRead } from './block-reads.js'
import { cachedScan } from './cached-scan.js'
import { deduplicate } from './deduplicate.js'
import { draw } from './draw.js'
import { evaluate } from './evaluate.js'
import { broadcast, exchange } from './exchange.js'
import { expand } from './expand.js'
import { filter } from './filter.js'
import { groupLimit } from './group-limit.js'
import { hashJoin } from './hash-join.js'
import { limit } from './limit.js'
import { mapPartitions } from './map-partitions.js'
import { numbered } from './numbered.js'
import { observe } from './observe.js'
import { oneRow } from './one-row.js'
import type { ExecutableOperator, ExecutableSource, OperatorTable } from './operator.js'
import { project } from './project.js'
import { range } from './range.js'
import { rangeBounds, ranged } from './ranges.js'
import { replicate } from './replicate.js'
import { sample } from './sample.js'
import { scan } from './scan.js'
import { sort, topK } from './sort.js'
import { stateAggregate } from './state-aggregate.js'
import { stateSessions } from './state-sessions.js'
import { streamJoin } from './stream-join.js'
import { transformWithState } from './transform-with-state.js'
import { union } from './union.js'
import { values } from './values.js'
import { watermark } from './watermark.js'
import { window } from './window.js'

/** Every physical operator, as executors know it. */
const OPERATORS: OperatorTable = {
  scan,
  local,
  oneRow,
  range,
  values,
  cachedScan,
  shuffleRead,
  broadcastRead,
  filter,
  project,
  watermark,
  observe,
  replicate,
  expand,
  sample,
  draw,
  evaluate,
  mapPartitions,
  numbered,
  ranged,
  rangeBounds,
  aggregate,
  stateAggregate,
  stateSessions,
  streamJoin,
  deduplicate,
  transformWithState,
  window,
  groupLimit,
  hashJoin,
  union,
  sort,
  topK,
  limit,
  exchange,
  broadcast,
}

export type OperatorPlan = Exclude<PhysicalPlan, SourcePlan>

/** What is known of a node's kind, for the node itself. */
export const executableOf = <P extends OperatorPlan>(plan: P): ExecutableOperator<P> =>
  OPERATORS[plan.kind] as unknown as ExecutableOperator<P>

/** The same for an operator that reads from outside its stage. */
export const executableSourceOf = <P extends SourcePlan>(plan: P): ExecutableSource<P> =>
  OPERATORS[plan.kind] as unknown as ExecutableSource<P>
