import type { SourceDescription } from '../connectors/api.js'
import type { DriverConnectors } from '../driver/index.js'
import { arrivalOfRows, type Catalog, sourceKey, sourcesOf } from '../planner/analyze/catalog.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'

/** Adds the descriptions of all sources that a plan reads, once its own rows are there. @throws the connectors' conditions */
export async function describeSources(
  plan: UnresolvedRelation,
  catalog: Catalog,
  connectors: DriverConnectors,
  sources: Map<string, SourceDescription>,
): Promise<void> {
  const describe = async (request: ReturnType<typeof sourcesOf>[number]): Promise<void> => {
    const provider = await connectors.source(request.format)
    sources.set(sourceKey(request), await provider.describe(request.options, request.paths, request.schema))
  }
  await arrivalOfRows(plan, catalog)
  await Promise.all(sourcesOf(plan, catalog).map(describe))
}
