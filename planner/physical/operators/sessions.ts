import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { AggregateCall, NamedExpression } from '../../plan/expression/expression.js'
import type { LogicalAggregate, Session } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { PhysicalStateSessions } from '../../plan/physical/stateful.js'
import { Binder, boundTo } from '../bind.js'
import { hasSessionsOfEventTime } from '../event-times.js'
import { partsOfSessions } from '../kept-parts.js'
import type { Planning } from '../planning.js'
import { clustered } from '../properties.js'
import { callsText, groupsOf, keptGroups, keysOf, partialAttributes } from './groups.js'
import type { StatefulOperator } from './operator.js'

export const stateSessions: StatefulOperator<PhysicalStateSessions> = {
  // The sessions of a key are where its hash says, in every batch.
  requires: ({ keys }) => [clustered(keysOf(keys), true)],
  provides: (plan, [input]) => groupsOf(plan, input!),
  line: (plan) =>
    `StateStoreSessions ${plan.state.operatorId} (${plan.outputMode}) ${callsText(plan)}${plan.expires ? ', expire at their end' : ''}`,
  stateful: {
    name: () => 'sessionWindowStateStoreSaveExec',
    version: 1,
    isDivided: () => true,
    waitsForWatermark: ({ outputMode, expires }) => outputMode !== 'complete' && expires,
  },
}

/** Aggregates rows with the same start and end where they are; what merges sessions of the same keys keeps them. */
export function planSessions(planning: Planning, plan: LogicalAggregate, session: Session): PhysicalPlan {
  const { outputMode } = planning.options
  if (outputMode === undefined || outputMode === 'update')
    throw new MillraceError('INTERNAL_ERROR', { message: `sessions of a stream in mode ${outputMode}` })
  const input = planning.plan(plan.input)
  const binder = new Binder(input.attributes)
  const called = (id: number): AggregateCall => binder.aggregate(plan.aggregates.find((one) => one.id === id)!)
  const times = [called(session.start), called(session.end)]
  const others = plan.aggregates.filter(({ id }) => id !== session.start && id !== session.end).map(binder.aggregate)
  if (others.some(({ shortened }) => shortened !== undefined))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'an aggregate of the program over a stream' })
  const keys = plan.keys.map(binder.named)
  const ofTimes = times.map(({ id, name, args }) => Object.freeze({ id, name, expression: args[0]! }))
  const partialKeys = [...keys, ...ofTimes]
  const attributes = partialAttributes(partialKeys, others)
  const partial = planning.place({
    kind: 'aggregate',
    mode: 'partial',
    inputs: [input],
    keys: partialKeys,
    aggregates: others,
    attributes,
  })
  const merged = keys.map((key, i): NamedExpression => Object.freeze({ ...key, expression: boundTo(attributes, i) }))
  const aggregates = [...times, ...others]
  const state = keptGroups(planning, partial, partsOfSessions(plan, session, outputMode), outputMode)
  const output = [
    ...attributes.slice(0, keys.length),
    ...aggregates.map(({ id, name, type, nullable }) => Object.freeze({ id, name, type, nullable })),
  ]
  return planning.place({
    kind: 'stateSessions',
    state,
    inputs: [partial],
    keys: merged,
    aggregates,
    outputMode,
    expires: hasSessionsOfEventTime(plan),
    attributes: output,
  })
}
