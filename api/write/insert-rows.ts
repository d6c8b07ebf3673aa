import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedPath } from '../../common/errors/quoting.js'
import type { PartitionEntry, TableEntry } from '../../connectors/catalog.js'
import { relationsIn, sourcesOf } from '../../planner/analyze/catalog.js'
import { writingOptions } from '../../planner/analyze/text-formats/table-options.js'
import type { InsertTarget } from '../../planner/analyze/types/store-assignment.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import type { PartitionSpec } from '../../planner/sql/partition-spec.js'
import { placeOf } from '../catalog/catalog-names.js'
import { changeTable, withoutPartitions, withoutStatistics, withPartitions } from '../catalog/changed-table.js'
import type { TableContext } from '../catalog/new-table.js'
import { folderOf, matchingPartitions, partitionColumns, type SpecTexts, specTexts } from '../catalog/partitions.js'
import { bucketsOf, filesOf, formatOf } from '../catalog/stored-table.js'
import { foundAs, notFound } from '../statements/catalog-errors.js'
import { withDefaultColumns } from './default-values.js'
import type { InsertClauses } from './insert-clauses.js'

/** @throws TABLE_OR_VIEW_NOT_FOUND, UNSUPPORTED_OVERWRITE.TABLE, and the conditions of the assignment */
export async function insertRows(
  name: readonly string[],
  query: UnresolvedRelation,
  { overwrite, byName, columns, partition, overwriteMode, ifNotExists = false }: InsertClauses,
  context: TableContext,
): Promise<void> {
  const { engine } = context
  const table = targetOf(name, context)
  const given = context.inlined(query)
  const place = placeOf(table)
  if (overwrite && isRead(table, given, context))
    throw new MillraceError('UNSUPPORTED_OVERWRITE.TABLE', { table: place })
  const texts = await specTexts(table, partition ?? [], engine)
  const fixed = texts.size > 0 ? { fixed: [...texts.keys()] } : {}
  const assigned = { name: place, columns: table.columns, byName, ...(columns ? { into: columns } : {}), ...fixed }
  if (texts.size > 0 || table.columns.some(({ defaultText }) => defaultText !== undefined))
    await engine.checkAssignment(given, assigned)
  if (partition) {
    refuseMismatch(table, partition, texts)
  }
  if (ifNotExists && matchingPartitions(table, texts).length > 0) return
  const { plan, columns: into } = await withDefaultColumns(
    table,
    { plan: given, byName, ...(columns ? { columns } : {}) },
    engine,
  )
  const target = { ...assigned, ...(into ? { into } : {}) }
  const isDynamic = (overwriteMode ?? engine.partitionOverwriteMode) === 'dynamic'
  await writeRows(table, plan, { overwrite, target, texts, isDynamic }, context)
}

interface TableWrite {
  readonly overwrite: boolean
  readonly target: InsertTarget
  /** Of partition columns that are the same for all rows. */
  readonly texts: SpecTexts
  readonly isDynamic: boolean
}

/** Writes rows into the files of a table, and has the catalog know their partitions before they can be seen. @throws TABLE_OR_VIEW_NOT_FOUND */
async function writeRows(
  table: TableEntry,
  plan: UnresolvedRelation,
  { overwrite, target, texts, isDynamic }: TableWrite,
  { engine, catalog }: TableContext,
): Promise<void> {
  const { stored } = catalog
  const divided = partitionColumns(table).map(({ name }) => ({
    name,
    ...(texts.has(name) ? { text: texts.get(name)! } : {}),
  }))
  const isWhole = divided.length > 0 && texts.size === divided.length
  const before = isDynamic && !isWhole ? [] : matchingPartitions(table, texts).map(({ folder }) => folder)
  let written: readonly string[] = []
  const noted = (entry: TableEntry): TableEntry => withPartitions(withoutStatistics(entry), written)
  await engine.write(plan, {
    format: formatOf(table),
    options: writingOptions(formatOf(table), table.options),
    path: table.location,
    mode: overwrite ? 'overwrite' : 'append',
    table: target,
    ...bucketsOf(table),
    ...(divided.length === 0
      ? {}
      : {
          partitionBy: divided,
          ...(overwrite ? { replaces: before } : {}),
          beforeCommit: (folders) => {
            written = isWhole ? [folderOf(table, texts)] : folders
            changeTable(table, noted, stored)
          },
        }),
  })
  catalog.changed()
  const gone = new Set(overwrite ? before.filter((folder) => !written.includes(folder)) : [])
  // Partitions may have been dropped meanwhile, which are there again with these rows.
  if (changeTable(table, (entry) => withoutPartitions(noted(entry), gone), stored)) return
  // Dropped while the rows were written: they made its folder anew, which no table has any more.
  if (!table.isExternal) stored.removeFolder(table)
  throw notFound(placeOf(table))
}

