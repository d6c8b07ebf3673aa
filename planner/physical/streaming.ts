import { MillraceError } from '../../common/errors/millrace-error.js'
import { onceEach } from '../../common/once-each.js'
import type { Expression, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { transformUp } from '../plan/expression/transform.js'
import { outputOf } from '../plan/logical/output.js'
import type { EventTimeColumn, LogicalAggregate, LogicalPlan, LogicalUnion } from '../plan/logical/plan.js'
import { inputsOf } from '../plan/logical/transform.js'
import type { PhysicalOptions } from './options.js'

/** Whether a relation reads a stream. */
export const isStreaming: (plan: LogicalPlan) => boolean = onceEach((plan) =>
  plan.kind === 'scan' ? plan.streaming : inputsOf(plan).some(isStreaming),
)

/** What a streaming query may not do, as Spark's UnsupportedOperationChecker has it. @throws STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION, UNSUPPORTED_FEATURE */
export function checkStreaming(plan: LogicalPlan, options: PhysicalOptions): void {
  const { outputMode } = options
  if (outputMode === undefined) {
    throw new MillraceError('STREAMING_QUERY_NOT_STARTED', { operation: 'a streaming DataFrame' })
  }
  const aggregates = streamingAggregates(plan)
  const refuse = (operation: string): MillraceError =>
    new MillraceError('STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION', { outputMode, operation })
  if (aggregates.length > 1)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'several aggregations in one streaming query' })
  if (outputMode === 'complete' && aggregates.length === 0) throw refuse('no streaming aggregation')
  if (outputMode === 'append' && aggregates.some((aggregate) => !hasEventTimeKey(aggregate))) {
    throw refuse('streaming aggregation without a watermark on one of its keys')
  }
  if (
    outputMode !== 'append' &&
    someOnStream(plan, (node) => node.kind === 'deduplicate' && streamingAggregates(node).length > 0)
  )
    throw refuse('dropDuplicates of a streaming aggregation')
  if (outputMode !== 'complete' && someOnStream(plan, (node) => node.kind === 'sort'))
    throw refuse('sorting of a stream')
  if (someOnStream(plan, (node) => node.kind === 'repartition' && node.by === 'range'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'repartitionByRange of a stream' })
  if (someOnStream(plan, (node) => node.kind === 'union')) checkUnions(plan)
  if (someOnStream(plan, (node) => node.kind === 'sample'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'a sample of a stream' })
  if (someOnStream(plan, (node) => node.kind === 'draw'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'random values for rows of a stream' })
  if (someOnStream(plan, (node) => node.kind === 'limit'))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'LIMIT on a stream' })
}

/** A union of streams passes on what each brings; more would have to agree on how state is divided. */
function checkUnions(plan: LogicalPlan): void {
  if (plan.kind === 'union' && isStreaming(plan)) {
    const refuse = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })
    if (!plan.inputs.every(isStreaming)) throw refuse('a union of a stream and a table')
    if (streamingAggregates(plan).length > 0) throw refuse('an aggregation of a stream below a union')
    if (deduplicates(plan)) throw refuse('dropDuplicates of a stream below a union')
  }
  inputsOf(plan).forEach(checkUnions)
}

/** The aggregates of a query that go on from batch to batch. */
function streamingAggregates(plan: LogicalPlan): readonly LogicalAggregate[] {
  const below = inputsOf(plan).flatMap(streamingAggregates)
  return plan.kind === 'aggregate' && isStreaming(plan.input) ? [plan, ...below] : below
}

const deduplicates = (plan: LogicalPlan): boolean => plan.kind === 'deduplicate' || inputsOf(plan).some(deduplicates)

const someOnStream = (plan: LogicalPlan, predicate: (plan: LogicalPlan) => boolean): boolean =>
  isStreaming(plan) && (predicate(plan) || inputsOf(plan).some((input) => someOnStream(input, predicate)))

/** The column of a relation that a watermark declares its event time. */
export function eventTimeOf(plan: LogicalPlan): EventTimeColumn | undefined {
  const times = eventTimes(plan)
  const column = outputOf(plan).find(({ id }) => times.has(id))
  return column && { column: column.id, delayMicros: delayBelow(plan) }
}

/** The greatest delay of the watermarks of a relation. */
function delayBelow(plan: LogicalPlan): bigint {
  const delays = inputsOf(plan).map(delayBelow)
  if (plan.kind === 'watermark') delays.push(plan.delayMicros)
  return delays.reduce((most, delay) => (delay > most ? delay : most), 0n)
}

/** The event-time columns below a relation, by id. */
function eventTimes(plan: LogicalPlan): ReadonlySet<ExprId> {
  if (plan.kind === 'union') return unitedEventTimes(plan)
  const below = new Set(inputsOf(plan).flatMap((input) => [...eventTimes(input)]))
  if (plan.kind === 'watermark') below.add(plan.column)
  return below
}

/** A column of a union is one when it is one of each input. */
function unitedEventTimes({ inputs, output }: LogicalUnion): ReadonlySet<ExprId> {
  const ofInputs = inputs.map((input) => ({ columns: outputOf(input), times: eventTimes(input) }))
  const isTime = (i: number): boolean => ofInputs.every(({ columns, times }) => times.has(columns[i]!.id))
  return new Set(output.filter((_, i) => isTime(i)).map(({ id }) => id))
}

const hasEventTimeKey = (plan: LogicalAggregate): boolean => eventTimeKey(plan) !== undefined

interface EventTimeKey {
  readonly ordinal: number
  /** Of a window, the position of its end in the struct. */
  readonly endField: number | undefined
}

/** The key that event time bounds: a window over an event-time column, or such a column itself. */
export function eventTimeKey(plan: LogicalAggregate): EventTimeKey | undefined {
  const times = eventTimes(plan.input)
  for (const [ordinal, key] of plan.keys.entries()) {
    const e = expandThroughProjects(key.expression, plan.input)
    if (e.kind === 'attribute' && times.has(e.id)) return { ordinal, endField: undefined }
    if (e.kind === 'call' && e.fn === 'named_struct') {
      const start = e.args[0]
      const [at] = start?.kind === 'call' && start.fn === 'window_start' ? start.args : []
      if (at?.kind === 'attribute' && times.has(at.id) && e.args.length === 2) return { ordinal, endField: 1 }
    }
  }
  return undefined
}

/** An expression in terms of what lies below the projections (but not beyond the watermark, whose column it is). */
function expandThroughProjects(e: Expression, plan: LogicalPlan): Expression {
  if (plan.kind === 'filter' || plan.kind === 'expand' || plan.kind === 'deduplicate')
    return expandThroughProjects(e, plan.input)
  if (plan.kind !== 'project') return e
  const byId = new Map(plan.projections.map((p) => [p.id, p.expression]))
  const times = eventTimes(plan.input)
  const expanded = transformUp(e, (node) =>
    node.kind === 'attribute' && !times.has(node.id) ? (byId.get(node.id) ?? node) : node,
  )
  return expandThroughProjects(expanded, plan.input)
}

/** When a group of a stateful aggregate is final: event time at or below which nothing more can come, over its merged keys. */
export function expiryOf(plan: LogicalAggregate, keys: readonly NamedExpression[]): Expression | undefined {
  const key = eventTimeKey(plan)
  if (key === undefined) return undefined
  const { expression } = keys[key.ordinal]!
  if (key.endField === undefined || expression.type.kind !== 'struct') return expression
  const { type, nullable } = expression.type.fields[key.endField]!
  return Object.freeze({
    kind: 'getField',
    child: expression,
    ordinal: key.endField,
    type,
    nullable: nullable || expression.nullable,
  })
}
