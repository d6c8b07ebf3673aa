import { INDETERMINATE } from '../../columnar/collation.js'
import { hasLimits, isCollated, withDefaultCollation } from '../../columnar/text-types.js'
import { hasCalendarIntervals } from '../../columnar/type-parts.js'
import { type DataType, type Field, partTypes } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { Buckets } from '../../connectors/api.js'
import type { CatalogColumn, RelationCatalog, TableEntry } from '../../connectors/catalog.js'
import { refuseTwice } from '../../planner/analyze/names/duplicates.js'
import { refusePartitionType } from '../../planner/analyze/sources/partitioned-rows.js'
import { textWriting } from '../../planner/analyze/text-formats/registry.js'
import { writingOptions } from '../../planner/analyze/text-formats/table-options.js'
import { refuseTypes } from '../../planner/analyze/text-formats/text-writing.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { ColumnDefinition, Properties } from '../../planner/sql/statement-parts.js'
import { alreadyExists } from '../statements/catalog-errors.js'
import type { StatementContext } from '../statements/statement.js'
import { inBuckets } from './bucketed-table.js'
import { placeOf } from './catalog-names.js'
import { withPartitions } from './changed-table.js'
import { bucketsOf, formatOf } from './stored-table.js'

/** What tables are made with. */
export type TableContext = Pick<StatementContext, 'engine' | 'catalog' | 'inlined'>

/** What stands behind the columns of a table. */
export interface TableClauses {
  readonly provider: string
  readonly options: Properties
  readonly properties: Properties
  readonly comment?: string
  /** That of columns of which none is said. */
  readonly collation?: string
  readonly location?: string
  /** The names of columns, or columns of their own that come behind the others. */
  readonly partitionedBy?: readonly string[] | readonly ColumnDefinition[]
  readonly buckets?: Buckets
}

/** @throws SCHEMA_NOT_FOUND, COLUMN_ALREADY_EXISTS, UNSUPPORTED_FEATURE */
export function newTable(
  { name: parts, ...clauses }: TableClauses & { readonly name: readonly string[] },
  columns: readonly CatalogColumn[],
  { catalog }: TableContext,
): TableEntry {
  const { database, name } = catalog.place(parts)
  catalog.refuseFormat(clauses.provider)
  const collated = columns.map((column) => ofTable(column, clauses))
  const { all, partitionedBy } = inPartitionOrder(collated, clauses.partitionedBy ?? [], {
    database: database.name,
    name,
  })
  for (const { name: column, type } of all) refuseUnstored(column, type)
  if (clauses.provider === 'parquet') refuseTypes(all, 'Parquet', hasCalendarIntervals)
  refuseGenerated(all, { database: database.name, name })
  const { buckets } = clauses
  const divided = buckets && inBuckets(buckets, all, { partitionedBy, database: database.name, name })
  const { provider, properties, comment, collation } = clauses
  textWriting(provider)?.refuse(all.filter(({ name: column }) => !partitionedBy.includes(column)))
  const { path, ...options } = clauses.options
  const location = clauses.location ?? path
  return {
    kind: 'table',
    database: database.name,
    databaseId: database.id,
    name,
    provider,
    columns: all,
    options,
    properties,
    location: location ?? '',
    isExternal: location !== undefined,
    createdMs: Date.now(),
    ...(comment === undefined ? {} : { comment }),
    ...(collation === undefined ? {} : { collation }),
    ...(partitionedBy.length === 0 ? {} : { partitionedBy }),
    ...(divided ? { buckets: divided } : {}),
  }
}

/** A column with the collation that its table has for texts of which none is said. @throws UNSUPPORTED_FEATURE */
export function ofTable<C extends CatalogColumn>(column: C, { collation }: Pick<TableEntry, 'collation'>): C {
  if (collation === undefined) return column
  if (hasLimits(column.type))
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'collations of char and varchar' })
  return { ...column, type: withDefaultCollation(column.type, collation) }
}

/** @throws UNSUPPORTED_FEATURE.TABLE_OPERATION as tables of files have none in Spark either */
export function refuseGenerated(
  columns: readonly ColumnDefinition[],
  place: Pick<TableEntry, 'database' | 'name'>,
): void {
  const operation = columns.find(({ generated }) => generated)?.generated
  if (operation)
    throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName: placeOf(place), operation })
}