/** @throws _LEGACY_ERROR_TEMP_1147, _LEGACY_ERROR_TEMP_1169 */
function refuseMismatch(table: TableEntry, partition: PartitionSpec, texts: SpecTexts): void {
  const names = partitionColumns(table).map(({ name }) => name)
  if (partition.length < names.length) {
    throw new MillraceError('_LEGACY_ERROR_TEMP_1169', {
      tableName: placeOf(table),
      normalizedPartSpec: partition.map(({ name }) => name).join(','),
      partColNames: names.join(','),
    })
  }
  const firstOpen = names.findIndex((name) => !texts.has(name))
  if (firstOpen >= 0 && names.slice(firstOpen).some((name) => texts.has(name)))
    throw new MillraceError('_LEGACY_ERROR_TEMP_1147', { partColumns: `[${names.join(',')}]` })
}

/** Removes the rows of a table, or of some of its partitions. */
export async function removeRows(
  table: TableEntry,
  partitions: readonly PartitionEntry[],
  { engine, catalog }: Pick<TableContext, 'engine' | 'catalog'>,
): Promise<void> {
  const [format, path] = [formatOf(table), table.location]
  const target = { name: placeOf(table), columns: table.columns, byName: true }
  const partitionBy = partitionColumns(table).map(({ name }) => ({ name }))
  const replaces = partitions.map(({ folder }) => folder)
  await engine.write(NO_ROWS, {
    format,
    options: writingOptions(format, table.options),
    path,
    mode: 'overwrite',
    table: target,
    ...bucketsOf(table),
    ...(partitionBy.length > 0 ? { partitionBy, replaces } : {}),
  })
  changeTable(table, withoutStatistics, catalog.stored)
  catalog.changed()
}

/** The rows of a partition come under other values, and go under those that they had, at one moment. */
export async function movePartition(
  table: TableEntry,
  { folder, texts }: { readonly folder: string; readonly texts: SpecTexts },
  context: Pick<TableContext, 'engine' | 'catalog'>,
): Promise<void> {
  const { engine, catalog } = context
  const own = table.columns.slice(0, table.columns.length - texts.size)
  const target = folderOf(table, texts)
  const rows: UnresolvedRelation = {
    ...filesOf({ ...table, columns: own }),
    partitions: { columns: table.partitionedBy!, folders: [folder] },
  }
  await engine.write(
    { kind: 'drop', input: rows, columns: table.partitionedBy! },
    {
      format: formatOf(table),
      options: writingOptions(formatOf(table), table.options),
      path: table.location,
      mode: 'overwrite',
      partitionBy: partitionColumns(table).map(({ name }) => ({ name, text: texts.get(name)! })),
      replaces: [folder],
      ...bucketsOf(table),
      beforeCommit: () => void changeTable(table, (entry) => withPartitions(entry, [target]), catalog.stored),
    },
  )
  const gone = new Set([folder])
  changeTable(table, (entry) => withoutPartitions(entry, gone), catalog.stored)
  catalog.changed()
}

/** No rows, and no columns: those of the table are NULL in none. */
const NO_ROWS: UnresolvedRelation = { kind: 'limit', input: { kind: 'oneRow' }, limit: 0, offset: 0 }

function targetOf(name: readonly string[], { catalog }: TableContext): TableEntry {
  const found = foundAs(name, catalog)
  if (found.kind === 'table') return found
  if (found.kind === 'view') {
    const viewName = placeOf(found)
    throw new MillraceError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', { operation: 'INSERT', viewName })
  }
  throw notFound(quotedPath(name))
}

/** Whether a query reads the files of a table. */
export function isRead(table: TableEntry, plan: UnresolvedRelation, { catalog }: TableContext): boolean {
  const names = { isFormat: () => false, relation: (parts: readonly string[]) => catalog.relation(parts) }
  return sourcesOf(relationsIn(plan, names), names).some(({ paths }) => paths.includes(table.location))
}
