import type { AggregateCall, Attribute, ExprId, NamedExpression } from '../plan/expression/expression.js'
import { attributeOf, outputOf } from '../plan/logical/output.js'
import type { LogicalAggregate } from '../plan/logical/plan.js'
import { aggregateState } from '../plan/physical/aggregate-state.js'
import type { Partitioning, PhysicalPlan } from '../plan/physical/plan.js'
import { Binder, boundTo } from './bind.js'
import type { PhysicalPlanner } from './plan-physical.js'
import { expiryOf, isStreaming } from './streaming.js'

/** Aggregates where the rows are, brings the groups together by key, and merges them. */
export function planAggregate(planner: PhysicalPlanner, plan: LogicalAggregate): PhysicalPlan {
  const input = planner.plan(plan.input)
  const binder = new Binder(input.attributes)
  const keys = plan.keys.map(binder.named)
  const aggregates = plan.aggregates.map(binder.aggregate)
  const attributes = partialAttributes(keys, aggregates)
  const partial: PhysicalPlan = Object.freeze({
    kind: 'aggregate',
    mode: 'partial',
    input,
    keys,
    aggregates,
    attributes,
  })
  const merged = planner.exchange(partial, partitioningOf(keys, attributes, planner.options.shufflePartitions))
  const mergedKeys = keys.map(
    (key, i): NamedExpression => Object.freeze({ ...key, expression: boundTo(attributes, i) }),
  )
  const output = outputOf(plan)
  const { outputMode } = planner.options
  if (outputMode === undefined || !isStreaming(plan.input)) {
    return Object.freeze({
      kind: 'aggregate',
      mode: 'final',
      input: merged,
      keys: mergedKeys,
      aggregates,
      attributes: output,
    })
  }
  const expiry = expiryOf(plan, mergedKeys)
  return Object.freeze({
    kind: 'stateAggregate',
    operatorId: planner.nextOperatorId(),
    input: merged,
    keys: mergedKeys,
    aggregates,
    outputMode,
    ...(expiry ? { expiry } : {}),
    attributes: output,
  })
}

function partitioningOf(
  keys: readonly NamedExpression[],
  attributes: readonly Attribute[],
  partitions: number,
): Partitioning {
  if (keys.length === 0) return Object.freeze({ kind: 'single' })
  return Object.freeze({ kind: 'hash', keys: keys.map((_, i) => boundTo(attributes, i)), partitions })
}

/** The keys, then the state of each aggregate. State columns are told apart by position; their ids are never looked up. */
function partialAttributes(
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
): readonly Attribute[] {
  const states = aggregates.flatMap((call) =>
    aggregateState(call).map((field) => ({ id: call.id as ExprId, ...field })),
  )
  return [...keys.map(attributeOf), ...states]
}
