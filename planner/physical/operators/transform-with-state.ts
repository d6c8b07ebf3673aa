import { BIGINT, BINARY, type DataType, type Field, field, typeName } from '../../../columnar/types.js'
import { MillraceError } from '../../../common/errors/millrace-error.js'
import type { Expression, SortOrder } from '../../plan/expression/expression.js'
import type { StatefulMapping, StateVariable } from '../../plan/expression/user-function.js'
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
    return [{ ...clustered(keys, true), ordering: keys.map(ascending) }]
  },
  provides: () => UNKNOWN,
  line: (plan) =>
    `TransformWithState ${plan.state.operatorId} ${plan.function.name} [${texts(keysOf(plan))}] ${names(plan.attributes)}`,
  stateful: {
    name: 'transformWithStateExec',
    version: 1,
    isDivided: ({ keys }) => keys > 0,
    waitsForWatermark: ({ timeMode }) => timeMode === 'eventTime',
    waitsForTime: ({ timeMode }) => timeMode === 'processingTime',
  },
}

const keysOf = ({ given, keys }: Pick<PhysicalTransformWithState, 'given' | 'keys'>): readonly Expression[] =>
  given.slice(given.length - keys).map(({ expression }) => expression)

const ascending = (expression: Expression): SortOrder => ({ expression, direction: 'asc', nulls: 'first' })

/** @throws UNSUPPORTED_FEATURE outside of streams and for keys with a collation, INVALID_API_USE for event time without a watermark */
export function planTransformWithState(
  planning: Planning,
  plan: LogicalMapPartitions,
  { variables, timeMode }: StatefulMapping,
): PhysicalPlan {
  if (!isStreaming(plan.input))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'transformWithState of a table' })
  const input = planning.plan(plan.input)
  const { named, expression } = new Binder(input.attributes)
  const given = plan.given.map(named)
  const keys = plan.keys ?? 0
  refuseCollations(keysOf({ given, keys }))
  const time = timeMode === 'eventTime' ? eventTimeOf(plan.input) : undefined
  const eventTime = time && plan.given.find(({ id }) => id === time.column)
  if (timeMode === 'eventTime' && !eventTime)
    throw new MillraceError('INVALID_API_USE', { reason: "timeMode 'eventTime' needs a column of withWatermark()" })
  const state = keptState(planning, [input], partsOf(keysOf({ given, keys }), { variables, timeMode }))
  const { function: user, output: attributes } = plan
  return planning.place({
    kind: 'transformWithState',
    inputs: [input],
    ...{ state, function: user, given, keys, variables, timeMode },
    ...(eventTime ? { eventTime: expression(eventTime.expression) } : {}),
    attributes,
  })
}

function refuseCollations(keys: readonly Expression[]): void {
  const hasCollation = (type: DataType): boolean => type.kind === 'string' && type.collation !== undefined
  if (keys.some(({ type }) => hasCollation(type)))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'transformWithState by keys with a collation' })
}

/** All that shapes the state: cells, whose keys and values are bytes, and when they expire. The code may change. */
function partsOf(keys: readonly Expression[], { variables, timeMode }: StatefulMapping): KeptParts {
  const by = keys.map(({ type }) => typeName(type)).join(', ')
  return {
    keys: [{ meaning: `cells of groups by (${by})`, columns: [field('cell', BINARY, false)] }],
    values: [
      { meaning: variables.map(variableText).join(', '), columns: [field('value', BINARY)] },
      { meaning: `the time of the mode ${timeMode}`, columns: [field('expires', BIGINT, false)] },
    ],
    rule: 'until it is removed',
    staysDivided: true,
  }
}

function variableText({ kind, name, key, value, ttlMs }: StateVariable): string {
  const of = kind === 'map' ? `${columnsText(key)} to ${columnsText(value)}` : columnsText(value)
  return `${kind} ${name} of ${of}${ttlMs === undefined ? '' : ` kept ${ttlMs} ms`}`
}

const columnsText = (fields: readonly Field[]): string =>
  `(${fields.map(({ name, type, nullable }) => `${name} ${typeName(type)}${nullable ? '' : ' not null'}`).join(', ')})`
