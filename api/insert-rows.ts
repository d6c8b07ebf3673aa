import { MillraceError } from '../common/errors/millrace-error.js'
import { quotedName } from '../common/errors/quoting.js'
import type { TableEntry } from '../connectors/catalog.js'
import { sourcesOf } from '../planner/analyze/catalog.js'
import type { UnresolvedRelation } from '../planner/plan/unresolved/relation.js'
import type { TableContext } from './new-table.js'
import { placeOf } from './session-catalog.js'
import { notFound } from './statements/catalog-errors.js'

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
  catalog.changed(engine)
  // Whoever dropped it meanwhile has removed what was written, or would have.
  const now = catalog.stored.relation(catalog.database(table.database), table.name)
  if (now?.kind !== 'table' || now.location !== table.location) throw notFound(place)
}

function targetOf(name: readonly string[], { catalog }: TableContext): TableEntry {
  const found = catalog.lookUp(name)
  if (found?.kind === 'table') return found
  catalog.refuseManyParts(name)
  throw notFound(name.map(quotedName).join('.'))
}

/** Whether a query reads the files of a table. */
export const isRead = (table: TableEntry, plan: UnresolvedRelation, { catalog }: TableContext): boolean =>
  sourcesOf(plan, {
    isFormat: () => false,
    relation: (parts) => catalog.relation(parts),
  }).some(({ paths }) => paths.includes(table.location))
