import { isOrderable } from '../../columnar/orderable-types.js'
import { isCollated } from '../../columnar/text-types.js'
import { quotedTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { Buckets } from '../../connectors/api.js'
import type { CatalogColumn, TableEntry } from '../../connectors/catalog.js'
import { refuseTwice } from '../../planner/analyze/names/duplicates.js'
import { isBucketable } from '../../planner/plan/expression/bucket-number.js'
import { placeOf } from './catalog-names.js'

const MOST_BUCKETS = 100_000

/** What a table that is divided is told by. */
type Divided = Pick<TableEntry, 'database' | 'name'> & { readonly partitionedBy: readonly string[] }

/**
 * The buckets of a table, with its columns as these are written.
 * @throws INVALID_BUCKET_COUNT, COLUMN_NOT_DEFINED_IN_TABLE, COLUMN_ALREADY_EXISTS, _LEGACY_ERROR_TEMP_1166, _LEGACY_ERROR_TEMP_1167, INVALID_BUCKET_COLUMN_DATA_TYPE,
 * UNSUPPORTED_FEATURE
 */
export function inBuckets(buckets: Buckets, all: readonly CatalogColumn[], table: Divided): Buckets {
  const { count, columns, sortColumns } = buckets
  if (!Number.isInteger(count) || count < 1 || count > MOST_BUCKETS) {
    const bucketingMaxBuckets = String(MOST_BUCKETS)
    throw new MillraceError('INVALID_BUCKET_COUNT', { bucketingMaxBuckets, numBuckets: String(count) })
  }
  const by = columns.map((column) => columnOf(column, all, table))
  const sorted = sortColumns.map((column) => columnOf(column, all, table))
  const normalizedPartCols = table.partitionedBy.join(', ')
  const divides = ({ name }: CatalogColumn): boolean => table.partitionedBy.includes(name)
  const [bucketed, ordered] = [by.find(divides), sorted.find(divides)]
  if (bucketed) throw new MillraceError('_LEGACY_ERROR_TEMP_1166', { bucketCol: bucketed.name, normalizedPartCols })
  if (ordered) throw new MillraceError('_LEGACY_ERROR_TEMP_1167', { sortCol: ordered.name, normalizedPartCols })
  refuseTwice(by)
  refuseTwice(sorted)
  for (const column of by) refuseType(column)
  for (const { name, type } of sorted)
    if (!isOrderable(type))
      throw new MillraceError('UNSUPPORTED_FEATURE', {
        feature: `sorting buckets by the column ${name} of type ${quotedTypeName(type)}`,
      })
  return { count, columns: by.map(({ name }) => name), sortColumns: sorted.map(({ name }) => name) }
}

function columnOf(column: string, all: readonly CatalogColumn[], table: Divided): CatalogColumn {
  const found = all.find(({ name }) => name.toLowerCase() === column.toLowerCase())
  if (found) return found
  throw new MillraceError('COLUMN_NOT_DEFINED_IN_TABLE', {
    colType: 'bucket',
    colName: quotedName(column),
    tableName: placeOf(table),
    tableCols: all.map(({ name }) => quotedName(name)).join(', '),
  })
}

function refuseType({ name, type }: CatalogColumn): void {
  if (isBucketable(type)) return
  if (isCollated(type)) throw new MillraceError('INVALID_BUCKET_COLUMN_DATA_TYPE', { type: quotedTypeName(type) })
  const feature = `buckets by the column ${name} of type ${quotedTypeName(type)}`
  throw new MillraceError('UNSUPPORTED_FEATURE', { feature })
}

const NONE = 'not bucketed'

/** As conditions have it. */
export const bucketsText = (buckets: Buckets | undefined): string => {
  if (buckets === undefined) return NONE
  const { count, columns, sortColumns } = buckets
  const sorted = sortColumns.length > 0 ? `, sort columns: [${sortColumns.join(', ')}]` : ''
  return `${count} buckets, bucket columns: [${columns.join(', ')}]${sorted}`
}
