import { STRING } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName, quotedPath } from '../../common/errors/quoting.js'
import { partitionFolder, partitionTexts } from '../../common/partition-path.js'
import type { CatalogColumn, PartitionEntry, TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedExpression } from '../../planner/plan/unresolved/expression.js'
import type { PartitionSpec } from '../../planner/sql/partition-spec.js'
import type { Engine } from '../engine/engine.js'
import { collectRows } from '../frame/actions.js'
import { CATALOG_NAME, placeOf } from './catalog-names.js'

/** The texts of values that a statement gives partition columns, by their names in the table. */
export type SpecTexts = ReadonlyMap<string, string | null>

/** The columns whose values are in the names of folders. */
export const partitionColumns = ({ columns, partitionedBy = [] }: TableEntry): readonly CatalogColumn[] =>
  columns.slice(columns.length - partitionedBy.length)

/**
 * The values of a spec as folders have them: cast to the types of their columns.
 * @throws PARTITIONS_NOT_FOUND for other columns, CAST_INVALID_INPUT
 */
export async function specTexts(table: TableEntry, spec: PartitionSpec, engine: Engine): Promise<SpecTexts> {
  const columns = partitionColumns(table)
  const found = spec.map(({ name, value }) => ({
    name,
    value,
    column: columns.find((column) => column.name.toLowerCase() === name.toLowerCase()),
  }))
  const strange = found.filter(({ column }) => column === undefined)
  if (strange.length > 0) {
    const partitionList = strange.map(({ name }) => quotedName(name)).join(', ')
    throw new MillraceError('PARTITIONS_NOT_FOUND', { partitionList, tableName: placeOf(table) })
  }
  const given = found.flatMap(({ value, column }) => (value ? [{ value, column: column! }] : []))
  if (given.length === 0) return new Map()
  const expressions = given.map(({ value, column }, i): UnresolvedExpression => {
    const typed: UnresolvedExpression = { kind: 'cast', child: value, type: column.type, mode: 'ansi' }
    return { kind: 'alias', child: { kind: 'cast', child: typed, type: STRING, mode: 'ansi' }, name: `c${i}` }
  })
  const query = { kind: 'project', input: { kind: 'oneRow' }, expressions } as const
  const [row] = await collectRows<Record<string, string | null>>(engine, query)
  return new Map(given.map(({ column }, i) => [column.name, row![`c${i}`]!]))
}

/** The folder of values for all partition columns. @throws _LEGACY_ERROR_TEMP_1232 when some are left out */
export function folderOf(table: TableEntry, texts: SpecTexts): string {
  const names = partitionColumns(table).map(({ name }) => name)
  if (texts.size < names.length) {
    throw new MillraceError('_LEGACY_ERROR_TEMP_1232', {
      specKeys: [...texts.keys()].join(', '),
      partitionColumnNames: names.join(', '),
      tableName: placeOf(table),
    })
  }
  return partitionFolder(names.map((name) => [name, texts.get(name)!]))
}

/** The partitions that have the values of a spec. */
export function matchingPartitions({ partitions = [] }: TableEntry, texts: SpecTexts): readonly PartitionEntry[] {
  return partitions.filter(({ folder }) =>
    // Empty text and NULL have the same folder.
    partitionTexts(folder).every(([name, text]) => !texts.has(name) || (texts.get(name) || null) === text),
  )
}

/** @throws PARTITIONS_NOT_FOUND */
export function partitionCalled(table: TableEntry, texts: SpecTexts): PartitionEntry {
  const folder = folderOf(table, texts)
  const found = table.partitions?.find((one) => one.folder === folder)
  if (found) return found
  throw new MillraceError('PARTITIONS_NOT_FOUND', partitionNames(table, [texts]))
}

/** Partitions and their table as messages have them. */
export const partitionNames = (
  { database, name }: TableEntry,
  specs: readonly SpecTexts[],
): { readonly partitionList: string; readonly tableName: string } => ({
  partitionList: specs
    .map((texts) => `PARTITION (${[...texts].map(([column, text]) => `${quotedName(column)} = ${text}`).join(', ')})`)
    .join(', '),
  tableName: quotedPath([database, name]),
})

/** @throws _LEGACY_ERROR_TEMP_1251 */
export function refuseUnpartitioned({ partitionedBy, name }: TableEntry, action: string): void {
  if (partitionedBy === undefined) throw new MillraceError('_LEGACY_ERROR_TEMP_1251', { action, tableName: name })
}

/** `spark_catalog.default.t`, as some messages have it. */
export const plainPlace = ({ database, name }: TableEntry): string => `${CATALOG_NAME}.${database}.${name}`

/** @throws _LEGACY_ERROR_TEMP_1163 */
export function refuseOtherPartitions(table: TableEntry, by: readonly string[]): void {
  const [own, wanted] = [table.partitionedBy ?? [], by].map((names) => names.join(', '))
  if (own!.toLowerCase() === wanted!.toLowerCase()) return
  throw new MillraceError('_LEGACY_ERROR_TEMP_1163', {
    tableName: plainPlace(table),
    specifiedPartCols: wanted!,
    existingPartCols: own!,
  })
}
