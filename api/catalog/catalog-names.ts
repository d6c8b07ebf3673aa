import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { CatalogRelation } from '../../connectors/catalog.js'

/** The one catalog there is, by the name that Spark gives it. */
export const CATALOG_NAME = 'spark_catalog'
/** The database of temporary views that Spark shares between sessions. */
export const GLOBAL_TEMP = 'global_temp'

/** A database does not lie in another one. */
export const tooManyParts = (parts: readonly string[]): MillraceError =>
  new MillraceError('REQUIRES_SINGLE_PART_NAMESPACE', { sessionCatalog: CATALOG_NAME, identifier: quotedPath(parts) })

/** A name without the catalog's, which may stand before a database. */
export const withoutCatalog = (parts: readonly string[]): readonly string[] =>
  parts.length === 3 && parts[0]!.toLowerCase() === CATALOG_NAME ? parts.slice(1) : parts

/** A name as messages have it: `` `spark_catalog`.`default`.`t` ``. */
export const qualified = (parts: readonly string[]): string => quotedPath([CATALOG_NAME, ...parts])

export const placeOf = ({ database, name }: Pick<CatalogRelation, 'database' | 'name'>): string =>
  qualified([database, name])
