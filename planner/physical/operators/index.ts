import type { SourcePlan } from '../../plan/physical/inputs.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalStateful } from '../../plan/physical/stateful.js'
import { aggregate, stateAggregate } from './aggregate.js'
import { deduplicate } from './deduplicate.js'
import { broadcast, exchange } from './exchange.js'
import { groupLimit } from './group-limit.js'
import { hashJoin } from './hash-join.js'
import { observe } from './observe.js'
import type { OperatorTable, PhysicalOperator, SourceOperator, StatefulOperator } from './operator.js'
import { limit, sort, topK } from './ordered.js'
import { draw, numbered, rangeBounds, ranged } from './ranges.js'
import { expand, filter, project, replicate, sample, watermark } from './rowwise.js'
import { stateSessions } from './sessions.js'
import { broadcastRead, cachedScan, local, oneRow, range, scan, shuffleRead, values } from './sources.js'
import { streamJoin } from './stream-join.js'
import { transformWithState } from './transform-with-state.js'
import { union } from './union.js'
import { evaluate, mapPartitions } from './user-code.js'
import { window } from './window.js'

/** Every physical operator. */
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

/** What is known of a node's kind, for the node itself. */
export const operatorOf = <P extends PhysicalPlan>(plan: P): PhysicalOperator<P> =>
  OPERATORS[plan.kind] as unknown as PhysicalOperator<P>

/** The same for an operator that reads from outside its stage. */
export const sourceOf = <P extends SourcePlan>(plan: P): SourceOperator<P> =>
  OPERATORS[plan.kind] as unknown as SourceOperator<P>

/** The same for an operator that keeps state. */
export const statefulOf = <P extends PhysicalStateful>(plan: P): StatefulOperator<P>['stateful'] =>
  (OPERATORS[plan.kind] as unknown as StatefulOperator<P>).stateful
