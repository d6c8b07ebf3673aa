import type { SourceDescription } from '../../connectors/api.js'
import { analyze } from '../../planner/analyze/analyze.js'
import { type Catalog, sourceKey } from '../../planner/analyze/catalog.js'
import type { ExprId } from '../../planner/plan/expression/expression.js'
import type { LogicalPlan } from '../../planner/plan/logical/plan.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseQuery } from '../../planner/sql/query.js'
import { parseSchema } from '../../planner/sql/types.js'
import { TPCH_TABLES, tpchSource } from './tpch-schema.js'

/** A table of a thousand rows for a catalog. @param path what tells it from others of the same columns */
export const tableOf = (ddl: string, path = ddl): SourceDescription => ({
  provider: 'parquet',
  options: {},
  paths: [path],
  schema: parseSchema(ddl),
  statistics: { rows: 1_000, bytes: 20_000 },
})

/** A catalog of sources by name, each also a view of that name; the TPC-H tables unless told otherwise. */
export function catalogOf(
  sources: Readonly<Record<string, SourceDescription>>,
  views: Readonly<Record<string, UnresolvedRelation>> = {},
): Catalog {
  const request = (name: string) =>
    ({ kind: 'dataSource', format: 'parquet', options: {}, paths: [name], streaming: false }) as const
  const byKey = new Map(Object.entries(sources).map(([name, source]) => [sourceKey(request(name)), source]))
  return {
    relation: ([first = '', ...more]) => {
      const name = more.length === 0 ? first.toLowerCase() : ''
      const plan = views[name] ?? (sources[name] ? request(name) : undefined)
      return plan && { plan, namespace: [] }
    },
    relationNames: () => [...Object.keys(sources), ...Object.keys(views)],
    isFormat: (name) => name === 'parquet',
    source: (key) => byKey.get(key),
  }
}

export const TPCH_CATALOG: Catalog = catalogOf(
  Object.fromEntries(TPCH_TABLES.map((table) => [table, tpchSource(table)])),
)

/** Ids 1, 2, 3, … */
export function idGenerator(): () => ExprId {
  let next = 1
  return () => next++ as ExprId
}

/** Parses and analyzes a query. */
export function analyzed(sql: string, catalog: Catalog = TPCH_CATALOG, nextId = idGenerator()): LogicalPlan {
  return analyze(parseQuery(sql), catalog, nextId)
}
