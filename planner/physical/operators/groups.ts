import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { aggregateText } from '../../plan/expression/sql-text.js'
import { attributeOf } from '../../plan/logical/output.js'
import { aggregateState } from '../../plan/physical/aggregate-state.js'
import type { PhysicalAggregate } from '../../plan/physical/plan.js'
import { boundTo } from '../bind.js'
import { type Properties, throughProjection } from '../properties.js'
import { texts } from './text.js'

/* What operators have in common that aggregate. */

export const keysOf = (keys: readonly NamedExpression[]): readonly Expression[] =>
  keys.map(({ expression }) => expression)
export const callsText = ({ keys, aggregates }: Pick<PhysicalAggregate, 'keys' | 'aggregates'>): string =>
  `keys=[${texts(keysOf(keys))}], functions=[${aggregates.map((call) => aggregateText(call)).join(', ')}]`

/** Groups stay in the task where they are made; their keys come first. Hash tables have no order. */
export const groupsOf = (
  { keys, attributes }: Pick<PhysicalAggregate, 'keys' | 'attributes'>,
  input: Properties,
): Properties => ({
  ...throughProjection(input, keysOf(keys), (ordinal) => boundTo(attributes, ordinal)),
  ordering: [],
})

/** The keys, then the state of each aggregate. State columns are told apart by position; their ids are never looked up. */
export function partialAttributes(
  keys: readonly NamedExpression[],
  aggregates: readonly AggregateCall[],
): readonly Attribute[] {
  const states = aggregates.flatMap((call) =>
    aggregateState(call).map((field) => ({ id: call.id as ExprId, ...field })),
  )
  return [...keys.map(attributeOf), ...states]
}
