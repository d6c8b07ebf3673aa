import { MillraceError } from '../../common/errors/millrace-error.js'
import { onceEach } from '../../common/once-each.js'
import { type GroupStateMapping, groupStateName } from '../plan/expression/user-function.js'
import type { LogicalAggregate, LogicalPlan } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import type { OutputMode } from '../plan/physical/stateful.js'
import { eventTimeKey, hasSessionsOfEventTime } from './event-times.js'
import type { PhysicalOptions } from './options.js'

/** Whether a relation reads a stream. */
export function isStreaming(plan: LogicalPlan): boolean {
  if (plan.kind === 'scan') return plan.streaming
  const inputs = inputsOf(plan)
  return inputs.length === 1 ? isStreaming(inputs[0]!) : someIsStreaming(plan)
}

/** Joins ask for those of all levels below. */
const someIsStreaming: (plan: LogicalPlan) => boolean = onceEach((plan) => inputsOf(plan).some(isStreaming))

/** The output mode in which a relation over a stream is explained, when nobody has told one: the first in which it runs. */
export function explainedMode(plan: LogicalPlan, options: PhysicalOptions): OutputMode | undefined {
  if (!isStreaming(plan)) return undefined
  const runsIn = (outputMode: OutputMode): boolean => {
    try {
      checkStreaming(plan, { ...options, outputMode })
      return true
    } catch {
      return false
    }
  }
  return (['append', 'update', 'complete'] as const).find(runsIn) ?? 'append'
}

/** What a streaming query may not do, as Spark's UnsupportedOperationChecker has it. @throws STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION, UNSUPPORTED_FEATURE */
export function checkStreaming(plan: LogicalPlan, options: PhysicalOptions): void {
  const { outputMode } = options
  if (outputMode === undefined) {
    throw new MillraceError('STREAMING_QUERY_NOT_STARTED', { operation: 'a streaming DataFrame' })
  }
  const aggregates = streamingAggregates(plan)
  const refuse = (operation: string): MillraceError =>
    new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', { outputMode, operation })
  if (outputMode === 'complete' && aggregates.length === 0) throw refuse('no streaming aggregation')
  if (outputMode === 'append' && aggregates.some((aggregate) => !hasEventTime(aggregate))) {
    throw refuse('streaming aggregation without a watermark on one of its keys')
  }
  if (outputMode === 'update' && aggregates.some(({ session }) => session))
    throw refuse('session window streaming aggregations')
  if (aggregates.some(({ session, keys }) => session && keys.length === 0))
    throw new MillraceError('_LEGACY_ERROR_TEMP_3068')
  checkGroupStates(plan, refuse, outputMode)
  const hasUpdates = (input: LogicalPlan): boolean =>
    streamingAggregates(input).length > 0 || someOnStream(input, (node) => groupStateOf(node) !== undefined)
  const isOverUpdates = (node: LogicalPlan): boolean => isStateful(node) && inputsOf(node).some(hasUpdates)
  if (outputMode !== 'append' && someOnStream(plan, isOverUpdates))
    throw refuse('aggregations, joins and dropDuplicates of a streaming aggregation or of flatMapGroupsWithState')
  if (outputMode !== 'complete' && someOnStream(plan, (node) => node.kind === 'sort' && !node.isOfFiles))
    throw refuse('sorting of a stream')
  if (someOnStream(plan, (node) => node.kind === 'repartition' && node.by === 'range'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'repartitionByRange of a stream' })
  if (someOnStream(plan, (node) => node.kind === 'union')) checkUnions(plan)
  if (someOnStream(plan, (node) => node.kind === 'mapPartitions' && node.barrier === true))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a function with a barrier over a stream' })
  if (someOnStream(plan, (node) => node.kind === 'sample'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a sample of a stream' })
  if (someOnStream(plan, (node) => node.kind === 'draw'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'random values for rows of a stream' })
  // All groups are there in each batch.
  const isOfGroups = (node: LogicalPlan): boolean => outputMode === 'complete' && streamingAggregates(node).length > 0
  if (someOnStream(plan, (node) => node.kind === 'limit' && !isOfGroups(node)))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'LIMIT on a stream but for groups in mode complete' })
}

/** The rows of a function that gets the state of groups are meant for an output mode. */
function checkGroupStates(plan: LogicalPlan, refuse: (operation: string) => MillraceError, mode: OutputMode): void {
  const mapping = isStreaming(plan) ? groupStateOf(plan) : undefined
  if (mapping && mapping.outputMode !== mode) {
    const name = groupStateName(mapping)
    throw refuse(mapping.gives === 'row' ? name : `${name} in ${mapping.outputMode} mode`)
  }
  for (const input of inputsOf(plan)) checkGroupStates(input, refuse, mode)
}

const groupStateOf = (plan: LogicalPlan): GroupStateMapping | undefined =>
  plan.kind === 'mapPartitions' ? plan.stateful?.groupState : undefined

/** A union of streams passes on what each brings; more would have to agree on how state is divided. */
function checkUnions(plan: LogicalPlan): void {
  if (plan.kind === 'union' && isStreaming(plan)) {
    const refuse = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
    const [rows, ...others] = plan.inputs.map(isStreaming)
    if (plan.withInitial && others.includes(true)) throw refuse('an initial state that is a stream')
    if (!plan.withInitial && !(rows && others.every((one) => one))) throw refuse('a union of a stream and a table')
    if (someOnStream(plan, isStateful))
      throw refuse('an aggregation, a join of streams, transformWithState, or dropDuplicates of a stream below a union')
  }
  inputsOf(plan).forEach(checkUnions)
}

/** The aggregates of a query that go on from batch to batch. */
function streamingAggregates(plan: LogicalPlan): readonly LogicalAggregate[] {
  const below = inputsOf(plan).flatMap(streamingAggregates)
  return plan.kind === 'aggregate' && isStreaming(plan.input) ? [plan, ...below] : below
}

/** Whether a relation over a stream has state that goes on from batch to batch. */
function isStateful(plan: LogicalPlan): boolean {
  if (plan.kind === 'join') return isStreaming(plan.left) && isStreaming(plan.right)
  if (plan.kind === 'mapPartitions') return plan.stateful !== undefined
  return plan.kind === 'deduplicate' || (plan.kind === 'aggregate' && isStreaming(plan.input))
}

const someOnStream = (plan: LogicalPlan, predicate: (plan: LogicalPlan) => boolean): boolean =>
  isStreaming(plan) && (predicate(plan) || inputsOf(plan).some((input) => someOnStream(input, predicate)))

/** Whether groups of a stream become final. */
function hasEventTime(plan: LogicalAggregate): boolean {
  if (plan.session) return hasSessionsOfEventTime(plan)
  const keys = plan.keys.map(({ expression }) => expression)
  return eventTimeKey(keys, plan.input) !== undefined
}
