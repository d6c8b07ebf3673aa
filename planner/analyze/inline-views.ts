import { withUnresolvedInputs } from '../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../plan/unresolved/relation.js'
import type { NamedPlan } from './catalog.js'
import { MAX_DEPTH, mapExpressionsOf, tooDeep } from './depth.js'
import { mapSubqueries } from './unresolved-nodes.js'

/**
 * Replaces the names of tables and views by what they stand for now, so that a DataFrame goes on meaning what it meant when it was made, also when
 * a view is replaced by one that reads it. Names of CTEs hide views; of names that are neither, `onUnknown` is told, and they stay for the
 * analyzer to report.
 * @throws QUERY_TOO_COMPLEX
 */
export function inlineViews(
  relation: UnresolvedRelation,
  view: (name: readonly string[]) => NamedPlan | undefined,
  onUnknown: (table: Extract<UnresolvedRelation, { kind: 'table' }>) => void = () => {},
  hidden: ReadonlySet<string> = new Set(),
  depth = 1,
): UnresolvedRelation {
  if (depth > MAX_DEPTH) throw tooDeep('relations')
  const inline = (input: UnresolvedRelation): UnresolvedRelation =>
    inlineViews(input, view, onUnknown, hidden, depth + 1)
  if (relation.kind === 'table') {
    const { name } = relation
    if (name.length === 1 && hidden.has(name[0]!.toLowerCase())) return relation
    const meant = view(name)
    if (!meant) onUnknown(relation)
    if (!meant) return relation
    const { plan: input, namespace } = meant
    return { kind: 'subqueryAlias', input, alias: name.at(-1)!, ...(namespace.length > 0 ? { namespace } : {}) }
  }
  const own = mapExpressionsOf(relation, (e) => mapSubqueries(e, inline))
  return inlineInputs(own, inline, view, onUnknown, hidden, depth)
}

function inlineInputs(
  relation: UnresolvedRelation,
  inline: (input: UnresolvedRelation) => UnresolvedRelation,
  view: (name: readonly string[]) => NamedPlan | undefined,
  onUnknown: (table: Extract<UnresolvedRelation, { kind: 'table' }>) => void,
  hidden: ReadonlySet<string>,
  depth: number,
): UnresolvedRelation {
  if (relation.kind === 'with') {
    const names = new Set(hidden)
    const ctes = relation.ctes.map((cte) => {
      const own = cte.name.toLowerCase()
      const seen = new Set(cte.recursive ? [...names, own] : names)
      const inlined = { ...cte, relation: inlineViews(cte.relation, view, onUnknown, seen, depth + 1) }
      names.add(own)
      return inlined
    })
    return { ...relation, ctes, input: inlineViews(relation.input, view, onUnknown, names, depth + 1) }
  }
  return withUnresolvedInputs(relation, inline)
}