/**
 * Columns with those of partitions last.
 * @throws COLUMN_ALREADY_EXISTS, COLUMN_NOT_DEFINED_IN_TABLE, ALL_PARTITION_COLUMNS_NOT_ALLOWED, INVALID_PARTITION_COLUMN_DATA_TYPE
 */
function inPartitionOrder(
  columns: readonly CatalogColumn[],
  by: readonly (string | ColumnDefinition)[],
  place: Pick<TableEntry, 'database' | 'name'>,
): { readonly all: readonly CatalogColumn[]; readonly partitionedBy: readonly string[] } {
  const partitioned = by.map((one) => {
    if (typeof one !== 'string') return one
    const found = columns.find(({ name }) => name.toLowerCase() === one.toLowerCase())
    if (found) return found
    throw new MillraceError('COLUMN_NOT_DEFINED_IN_TABLE', {
      colType: 'partition',
      colName: quotedName(one),
      tableName: placeOf(place),
      tableCols: columns.map(({ name }) => quotedName(name)).join(', '),
    })
  })
  refuseTwice(partitioned)
  const all = [...columns.filter((column) => !partitioned.includes(column)), ...partitioned]
  refuseTwice(all)
  if (all.length > 0 && all.length === partitioned.length) throw new MillraceError('ALL_PARTITION_COLUMNS_NOT_ALLOWED')
  for (const column of partitioned) refusePartitionType(column)
  return { all, partitionedBy: partitioned.map(({ name }) => name) }
}

/** @throws UNSUPPORTED_FEATURE, UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS, INDETERMINATE_COLLATION_IN_SCHEMA for a type that files do not keep */
export function refuseUnstored(column: string, type: DataType): void {
  if (type.kind === 'string' && type.collation === INDETERMINATE)
    throw new MillraceError('INDETERMINATE_COLLATION_IN_SCHEMA', { columnPaths: column })
  if (type.kind === 'map' && isCollated(type.key)) throw new MillraceError('UNSUPPORTED_FEATURE.COLLATIONS_IN_MAP_KEYS')
  if (type.kind === 'void') {
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `the column ${column} of type void in a table` })
  }
  for (const inner of partTypes(type)) refuseUnstored(column, inner)
}

/** Adds a table that is empty, or whose files are there. @returns false when there is one of its name */
export const addTable = (table: TableEntry, { catalog: { stored } }: TableContext): boolean =>
  createAt(stored.withFolder(table), stored)

/** Its folder goes again when it cannot be added. */
function createAt(table: TableEntry, stored: RelationCatalog): boolean {
  let isMade = false
  try {
    isMade = stored.create(table)
    return isMade
  } finally {
    if (!isMade && !table.isExternal) stored.removeFolder(table)
  }
}

export const asColumn = (field: Field): CatalogColumn => ({ ...field, nullable: true })

/** Makes a table of the rows of a query. @throws TABLE_OR_VIEW_ALREADY_EXISTS */
export async function fillTable(
  table: TableEntry,
  plan: UnresolvedRelation,
  ifNotExists: boolean,
  context: TableContext,
): Promise<void> {
  const { stored } = context.catalog
  const filled = await withFiles(table, plan, context)
  if (!createAt(filled, stored) && !ifNotExists) throw alreadyExists(table)
}

/** The table with its folder, in which the rows are: nobody reads it before it has a name. */
export async function withFiles(
  table: TableEntry,
  plan: UnresolvedRelation,
  { engine, catalog: { stored } }: TableContext,
): Promise<TableEntry> {
  // Files of someone else are not mixed with those of a new table.
  const placed = table.isExternal ? table : stored.withFolder(table)
  const { options, location: path, partitionedBy } = placed
  const format = formatOf(placed)
  let folders: readonly string[] = []
  try {
    await engine.write(plan, {
      format,
      options: writingOptions(format, options),
      path,
      mode: table.isExternal ? 'errorifexists' : 'append',
      ...bucketsOf(placed),
      ...(partitionedBy
        ? {
            partitionBy: partitionedBy.map((name) => ({ name })),
            beforeCommit: (written) => {
              folders = written
            },
          }
        : {}),
    })
  } catch (error) {
    if (!table.isExternal) stored.removeFolder(placed)
    throw error
  }
  return withPartitions(table.isExternal ? stored.withFolder(table) : placed, folders)
}
