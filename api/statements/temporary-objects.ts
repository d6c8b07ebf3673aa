import { inlineViews } from '../../planner/analyze/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'

/** A view or function that only the session has, as a query names it. */
export interface TemporaryObject {
  readonly kind: 'VIEW' | 'FUNCTION'
  readonly name: readonly string[]
}

/** A name in a query that means a temporary view or function, which nothing that is stored may use. */
export function temporaryIn(query: UnresolvedRelation, catalog: SessionCatalog): TemporaryObject | undefined {
  let found: TemporaryObject | undefined
  const note = (kind: TemporaryObject['kind'], name: readonly string[], isTemporary: boolean): undefined => {
    if (found === undefined && isTemporary) found = { kind, name }
    return undefined
  }
  inlineViews(query, {
    relation: (name) => note('VIEW', name, catalog.lookUp(name)?.kind === 'temporary'),
    hidesBuiltIn: catalog.names.hidesBuiltIn,
    sqlFunction: (path) => note('FUNCTION', path, catalog.functions.temporary(path) !== undefined),
  })
  return found
}
