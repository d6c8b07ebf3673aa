import { sqlText } from '../../plan/expression/sql-text.js'
import type { LogicalDeduplicate } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalDeduplicate } from '../../plan/physical/stateful.js'
import { boundTo } from '../bind.js'
import { partsOfDeduplicate } from '../kept-parts.js'
import type { Planning } from '../planning.js'
import { clustered } from '../properties.js'
import { keptState } from '../stateful-operators.js'
import type { StatefulOperator } from './operator.js'
import { texts } from './text.js'

export const deduplicate: StatefulOperator<PhysicalDeduplicate> = {
  // A key is where its hash says, in every batch.
  requires: ({ keys }) => [
    clustered(
      keys.map(({ expression }) => expression),
      true,
    ),
  ],
  provides: (_, [input]) => input!,
  line: ({ state, keys, eventTime, keptMicros }) => {
    const kept = keptMicros === undefined ? '' : `, kept ${keptMicros / 1000n} ms after ${sqlText(eventTime!)}`
    return `StreamingDeduplicate ${state.operatorId} [${texts(keys.map(({ expression }) => expression))}]${kept}`
  },
  stateful: {
    name: () => 'dedupe',
    version: 1,
    isDivided: ({ keys }) => keys.length > 0,
    waitsForWatermark: ({ eventTime }) => eventTime !== undefined,
  },
}

/** Keys are forgotten when no row with them can come any more: when the event time is one of them, or within the watermark. */
export function planDeduplicate(planning: Planning, plan: LogicalDeduplicate): PhysicalPlan {
  const input = planning.plan(plan.input)
  const { attributes } = input
  const columns = plan.keys.map((id) => attributes.findIndex((a) => a.id === id))
  const keys = columns.map((ordinal) => {
    const { id, name } = attributes[ordinal]!
    return Object.freeze({ id, name, expression: boundTo(attributes, ordinal) })
  })
  const { eventTime, isWithinWatermark } = plan
  const at =
    eventTime &&
    boundTo(
      attributes,
      attributes.findIndex((a) => a.id === eventTime.column),
    )
  const isKey = eventTime !== undefined && plan.keys.includes(eventTime.column)
  const keptMicros = isWithinWatermark ? eventTime?.delayMicros : isKey ? 0n : undefined
  const state = keptState(planning, [input], partsOfDeduplicate(plan, keptMicros))
  return planning.place({
    kind: 'deduplicate',
    state,
    inputs: [input],
    keys,
    ...(at ? { eventTime: at } : {}),
    ...(keptMicros === undefined ? {} : { keptMicros }),
    attributes,
  })
}
