import { Config } from '../../common/config/config.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { ViewEntry } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { parseQuery } from '../../planner/sql/query.js'
import { querySettings } from '../engine/analysis-session.js'

/** What a stored view stands for. @param resolve replaces the names in its query by what they mean */
export function viewRelation(
  view: ViewEntry,
  resolve: (query: UnresolvedRelation) => UnresolvedRelation,
): UnresolvedRelation {
  const { database, name, text, columns, queryColumns, hasOwnNames, schemaMode } = view
  const settings = querySettings(new Config(view.settings))
  const place = ['spark_catalog', database, name]
  const named = hasOwnNames ? ` (${columns.map((column) => column.name).join(', ')})` : ''
  return {
    kind: 'storedView',
    input: { kind: 'underSettings', input: resolve(parseQuery(text, settings)), settings },
    name: quotedPath(place),
    columns:
      schemaMode === 'EVOLUTION'
        ? 'all'
        : columns.map(({ name: column, type, comment }, i) => ({
            name: column,
            type,
            comment,
            from: queryColumns[i]!,
          })),
    mode: MODES[schemaMode],
    suggestion: `CREATE OR REPLACE VIEW ${place.join('.')}${named} AS ${text}`,
  }
}

const MODES: Readonly<Record<ViewEntry['schemaMode'], Extract<UnresolvedRelation, { kind: 'storedView' }>['mode']>> = {
  BINDING: 'binding',
  COMPENSATION: 'compensation',
  'TYPE EVOLUTION': 'evolution',
  EVOLUTION: 'evolution',
}
