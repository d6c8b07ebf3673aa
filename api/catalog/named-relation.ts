import type { CatalogRelation } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { CacheKey } from './cached-relations.js'
import { CATALOG_NAME, GLOBAL_TEMP, placeOf } from './catalog-names.js'
import type { TemporaryViews } from './views.js'

/** What a name stands for. */
export type NamedRelation =
  | {
      readonly kind: 'temporary'
      readonly views: TemporaryViews
      readonly name: string
      readonly isGlobal: boolean
      readonly plan: UnresolvedRelation
    }
  | CatalogRelation

/** What may stand before the names of columns and of the relation. */
export function namespaceOf(relation: NamedRelation): readonly string[] {
  if (relation.kind === 'temporary') return relation.isGlobal ? [GLOBAL_TEMP] : []
  return [CATALOG_NAME, relation.database]
}

/** What is cached under a name: of a temporary view its plan, so that one that takes its place is not. */
export const cacheKey = (relation: NamedRelation): CacheKey =>
  relation.kind === 'temporary' ? relation.plan : placeOf(relation)
