import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedPath } from '../common/errors/quoting.js'
import type { CatalogRelation, TableEntry } from '../connectors/catalog.js'
import { sourcesOf } from '../planner/analyze/catalog.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import type { TableContext } from './new-table.js'
import { placeOf } from './session-catalog.js'
import { foundAs, notFound } from './statements/catalog-errors.js'

/** Which rows of the table go, and which of its columns get what. */
export interface InsertClauses {
  readonly overwrite: boolean
  readonly byName: boolean
  readonly columns?: readonly string[]
}

/** @throws TABLE_OR_VIEW_NOT_FOUND, UNSUPPORTED_OVERWRITE.TABLE, and the conditions of the assignment */
export async function insertRows(
  name: readonly string[],
  query: UnresolvedRelation,
  { overwrite, byName, columns }: InsertClauses,
  context: TableContext,
): Promise<void> {
  const { catalog, engine } = context
  const table = targetOf(name, context)
  const plan = context.inlined(query)
  const place = placeOf(table)
  if (overwrite && isRead(table, plan, context))
    throw new MillraceError('UNSUPPORTED_OVERWRITE.TABLE', { table: place })
  await engine.write(plan, {
    format: table.provider,
    options: table.options,
    path: table.location,
    mode: overwrite ? 'overwrite' : 'append',
    table: { name: place, columns: table.columns, byName, ...(columns ? { into: columns } : {}) },
  })
  catalog.changed()
  if (isThere(table, catalog)) return
  // Dropped while the rows were written: they made its folder anew, which no table has any more.
  if (!table.isExternal) catalog.stored.removeFolder(table)
  throw notFound(place)
}

/** Whether a table is in the catalog, if under another name now. */
function isThere(table: TableEntry, { stored }: TableContext['catalog']): boolean {
  const database = stored.database(table.database)
  if (database?.id !== table.databaseId) return false
  const isSame = (one: CatalogRelation | undefined): boolean => one?.kind === 'table' && one.location === table.location
  return isSame(stored.relation(database, table.name)) || stored.relations(database).some(isSame)
}

function targetOf(name: readonly string[], { catalog }: TableContext): TableEntry {
  const found = foundAs(name, catalog)
  if (found.kind === 'table') return found
  throw notFound(quotedPath(name))
}

/** Whether a query reads the files of a table. */
export const isRead = (table: TableEntry, plan: UnresolvedRelation, { catalog }: TableContext): boolean =>
  sourcesOf(plan, {
    isFormat: () => false,
    relation: (parts) => catalog.relation(parts),
  }).some(({ paths }) => paths.includes(table.location))
