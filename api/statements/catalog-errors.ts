import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { CatalogRelation, TableEntry } from '../../connectors/catalog.js'
import { CATALOG_NAME, placeOf } from '../catalog/catalog-names.js'
import type { NamedRelation } from '../catalog/named-relation.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'

/* Conditions that several statements raise. */

export const alreadyExists = (place: Pick<CatalogRelation, 'database' | 'name'>): MillraceError =>
  new MillraceError('TABLE_OR_VIEW_ALREADY_EXISTS', { relationName: placeOf(place) })

/** @param relationName with its quotes */
export const notFound = (relationName: string): MillraceError =>
  new MillraceError('TABLE_OR_VIEW_NOT_FOUND', {
    relationName,
    searchPath: `[\`${CATALOG_NAME}\`.\`default\`]`,
    suggestion: '',
  })

/** WRONG_COMMAND_FOR_OBJECT_TYPE: a view where a table is needed, or the other way round. */
export function wrongObject(found: CatalogRelation, operation: string, alternative: string): MillraceError {
  const foundType = found.kind === 'view' ? 'VIEW' : found.isExternal ? 'EXTERNAL' : 'MANAGED'
  return new MillraceError('WRONG_COMMAND_FOR_OBJECT_TYPE', {
    operation,
    requiredType: found.kind === 'view' ? 'EXTERNAL or MANAGED' : 'VIEW',
    objectName: `${CATALOG_NAME}.${found.database}.${found.name}`,
    foundType,
    alternative,
  })
}

/** What a name stands for. @throws TABLE_OR_VIEW_NOT_FOUND */
export function foundAs(name: readonly string[], catalog: SessionCatalog): NamedRelation {
  const found = catalog.lookUp(name)
  if (found) return found
  catalog.refuseManyParts(name)
  throw notFound(quotedPath(name))
}

/** The table of a name. @throws TABLE_OR_VIEW_NOT_FOUND, EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE */
export function tableCalled(name: readonly string[], operation: string, catalog: SessionCatalog): TableEntry {
  const found = foundAs(name, catalog)
  if (found.kind === 'table') return found
  throw new MillraceError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', { operation, viewName: viewName(found, name) })
}

/** A view that was found under a name, as messages have it: a temporary one lies nowhere. */
export const viewName = (found: NamedRelation, name: readonly string[]): string =>
  found.kind === 'temporary' ? quotedPath(name) : placeOf(found)

/** @param colName with its quotes */
export const columnNotFound = (colName: string): MillraceError =>
  new MillraceError('COLUMN_NOT_FOUND', { colName, caseSensitiveConfig: '"spark.sql.caseSensitive"' })
