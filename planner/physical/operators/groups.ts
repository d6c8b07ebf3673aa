import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { AggregateCall, Attribute, Expression, ExprId, NamedExpression } from '../../plan/expression/expression.js'
import { aggregateText } from '../../plan/expression/sql-text.js'
import { attributeOf } from '../../plan/logical/output.js'
import { aggregateState } from '../../plan/physical/aggregate-state.js'
import type { PhysicalAggregate, PhysicalPlan } from '../../plan/physical/plan.js'
import type { KeptParts, KeptState, OutputMode } from '../../plan/physical/stateful.js'
import { boundTo } from '../bind.js'
import type { Planning } from '../planning.js'
import { type Properties, throughProjection } from '../properties.js'
import { keptState } from '../stateful-operators.js'
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

/**
 * What an aggregate of a stream keeps. Above a join that keeps rows for ever no group would ever be final.
 * @throws _LEGACY_ERROR_TEMP_3102
 */
export function keptGroups(planning: Planning, input: PhysicalPlan, parts: KeptParts, mode: OutputMode): KeptState {
  const state = keptState(planning, [input], parts)
  if (mode !== 'append' || state.watermarks.length > 0) return state
  const msg = 'aggregations in Append output mode over a join whose condition lets no rows expire on one of its sides'
  throw new MillraceError('_LEGACY_ERROR_TEMP_3102', { msg })
}
