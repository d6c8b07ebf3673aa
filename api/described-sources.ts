import type { SourceDescription } from '../connectors/api.js'
import type { DriverConnectors } from '../driver/index.js'
import { arrivalOfRows, type Catalog, sourceKey, sourcesOf } from '../planner/analyze/catalog.js'
import type { AnalysisSession } from '../planner/analyze/session.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import { withStatistics } from './known-statistics.js'

/** Asks each source of a plan what it has, once, into the map that the catalog looks them up in, when the plan's own rows are there. @throws the connectors' conditions */
export async function describeSources(
  plan: UnresolvedRelation,
  catalog: Catalog,
  connectors: DriverConnectors,
  into: Map<string, SourceDescription>,
): Promise<void> {
  const describe = async (request: ReturnType<typeof sourcesOf>[number]): Promise<void> => {
    const { format, options, paths, schema, partitions, statistics } = request
    const provider = await connectors.source(format)
    const described = await provider.describe(options, paths, schema, partitions)
    into.set(sourceKey(request), withStatistics(described, statistics))
  }
  await arrivalOfRows(plan, catalog)
  await Promise.all(sourcesOf(plan, catalog).map(describe))
}

/** The catalog of a query: the names of its session, and what its sources told. */
export function catalogWith(
  names: Pick<Catalog, 'relation' | 'relationNames'>,
  isFormat: Catalog['isFormat'],
  sources: ReadonlyMap<string, SourceDescription>,
  session: AnalysisSession,
): Catalog {
  return {
    session,
    isFormat,
    relation: (name) => names.relation(name),
    relationNames: () => names.relationNames(),
    source: (key) => sources.get(key),
  }
}
