import type { AggregateCall, Attribute, Call, Expression, NamedExpression } from '../../plan/expression/expression.js'
import { transformUp } from '../../plan/expression/transform.js'
import { aggregateState } from '../../plan/physical/aggregate-state.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import { boundTo } from '../bind.js'
import type { Planning } from '../planning.js'

/** A column of the states that a function of the user makes shorter. */
interface Shortened {
  readonly ordinal: number
  readonly call: Call
  readonly bytes: Call
}

/**
 * Partial groups in which what aggregates of the program collected is what their functions make of it, so that states go to other tasks and not rows.
 * @param keys how many columns come before the states
 */
export function shortenedStates(
  planning: Planning,
  groups: PhysicalPlan,
  keys: number,
  aggregates: readonly AggregateCall[],
): PhysicalPlan {
  const { attributes } = groups
  const columns = shortenedColumns(keys, aggregates)
  const calls = columns.map(({ ordinal, call }) => over(call, boundTo(attributes, ordinal)) as Call)
  const results = columns.map(
    ({ ordinal, call }): Attribute => Object.freeze({ ...attributes[ordinal]!, type: call.type, nullable: true }),
  )
  const evaluated = planning.place({
    kind: 'evaluate',
    inputs: [groups],
    calls,
    attributes: [...attributes, ...results],
  })
  const projections = attributes.map((attribute, ordinal): NamedExpression => {
    const at = columns.findIndex((column) => column.ordinal === ordinal)
    const expression =
      at < 0
        ? boundTo(attributes, ordinal)
        : over(columns[at]!.bytes, boundTo(evaluated.attributes, attributes.length + at), boundTo(attributes, ordinal))
    return Object.freeze({ id: attribute.id, name: attribute.name, expression })
  })
  return planning.place({ kind: 'project', inputs: [evaluated], projections, attributes })
}

function shortenedColumns(keys: number, aggregates: readonly AggregateCall[]): readonly Shortened[] {
  let next = keys
  return aggregates.flatMap((aggregate) => {
    const ordinal = next
    next += aggregateState(aggregate).length
    return aggregate.shortened ? [{ ordinal, ...aggregate.shortened }] : []
  })
}

/** An expression over these columns. */
const over = (e: Expression, ...columns: readonly Expression[]): Expression =>
  transformUp(e, (node) => (node.kind === 'bound' ? columns[node.ordinal]! : node))
