import type { Schema } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { PartitionMapping } from '../../planner/plan/expression/user-function.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseSchema } from '../../planner/sql/types.js'
import { Column, col, lit } from '../column/column.js'
import { Window } from '../column/window.js'
import { querySettings } from '../engine/analysis-session.js'
import { rowNumber } from '../functions/windows.js'
import type { Session } from '../session/session.js'
import type { AnyFunction } from '../user-code/any-function.js'
import { type CodeOptions, shipped } from '../user-code/shipped.js'

export interface MappingOptions extends CodeOptions {
  /** Runs the tasks of all partitions at once; the function gets a `BarrierTaskContext` as its second argument, by which they wait for one another. */
  readonly barrier?: boolean
}

/** With a barrier between the tasks. */
export type WithBarrier = MappingOptions & { readonly barrier: true }

/** A function over partitions as it was given. */
interface GivenMapping {
  readonly fn: (...args: never) => unknown
  readonly by: PartitionMapping['by']
  readonly schema: string | Schema
  readonly options: MappingOptions
  /** The method of the API that the user called. */
  readonly entry: AnyFunction
}

/** The relation that is mapped. */
export interface Over {
  readonly session: Session
  readonly plan: UnresolvedRelation
}

/** Those of the function's code, and whether tasks wait for one another: of groups, which do not, the former are all. @throws INVALID_API_USE */
function dividedOptions(by: PartitionMapping['by'], options: MappingOptions): readonly [CodeOptions, boolean] {
  if (by === 'groups' || by === 'cogroups') return [options, false]
  const { barrier = false, ...code } = options
  if (typeof barrier === 'boolean') return [code, barrier]
  throw new MillraceError('INVALID_API_USE', { reason: `barrier is true or false, not ${JSON.stringify(barrier)}` })
}

/** What a function of the program makes of the partitions of a relation. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR, INVALID_API_USE */
export function mappedPartitions(over: Over, { fn, by, schema, options, entry }: GivenMapping) {
  const [code, barrier] = dividedOptions(by, options)
  const user = shipped(fn as AnyFunction, code, false, entry)
  const own = { function: user, by, schema: schemaOf(over, schema), ...(barrier ? ({ barrier } as const) : {}) }
  return { kind: 'mapPartitions', input: over.plan, ...own } as const
}

/** The same of groups by keys. */
export function mappedGroups(
  over: Over,
  keys: readonly Column[],
  mapping: Omit<GivenMapping, 'by'>,
): UnresolvedRelation {
  const plan = numbered(over.plan, [ALL], keys, lit(true))
  return { ...mappedPartitions({ ...over, plan }, { ...mapping, by: 'groups' }), keys: keys.length }
}

export const schemaOf = ({ session }: Over, schema: string | Schema): Schema =>
  typeof schema === 'string' ? parseSchema(schema, querySettings(session.config)) : schema

export const ALL = new Column({ kind: 'star', target: [] })

/** A value of some columns. */
export const structOf = (...columns: readonly Column[]): Column =>
  new Column({ kind: 'function', name: 'struct', args: columns.map(({ expression }) => expression) })

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
  /** What the keys are called, where the program says. */
  readonly names: readonly (string | undefined)[]
}

const SIDES = ['left', 'right'] as const
const SIDE = 'side'
export const keyName = (i: number): string => `key${i}`

/**
 * The same of the groups of two relations that have the same keys, together: the rows of both as structs, those of the left one first.
 * @throws INVALID_API_USE for keys of another number
 */
export function mappedCogroups(
  session: Session,
  sides: readonly [CogroupSide, CogroupSide],
  mapping: Omit<GivenMapping, 'by'>,
): UnresolvedRelation {
  refuseOtherKeys('cogroup()', ...sides)
  const input: UnresolvedRelation = { kind: 'setOperation', operation: 'union', all: true, inputs: sides.map(sideRows) }
  const keys = sides[0].keys.map((_, i) => col(keyName(i)))
  const plan = numbered(input, SIDES.map(col), keys, col(SIDE))
  return { ...mappedPartitions({ session, plan }, { ...mapping, by: 'cogroups' }), keys: keys.length }
}

/** @throws INVALID_API_USE */
export function refuseOtherKeys(method: string, { keys: left }: CogroupSide, { keys: right }: CogroupSide): void {
  if (left.length === right.length) return
  const reason = `${method} needs as many keys on both sides, and these are ${left.length} and ${right.length}`
  throw new MillraceError('INVALID_API_USE', { reason })
}

/** The rows of a relation as structs in the column of its side. */
function sideRows({ plan, keys }: CogroupSide, side: number): UnresolvedRelation {
  const rows = structOf(ALL)
  const columns = [
    ...SIDES.map((name, i) => (i === side ? rows : lit(null)).as(name)),
    ...keys.map((key, i) => key.as(keyName(i))),
    lit(side).as(SIDE),
  ]
  return { kind: 'project', input: plan, expressions: columns.map(({ expression }) => expression) }
}
