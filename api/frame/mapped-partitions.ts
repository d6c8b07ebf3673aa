import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import {
  type GroupStateMapping,
  groupStateName,
  type PartitionMapping,
  type StatefulMapping,
  TIME_MODES,
  type TimeMode,
  type UserFunction,
} from '../../planner/plan/expression/user-function.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseSchema } from '../../planner/sql/types.js'
import { Column, col, lit } from '../column/column.js'
import { Window } from '../column/window.js'
import { querySettings } from '../engine/analysis-session.js'
import { rowNumber } from '../functions/windows.js'
import type { Session } from '../session/session.js'
import type { AnyClass, AnyFunction } from '../user-code/any-function.js'
import { declaredState } from '../user-code/declared-state.js'
import { type CodeOptions, shipped, shippedClass } from '../user-code/shipped.js'

/** A function over partitions as it was given. */
interface GivenMapping {
  readonly fn: (...args: never) => unknown
  readonly by: PartitionMapping['by']
  readonly schema: string | Schema
  readonly options: CodeOptions
  /** The method of the API that the user called. */
  readonly entry: AnyFunction
}

/** The relation that is mapped. */
export interface Over {
  readonly session: Session
  readonly plan: UnresolvedRelation
}

/** What a function of the program makes of the partitions of a relation. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR */
export function mappedPartitions(over: Over, { fn, by, schema, options, entry }: GivenMapping) {
  const user = shipped(fn as AnyFunction, options, false, entry)
  return { kind: 'mapPartitions', input: over.plan, function: user, by, schema: schemaOf(over, schema) } as const
}

/** The same of groups by keys. */
export function mappedGroups(
  over: Over,
  keys: readonly Column[],
  mapping: Omit<GivenMapping, 'by'>,
): UnresolvedRelation {
  const all = new Column({ kind: 'star', target: [] })
  const plan = numbered(over.plan, [all], keys, lit(true))
  return { ...mappedPartitions({ ...over, plan }, { ...mapping, by: 'groups' }), keys: keys.length }
}

/** Code that keeps state of groups as it was given. */
interface GivenStateful {
  readonly schema: string | Schema
  readonly timeMode: TimeMode
  readonly options: CodeOptions
  readonly entry: AnyFunction
}

interface GivenProcessor extends GivenStateful {
  readonly processor: AnyClass
}

/** A function that gets the state of a group as it was given. */
interface GivenGroupFunction extends GivenStateful {
  readonly fn: (...args: never) => unknown
  readonly stateSchema: string | Schema
  readonly groupState: GroupStateMapping
}

/** What objects of a class make of groups, of which they keep state. @throws UDF_FREE_VARIABLES, STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE and others of it */
export function transformedGroups(over: Over, keys: readonly Column[], given: GivenProcessor): UnresolvedRelation {
  const { processor, timeMode, options, entry } = given
  checkTimeMode(timeMode)
  const user = shippedClass(processor, options, entry, ['StatefulProcessor'])
  return statefulGroups(over, keys, user, declaredState(processor, timeMode, querySettings(over.session.config)), given)
}

/** The same of a function. @throws UDF_FREE_VARIABLES, STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE, INVALID_API_USE for another output mode */
export function groupsWithState(over: Over, keys: readonly Column[], given: GivenGroupFunction): UnresolvedRelation {
  const { fn, stateSchema, timeMode, groupState, options, entry } = given
  checkTimeMode(timeMode)
  const { outputMode } = groupState
  if (outputMode !== 'append' && outputMode !== 'update') {
    const reason = `${groupStateName(groupState)} needs the outputMode append or update, and it is ${String(outputMode)}`
    throw new MillraceError('INVALID_API_USE', { reason })
  }
  const user = shipped(fn as AnyFunction, options, false, entry)
  const value = schemaOf(over, stateSchema).fields
  const variables = [{ name: 'state', kind: 'value', key: [], value }] as const
  return statefulGroups(over, keys, user, { variables, timeMode, groupState }, given)
}

function checkTimeMode(timeMode: TimeMode): void {
  if (!TIME_MODES.includes(timeMode)) throw new MillraceError('STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE', { timeMode })
}

function statefulGroups(
  over: Over,
  keys: readonly Column[],
  user: UserFunction,
  stateful: StatefulMapping,
  { schema }: GivenStateful,
): UnresolvedRelation {
  const all = new Column({ kind: 'star', target: [] })
  const expressions = [all, ...keys].map(({ expression }) => expression)
  return {
    kind: 'mapPartitions',
    input: { kind: 'project', input: over.plan, expressions },
    function: user,
    by: 'states',
    keys: keys.length,
    stateful,
    schema: schemaOf(over, schema),
  }
}

const schemaOf = ({ session }: Over, schema: string | Schema): Schema =>
  typeof schema === 'string' ? parseSchema(schema, querySettings(session.config)) : schema

/** Columns, the keys, and behind them the number of each row in its group. */
function numbered(
  input: UnresolvedRelation,
  columns: readonly Column[],
  keys: readonly Column[],
  order: Column,
): UnresolvedRelation {
  const number = rowNumber().over(Window.partitionBy(...keys).orderBy(order))
  const expressions = [...columns, ...keys, number].map(({ expression }) => expression)
  return { kind: 'project', input, expressions }
}

/** One of two relations that are grouped by as many keys. */
export interface CogroupSide {
  readonly plan: UnresolvedRelation
  readonly keys: readonly Column[]
}

const SIDES = ['left', 'right'] as const
const SIDE = 'side'
const keyName = (i: number): string => `key${i}`

/**
 * The same of the groups of two relations that have the same keys, together: the rows of both as structs, those of the left one first.
 * @throws INVALID_API_USE for keys of another number
 */
export function mappedCogroups(
  session: Session,
  sides: readonly [CogroupSide, CogroupSide],
  mapping: Omit<GivenMapping, 'by'>,
): UnresolvedRelation {
  const [left, right] = sides.map(({ keys }) => keys.length)
  if (left !== right)
    throw new MillraceError('INVALID_API_USE', {
      reason: `cogroup() needs as many keys on both sides, and these are ${left} and ${right}`,
    })
  const input: UnresolvedRelation = { kind: 'setOperation', operation: 'union', all: true, inputs: sides.map(sideRows) }
  const keys = Array.from({ length: left! }, (_, i) => col(keyName(i)))
  const plan = numbered(input, SIDES.map(col), keys, col(SIDE))
  return { ...mappedPartitions({ session, plan }, { ...mapping, by: 'cogroups' }), keys: keys.length }
}

/** The rows of a relation as structs in the column of its side. */
function sideRows({ plan, keys }: CogroupSide, side: number): UnresolvedRelation {
  const rows = new Column({ kind: 'function', name: 'struct', args: [{ kind: 'star', target: [] }] })
  const columns = [
    ...SIDES.map((name, i) => (i === side ? rows : lit(null)).as(name)),
    ...keys.map((key, i) => key.as(keyName(i))),
    lit(side).as(SIDE),
  ]
  return { kind: 'project', input: plan, expressions: columns.map(({ expression }) => expression) }
}
