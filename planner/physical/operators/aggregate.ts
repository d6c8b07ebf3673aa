import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { NamedExpression } from '../../plan/expression/expression.js'
import { sqlText } from '../../plan/expression/sql-text.js'
import { outputOf } from '../../plan/logical/output.js'
import type { LogicalAggregate } from '../../plan/logical/plan.js'
import { givesStates } from '../../plan/physical/aggregate-state.js'
import type { PhysicalAggregate, PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalStateAggregate } from '../../plan/physical/stateful.js'
import { Binder, boundTo } from '../bind.js'
import { eventTimeKey, timeOf } from '../event-times.js'
import { partsOfAggregate } from '../kept-parts.js'
import type { Planning } from '../planning.js'
import { ANYHOW, clustered } from '../properties.js'
import { isStreaming } from '../streaming.js'
import { planGroupingSets } from './grouping-sets.js'
import { callsText, groupsOf, keptGroups, keysOf, partialAttributes } from './groups.js'
import type { PhysicalOperator, StatefulOperator } from './operator.js'
import { planSessions } from './sessions.js'
import { broughtAnyhow } from './shared-groups.js'
import { shortenedStates } from './shortened-states.js'

export const aggregate: PhysicalOperator<PhysicalAggregate> = {
  requires: ({ mode, keys }) => [givesStates({ mode }) ? ANYHOW : clustered(keysOf(keys), false)],
  provides: (plan, [input]) => groupsOf(plan, input!),
  line: (plan) => {
    const passing = plan.passes ? `, passing on where ${sqlText(plan.passes)}` : ''
    const rolled = plan.rollsUp ? `, rolled up ${plan.rollsUp.times} times` : ''
    return `HashAggregate (${plan.mode}) ${callsText(plan)}${passing}${rolled}`
  },
}

export const stateAggregate: StatefulOperator<PhysicalStateAggregate> = {
  // The state of a group is where its keys' hash says, in every batch.
  requires: ({ keys }) => [clustered(keysOf(keys), true)],
  provides: (plan, [input]) => groupsOf(plan, input!),
  line: (plan) => {
    const expiry = plan.expiry ? `, expires at ${sqlText(plan.expiry)}` : ''
    return `StateStoreAggregate ${plan.state.operatorId} (${plan.outputMode}) ${callsText(plan)}${expiry}`
  },
  stateful: {
    name: () => 'stateStoreSave',
    version: 1,
    isDivided: ({ keys }) => keys.length > 0,
    waitsForWatermark: ({ outputMode, expiry }) => outputMode !== 'complete' && expiry !== undefined,
  },
}

/** Aggregates where the rows are, brings the groups together by key, and merges them; at once where groups are together already. */
export function planAggregate(planning: Planning, plan: LogicalAggregate): PhysicalPlan {
  if (plan.session) return planSessions(planning, plan, plan.session)
  const fromFinest = planGroupingSets(planning, plan)
  if (fromFinest) return fromFinest
  const input = planning.plan(plan.input)
  const binder = new Binder(input.attributes)
  const keys = plan.keys.map(binder.named)
  const aggregates = plan.aggregates.map(binder.aggregate)
  const output = outputOf(plan)
  const { outputMode } = planning.options
  const isStateful = outputMode !== undefined && isStreaming(plan.input)
  const shortens = aggregates.some(({ shortened }) => shortened !== undefined)
  if (shortens && isStateful)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'an aggregate of the program over a stream' })
  if (!isStateful && !shortens && !plan.isShared && planning.brings(input, clustered(keysOf(keys), false))) {
    return planning.place({
      kind: 'aggregate',
      mode: 'complete',
      inputs: [input],
      keys,
      aggregates,
      attributes: output,
    })
  }
  const attributes = partialAttributes(keys, aggregates)
  const groups = planning.place({ kind: 'aggregate', mode: 'partial', inputs: [input], keys, aggregates, attributes })
  const states = shortens ? shortenedStates(planning, groups, keys.length, aggregates) : groups
  const mergedKeys = keys.map(
    (key, i): NamedExpression => Object.freeze({ ...key, expression: boundTo(attributes, i) }),
  )
  const partial = plan.isShared ? broughtAnyhow(planning, states, mergedKeys) : states
  const merged = { inputs: [partial], keys: mergedKeys, aggregates, attributes: output } as const
  if (!isStateful) return planning.place({ kind: 'aggregate', mode: 'final', ...merged })
  const finalBy = eventTimeKey(keysOf(plan.keys), plan.input)
  const expiry = finalBy && timeOf(mergedKeys[finalBy.ordinal]!.expression, finalBy)
  const state = keptGroups(planning, partial, partsOfAggregate(plan, outputMode), outputMode)
  return planning.place({ kind: 'stateAggregate', state, outputMode, ...(expiry ? { expiry } : {}), ...merged })
}
