import { MillraceError } from '../../../common/errors/millrace-error.js'
import { quotedName } from '../../../common/errors/quoting.js'
import type { LogicalPlan } from '../../plan/logical/plan.js'
import type { CommonTable, UnresolvedRelation } from '../../plan/unresolved/relation.js'
import { nameKey } from '../names/names.js'
import type { Scope } from '../names/scope.js'

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

/** A query, and those that it names in WITH and does not use. */
export interface WithUnused {
  readonly plan: LogicalPlan
  readonly unused: readonly LogicalPlan[]
}

/** The queries of WITH that nothing uses. They have no part in the answer, but subqueries are called by what they name. */
export class UnusedQueries {
  #plans: readonly LogicalPlan[] = []

  add(plan: LogicalPlan): void {
    this.#plans = [...this.#plans, plan]
  }

  /** What is analyzed, and what was added meanwhile. */
  during(analysis: () => LogicalPlan): WithUnused {
    const before = this.#plans
    this.#plans = []
    const [plan, unused] = [analysis(), this.#plans]
    this.#plans = [...before, ...unused]
    return { plan, unused }
  }
}
