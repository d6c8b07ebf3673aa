import { mapAll } from '../../plan/expression/transform.js'
import { inPlaceOf } from '../../plan/unresolved/frame-tags.js'
import { withRelation, withUnresolvedInputs } from '../../plan/unresolved/inputs.js'
import type { UnresolvedRelation } from '../../plan/unresolved/relation.js'
import type { NamedPlan } from '../catalog.js'
import { MAX_DEPTH, mapExpressionsOf, tooDeep } from '../depth.js'
import { inlineExpression, inlineTableCall, type SqlFunctionLookUp } from '../sql-functions/inline.js'

/** What the names in a query mean. */
export interface NameLookUp extends SqlFunctionLookUp {
  relation(name: readonly string[]): NamedPlan | undefined
}

/**
 * Replaces the names of tables, views and functions in SQL by what they stand for now, so that a DataFrame goes on meaning what it meant when it
 * was made, also when a view is replaced by one that reads it. Names of CTEs hide views; of names that are neither, `onUnknown` is told, and they stay for the
 * analyzer to report.
 * @throws QUERY_TOO_COMPLEX
 */
export function inlineViews(
  relation: UnresolvedRelation,
  names: NameLookUp,
  onUnknown: (table: Extract<UnresolvedRelation, { kind: 'table' }>) => void = () => {},
  hidden: ReadonlySet<string> = new Set(),
  depth = 1,
): UnresolvedRelation {
  if (depth > MAX_DEPTH) throw tooDeep('relations')
  const inline = (input: UnresolvedRelation): UnresolvedRelation =>
    inlineViews(input, names, onUnknown, hidden, depth + 1)
  if (relation.kind === 'table') {
    const { name } = relation
    if (name.length === 1 && hidden.has(name[0]!.toLowerCase())) return relation
    const meant = names.relation(name)
    if (!meant) onUnknown(relation)
    if (!meant) return relation
    const { plan: input, namespace } = meant
    return { kind: 'subqueryAlias', input, alias: name.at(-1)!, ...(namespace.length > 0 ? { namespace } : {}) }
  }
  if (relation.kind === 'tableFunction' && !relation.written) {
    const called = inlineTableCall(relation, names)
    if (called !== relation) return inline(called)
  }
  const own = mapExpressionsOf(relation, (e) => inlineExpression(e, names, inline))
  return inlineInputs(own, inline, names, onUnknown, hidden, depth)
}

function inlineInputs(
  relation: UnresolvedRelation,
  inline: (input: UnresolvedRelation) => UnresolvedRelation,
  names: NameLookUp,
  onUnknown: (table: Extract<UnresolvedRelation, { kind: 'table' }>) => void,
  hidden: ReadonlySet<string>,
  depth: number,
): UnresolvedRelation {
  if (relation.kind === 'with') {
    const ctesBefore = new Set(hidden)
    const ctes = mapAll(relation.ctes, (cte) => {
      const own = cte.name.toLowerCase()
      const seen = new Set(cte.recursive ? [...ctesBefore, own] : ctesBefore)
      const inlined = withRelation(cte, inlineViews(cte.relation, names, onUnknown, seen, depth + 1))
      ctesBefore.add(own)
      return inlined
    })
    const input = inlineViews(relation.input, names, onUnknown, ctesBefore, depth + 1)
    return ctes === relation.ctes && input === relation.input
      ? relation
      : inPlaceOf(relation, { ...relation, ctes, input })
  }
  // The names in the query of a function or a stored view have been replaced where it was read.
  const isReplaced = relation.kind === 'tableFunction' || relation.kind === 'storedView'
  return isReplaced ? relation : withUnresolvedInputs(relation, inline)
}
