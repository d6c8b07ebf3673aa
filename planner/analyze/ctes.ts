import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CommonTable, UnresolvedRelation } from '../plan/unresolved/relation.js'
import { nameKey } from './names.js'
import type { Scope } from './scope.js'

/** What the names of queries mean that stand before one. */
export type Ctes = ReadonlyMap<string, Cte>

export interface Cte {
  readonly ctes: Ctes
  /** What the queries have around the one that names it. */
  readonly outers: readonly Scope[]
  readonly definition: CommonTable
}

/** The queries that WITH names, each of which sees those before it. @throws DUPLICATED_CTE_NAMES */
export function withCtes(
  node: Extract<UnresolvedRelation, { kind: 'with' }>,
  outer: Ctes,
  outers: readonly Scope[],
): Ctes {
  let ctes: Ctes = outer
  const names = node.ctes.map(({ name }) => name.toLowerCase())
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new MillraceError('DUPLICATED_CTE_NAMES', { duplicateNames: quotedName(twice) })
  for (const definition of node.ctes) ctes = new Map(ctes).set(nameKey(definition.name), { definition, ctes, outers })
  return ctes
}
