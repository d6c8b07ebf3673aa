import { type Field, struct, typeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { Buckets } from '../../connectors/api.js'
import type { TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { bucketsText } from '../catalog/bucketed-table.js'
import { placeOf } from '../catalog/catalog-names.js'
import { asColumn, fillTable, newTable, type TableContext, withFiles } from '../catalog/new-table.js'
import { plainPlace, refuseOtherPartitions } from '../catalog/partitions.js'
import type { WriteRequest } from '../engine/engine.js'
import { alreadyExists } from '../statements/catalog-errors.js'
import { insertRows, isRead } from './insert-rows.js'

/** Makes a table of rows, or changes one that is there as the mode says. @throws TABLE_OR_VIEW_ALREADY_EXISTS, UNSUPPORTED_OVERWRITE.TABLE */
export async function saveAsTable(
  name: readonly string[],
  plan: UnresolvedRelation,
  { format, options, mode, path, partitionBy, buckets }: WriteRequest,
  context: TableContext,
): Promise<void> {
  const { catalog, engine } = context
  const place = catalog.place(name)
  const before = catalog.stored.relation(place.database, place.name)
  if (before && mode === 'ignore') return
  if (before && mode === 'errorifexists') throw alreadyExists(before)
  if (before?.kind === 'view')
    throw new MillraceError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', {
      operation: 'saveAsTable',
      viewName: placeOf(before),
    })
  if (before && mode === 'append') refuseOtherPartitions(before, partitionBy?.map((column) => column.name) ?? [])
  if (before && mode === 'append') refuseOtherBuckets(before, buckets)
  if (before && mode === 'append') {
    refuseOtherColumns(before, (await engine.analyze(plan)).fields)
    return insertRows(name, plan, { overwrite: false, byName: true }, context)
  }
  if (before && isRead(before, plan, context))
    throw new MillraceError('UNSUPPORTED_OVERWRITE.TABLE', { table: placeOf(before) })
  const { fields } = await engine.analyze(plan)
  const location = path ?? options['path']
  const clauses = {
    name,
    provider: format,
    options,
    properties: {},
    partitionedBy: partitionBy?.map((column) => column.name) ?? [],
    ...(buckets ? { buckets } : {}),
    ...(location === undefined ? {} : { location }),
  }
  const table = newTable(clauses, fields.map(asColumn), context)
  if (before === undefined) return fillTable(table, plan, mode === 'ignore', context)
  const after = await withFiles(table, plan, context)
  try {
    catalog.stored.replace(before, after)
  } catch (error) {
    if (!after.isExternal) catalog.stored.removeFolder(after)
    throw error
  }
  if (!before.isExternal) catalog.stored.removeFolder(before)
  catalog.forget(before)
  catalog.changed()
}

/** Rows that are appended have the columns of the table, in any order. @throws _LEGACY_ERROR_TEMP_1161, _LEGACY_ERROR_TEMP_1162 */
function refuseOtherColumns(table: TableEntry, fields: readonly Field[]): void {
  if (fields.length !== table.columns.length)
    throw new MillraceError('_LEGACY_ERROR_TEMP_1161', {
      tableName: plainPlace(table),
      existingTableSchema: typeName(struct(table.columns)),
      querySchema: typeName(struct(fields)),
    })
  const given = new Set(fields.map(({ name }) => name.toLowerCase()))
  const missing = table.columns.find(({ name }) => !given.has(name.toLowerCase()))
  if (missing === undefined) return
  const schemaFieldNames = fields.map(({ name }) => name).join(', ')
  throw new MillraceError('_LEGACY_ERROR_TEMP_1162', { specifiedColumn: missing.name, schemaFieldNames })
}

/** @throws _LEGACY_ERROR_TEMP_1164 */
function refuseOtherBuckets(table: TableEntry, buckets: Buckets | undefined): void {
  const [own, wanted] = [bucketsText(table.buckets), bucketsText(buckets)]
  if (own.toLowerCase() === wanted.toLowerCase()) return
  throw new MillraceError('_LEGACY_ERROR_TEMP_1164', {
    tableName: plainPlace(table),
    specifiedBucketString: wanted,
    existingBucketString: own,
  })
}
