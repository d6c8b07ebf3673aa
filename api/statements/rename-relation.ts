import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogRelation } from '../../connectors/catalog.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { alreadyExists } from './catalog-errors.js'

/** RENAME TO of a table or view. @throws TABLE_OR_VIEW_ALREADY_EXISTS, CANNOT_RENAME_ACROSS_SCHEMA */
export function renameRelation(found: CatalogRelation, to: readonly string[], catalog: SessionCatalog): void {
  const place =
    to.length === 1 ? { database: { name: found.database }, name: catalog.place([to[0]!]).name } : catalog.place(to)
  if (place.database.name !== found.database)
    throw new MillraceError('CANNOT_RENAME_ACROSS_SCHEMA', { type: found.kind })
  if (!catalog.stored.rename(found, place.name)) throw alreadyExists({ database: found.database, name: place.name })
}
