import { inlineViews } from '../../planner/analyze/inline-views.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { SessionCatalog } from '../session-catalog.js'

/** A name in a query that means a temporary view, which nothing that is stored may read. */
export function temporaryIn(query: UnresolvedRelation, catalog: SessionCatalog): readonly string[] | undefined {
  let found: readonly string[] | undefined
  inlineViews(query, (name) => {
    if (found === undefined && catalog.lookUp(name)?.kind === 'temporary') found = name
    return undefined
  })
  return found
}
