import { CATALOG_NAME, tooManyParts } from '../catalog/catalog-names.js'

/** The database that a name means: `db`, `spark_catalog.db`. @throws REQUIRES_SINGLE_PART_NAMESPACE */
export function readDatabase(parts: readonly string[]): string {
  const own = parts.length === 2 && parts[0]!.toLowerCase() === CATALOG_NAME ? parts.slice(1) : parts
  if (own.length === 1) return own[0]!.toLowerCase()
  throw tooManyParts(parts)
}
