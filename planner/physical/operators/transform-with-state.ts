import { isCollated } from '../../../columnar/text-types.js'
import { BIGINT, BINARY, type Field, field, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression, NamedExpression, SortOrder } from '../../plan/expression/expression.js'
import {
  GROUP_STATES,
  groupStateName,
  type StatefulMapping,
  type StateVariable,
} from '../../plan/expression/user-function.js'
import type { LogicalMapPartitions } from '../../plan/logical/plan.js'
import type { PhysicalPlan } from '../../plan/physical/plan.js'
import type { KeptParts, PhysicalTransformWithState } from '../../plan/physical/stateful.js'
import { Binder } from '../bind.js'
import { eventTimeOf } from '../event-times.js'
import type { Planning } from '../planning.js'
import { clustered, UNKNOWN } from '../properties.js'
import { keptState } from '../stateful-operators.js'
import { isStreaming } from '../streaming.js'
import type { StatefulOperator } from './operator.js'
import { names, texts } from './text.js'

export const transformWithState: StatefulOperator<PhysicalTransformWithState> = {
  // A key is where its hash says, in every batch, and its rows lie one behind the other.
  requires: (plan) => {
    const keys = keysOf(plan)
    return [{ ...clustered(keys, true), ordering: [...keys, ...sideOf(plan)].map(ascending) }]
  },
  provides: () => UNKNOWN,
  line: (plan) =>
    `${plan.groupState ? GROUP_STATES : 'TransformWithState'} ${plan.state.operatorId} ${plan.function.name} [${texts(keysOf(plan))}] ${names(plan.attributes)}`,
  stateful: {
    name: ({ groupState }) => (groupState ? 'flatMapGroupsWithState' : 'transformWithStateExec'),
    version: 1,
    isDivided: ({ keys }) => keys > 0,
    waitsForWatermark: ({ timeMode }) => timeMode === 'eventTime',
    waitsForTime: ({ timeMode }) => timeMode === 'processingTime',
  },
}

const keysOf = ({ given, keys }: Pick<PhysicalTransformWithState, 'given' | 'keys'>): readonly Expression[] =>
  given.slice(given.length - keys).map(({ expression }) => expression)

/** What says of a row whether the state of its group begins with it. */
const sideOf = ({ given, keys, hasInitial }: PhysicalTransformWithState): readonly Expression[] =>
  hasInitial ? [given.at(-1 - keys)!.expression] : []

const ascending = (expression: Expression): SortOrder => ({ expression, direction: 'asc', nulls: 'first' })

/** @throws UNSUPPORTED_FEATURE for keys with a collation, INVALID_API_USE for event time of a stream without a watermark */
export function planTransformWithState(
  planning: Planning,
  plan: LogicalMapPartitions,
  stateful: StatefulMapping,
): PhysicalPlan {
  const method = stateful.groupState ? groupStateName(stateful.groupState) : 'transformWithState'
  const input = planning.plan(plan.input)
  const { named, expression } = new Binder(input.attributes)
  const given = plan.given.map(named)
  const keys = plan.keys ?? 0
  refuseCollations(keysOf({ given, keys }), method)
  const isOnce = !isStreaming(plan.input)
  const time = eventTimeOf(plan.input)
  const isTimed = stateful.timeMode === 'eventTime' && !isOnce
  const eventTime = isTimed ? time && plan.given.find(({ id }) => id === time.column) : undefined
  if (isTimed && !eventTime) {
    const option = stateful.groupState ? 'timeoutConf' : 'timeMode'
    const reason = `${method} with ${option} 'eventTime' needs a column of withWatermark()`
    throw new MillraceError('INVALID_API_USE', { reason })
  }
  const state = keptState(planning, [input], partsOf(given.slice(given.length - keys), stateful))
  const { function: user, output: attributes } = plan
  return planning.place({
    kind: 'transformWithState',
    inputs: [input],
    ...{ state, function: user, given, keys, ...stateful },
    ...(eventTime ? { eventTime: expression(eventTime.expression) } : {}),
    ...{ hasWatermark: time !== undefined, isOnce, attributes },
  })
}

function refuseCollations(keys: readonly Expression[], method: string): void {
  if (keys.some(({ type }) => isCollated(type)))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `${method} by keys with a collation` })
}

/** All that shapes the state: cells, whose keys and values are bytes, and when they expire. The code may change. */
function partsOf(keys: readonly NamedExpression[], { variables, timeMode, keyNames }: StatefulMapping): KeptParts {
  const by = keys.map(({ expression: { type } }) => typeName(type)).join(', ')
  const keyFields = keys.map(({ name, expression: { type, nullable } }, i) =>
    field(keyNames?.[i] ?? name, type, nullable),
  )
  return {
    keys: [{ meaning: `cells of groups by (${by})`, columns: [field('cell', BINARY, false)] }],
    values: [
      { meaning: variables.map(variableText).join(', '), columns: [field('value', BINARY)] },
      { meaning: `the time of the mode ${timeMode}`, columns: [field('expires', BIGINT, false)] },
    ],
    rule: 'until it is removed',
    cells: { keys: keyFields, variables },
  }
}

function variableText({ kind, name, key, value, ttlMs }: StateVariable): string {
  const of = kind === 'map' ? `${columnsText(key)} to ${columnsText(value)}` : columnsText(value)
  return `${kind} ${name} of ${of}${ttlMs === undefined ? '' : ` kept ${ttlMs} ms`}`
}

const columnsText = (fields: readonly Field[]): string =>
  `(${fields.map(({ name, type, nullable }) => `${name} ${typeName(type)}${nullable ? '' : ' not null'}`).join(', ')})`
