import { AskedOnce } from '../../common/asked-once.js'
import { isUrl } from '../../common/is-url.js'
import { type Catalog, relationsIn, sourcesOf } from '../../planner/analyze/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

/** Where the answers of servers about the files of a query are kept; other queries have none, as it makes each `await` of the process slower while they run. */
export function askedServers(
  plan: UnresolvedRelation,
  catalog: Pick<Catalog, 'isFormat' | 'relation'>,
): AskedOnce | undefined {
  const isAsked = sourcesOf(relationsIn(plan, catalog), catalog).some(({ paths, options }) =>
    [...paths, options['path'] ?? ''].some(isUrl),
  )
  return isAsked ? new AskedOnce() : undefined
}
