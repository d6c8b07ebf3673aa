import type { Schema } from '../../columnar/types.js'
import type { PartitionMapping } from '../../planner/plan/expression/user-function.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseSchema } from '../../planner/sql/types.js'
import { Column, lit } from '../column/column.js'
import { Window } from '../column/window.js'
import { querySettings } from '../engine/analysis-session.js'
import { rowNumber } from '../functions/windows.js'
import type { Session } from '../session/session.js'
import type { AnyFunction } from '../user-code/any-function.js'
import { type CodeOptions, shipped } from '../user-code/shipped.js'

/** A function over partitions as it was given. */
interface GivenMapping {
  readonly fn: (...args: never) => unknown
  readonly by: PartitionMapping['by']
  readonly schema: string | Schema
  readonly options: CodeOptions
  /** The method of the API that the user called. */
  readonly entry: AnyFunction
}

interface Over {
  readonly session: Session
  readonly plan: UnresolvedRelation
}

/** What a function of the program makes of the partitions of a relation. @throws UDF_FREE_VARIABLES, UNSUPPORTED_UDF_SOURCE, PARSE_SYNTAX_ERROR */
export function mappedPartitions({ session, plan }: Over, { fn, by, schema, options, entry }: GivenMapping) {
  const user = shipped(fn as AnyFunction, options, false, entry)
  const gives = typeof schema === 'string' ? parseSchema(schema, querySettings(session.config)) : schema
  return { kind: 'mapPartitions', input: plan, function: user, by, schema: gives } as const
}

/** The same of groups by keys. */
export function mappedGroups(
  over: Over,
  keys: readonly Column[],
  mapping: Omit<GivenMapping, 'by'>,
): UnresolvedRelation {
  const number = rowNumber().over(Window.partitionBy(...keys).orderBy(lit(true)))
  const all = new Column({ kind: 'star', target: [] })
  const expressions = [all, ...keys, number].map(({ expression }) => expression)
  const plan: UnresolvedRelation = { kind: 'project', input: over.plan, expressions }
  return { ...mappedPartitions({ ...over, plan }, { ...mapping, by: 'groups' }), keys: keys.length }
}
