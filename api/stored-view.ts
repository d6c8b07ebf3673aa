import type { CatalogColumn, ViewEntry } from '../connectors/catalog.js'
import type { UnresolvedExpression } from '../planner/plan/unresolved/expression.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import { parseQuery } from '../planner/sql/query.js'

const QUERY = 'query'

/**
 * What a stored view stands for: its query, of which it takes the columns that it had when it was made, under its own names and with the types
 * they had. Tables may have got more columns since.
 * @param resolve replaces the names in the query by what they mean
 */
export function viewRelation(
  view: ViewEntry,
  resolve: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedRelation {
  const { columns, queryColumns } = view
  const query = resolve(parseQuery(view.text))
  const names = queryColumns ?? columns.map((_, i) => `${i}`)
  const input: UnresolvedRelation = {
    kind: 'subqueryAlias',
    input: query,
    alias: QUERY,
    ...(queryColumns ? {} : { columns: names }),
  }
  return { kind: 'project', input, expressions: columns.map((column, i) => viewColumn(column, names[i]!)) }
}

function viewColumn({ name, type }: CatalogColumn, queryColumn: string): UnresolvedExpression {
  const child: UnresolvedExpression = { kind: 'attribute', parts: [QUERY, queryColumn] }
  const isNested = type.kind === 'struct' || type.kind === 'array' || type.kind === 'map' || type.kind === 'void'
  return { kind: 'alias', child: isNested ? child : { kind: 'cast', child, type, mode: 'ansi' }, name }
}
