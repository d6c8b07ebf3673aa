import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import {
  type GroupStateMapping,
  groupStateName,
  INITIAL_ROWS,
  type StatefulMapping,
  TIME_MODES,
  type TimeMode,
  type UserFunction,
} from '../../planner/plan/expression/user-function.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { type Column, col, lit } from '../column/column.js'
import { querySettings } from '../engine/analysis-session.js'
import type { AnyClass, AnyFunction } from '../user-code/any-function.js'
import { declaredState } from '../user-code/declared-state.js'
import { type CodeOptions, shipped, shippedClass } from '../user-code/shipped.js'
import { ALL, type CogroupSide, keyName, type Over, refuseOtherKeys, schemaOf, structOf } from './mapped-partitions.js'

/** Code that keeps state of groups as it was given. */
interface GivenStateful {
  readonly schema: string | Schema
  readonly timeMode: TimeMode
  readonly options: CodeOptions
  readonly entry: AnyFunction
  /** Groups of a table by as many keys, with whose rows state begins. */
  readonly initialState: CogroupSide | undefined
}

interface GivenProcessor extends GivenStateful {
  readonly processor: AnyClass
}

/** A function that gets the state of a group as it was given. */
export interface GivenGroupFunction extends GivenStateful {
  readonly fn: (...args: never) => unknown
  readonly stateSchema: string | Schema
  readonly groupState: GroupStateMapping
}

/** What objects of a class make of groups, of which they keep state. @throws UDF_FREE_VARIABLES, STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE and others of it */
export function transformedGroups(groups: Over & CogroupSide, given: GivenProcessor): UnresolvedRelation {
  const { processor, timeMode, options, entry, initialState } = given
  checkTimeMode(timeMode)
  const user = shippedClass(processor, options, entry, ['StatefulProcessor'])
  if (
    initialState &&
    typeof (processor.prototype as { handleInitialState?: unknown }).handleInitialState !== 'function'
  ) {
    const reason = `initialState is for classes with the method handleInitialState, and ${user.name} has none`
    throw new MillraceError('INVALID_API_USE', { reason })
  }
  const stateful = declaredState(processor, timeMode, querySettings(groups.session.config))
  return statefulGroups(groups, given, { function: user, stateful }, structOf(ALL))
}

/** The same of a function. @throws UDF_FREE_VARIABLES, STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE, INVALID_API_USE for another output mode */
export function groupsWithState(groups: Over & CogroupSide, given: GivenGroupFunction): UnresolvedRelation {
  const { fn, stateSchema, timeMode, groupState, options, entry } = given
  checkTimeMode(timeMode)
  const { outputMode } = groupState
  if (outputMode !== 'append' && outputMode !== 'update') {
    const reason = `${groupStateName(groupState)} needs the outputMode append or update, and it is ${String(outputMode)}`
    throw new MillraceError('INVALID_API_USE', { reason })
  }
  const user = shipped(fn as AnyFunction, options, false, entry)
  const value = schemaOf(groups, stateSchema).fields
  const variables = [{ name: 'state', kind: 'value', key: [], value }] as const
  const begun = structOf(...value.map(({ name, type }) => col(quotedName(name)).cast(type).as(name)))
  return statefulGroups(groups, given, { function: user, stateful: { variables, timeMode, groupState } }, begun)
}

function checkTimeMode(timeMode: TimeMode): void {
  if (!TIME_MODES.includes(timeMode)) throw new MillraceError('STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE', { timeMode })
}

/** @param begun of rows that state begins with, the value that the code gets of each */
function statefulGroups(
  groups: Over & CogroupSide,
  { schema, initialState }: GivenStateful,
  { stateful, ...mapping }: { readonly function: UserFunction; readonly stateful: StatefulMapping },
  begun: Column,
): UnresolvedRelation {
  const { plan, keys, names } = groups
  const named = keys.map((key, i) => (names[i] === undefined ? key : key.as(names[i])))
  const begins = { hasInitial: true, keyNames: keys.map((key, i) => names[i] ?? nameOfKey(key, i)) } as const
  return {
    kind: 'mapPartitions',
    input: initialState ? withInitial(groups, initialState, begun) : projected(plan, [ALL, ...named]),
    by: 'states',
    keys: keys.length,
    ...mapping,
    stateful: initialState ? { ...stateful, ...begins } : stateful,
    schema: schemaOf(groups, schema),
  }
}

const nameOfKey = ({ expression }: Column, i: number): string =>
  expression.kind === 'attribute' ? expression.parts.at(-1)! : keyName(i)

const INITIAL = '__initial'

/** Rows, and those that state begins with as structs in a column of their own; a column says which are which. @throws INVALID_API_USE for keys of another number */
function withInitial(rows: CogroupSide, initial: CogroupSide, begun: Column): UnresolvedRelation {
  refuseOtherKeys('initialState', rows, initial)
  const named = ({ keys }: CogroupSide): readonly Column[] => keys.map((key, i) => key.as(`${INITIAL}_${keyName(i)}`))
  const side = (number: number): Column => lit(number).as(`${INITIAL}_side`)
  const inputs = [
    projected(rows.plan, [ALL, lit(null).as(INITIAL), side(INITIAL_ROWS + 1), ...named(rows)]),
    projected(initial.plan, [begun.as(INITIAL), side(INITIAL_ROWS), ...named(initial)]),
  ]
  return {
    kind: 'setOperation',
    operation: 'union',
    all: true,
    inputs,
    byName: 'missing columns are NULL',
    withInitial: true,
  }
}

const projected = (input: UnresolvedRelation, columns: readonly Column[]): UnresolvedRelation => ({
  kind: 'project',
  input,
  expressions: columns.map(({ expression }) => expression),
})
