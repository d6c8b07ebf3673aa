import { type Field, sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableEntry } from '../../connectors/catalog.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'
import { placeOf } from '../catalog/catalog-names.js'
import { changeTable, withPartitions } from '../catalog/changed-table.js'
import { addTable, asColumn, newTable, type TableContext } from '../catalog/new-table.js'
import { refuseOtherPartitions } from '../catalog/partitions.js'
import { type SessionCatalog, TABLE_FORMAT } from '../catalog/session-catalog.js'
import { formatOf } from '../catalog/stored-table.js'
import { alreadyExists } from '../statements/catalog-errors.js'

/** The property of tables that streams fill: what else is in their folder would not be seen beside the batches of a stream. */
const STREAMED = 'millrace.streamed'

interface StreamedRows {
  readonly plan: UnresolvedRelation
  readonly format: string | undefined
  readonly options: Readonly<Record<string, string>>
  readonly partitionBy: readonly string[]
}

/**
 * The table that a stream goes on to fill, or is the first to; it is made when there is none.
 * @throws EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE, UNSUPPORTED_FEATURE for tables that other statements fill, and the conditions of CREATE TABLE
 */
export async function tableOfStream(
  name: readonly string[],
  { plan, format, options, partitionBy }: StreamedRows,
  context: TableContext,
): Promise<TableEntry> {
  const { catalog, engine } = context
  const place = catalog.place(name)
  const { fields } = await engine.analyze(plan)
  const find = () => catalog.stored.relation(place.database, place.name)
  const known = find()
  if (known === undefined) {
    const properties = { [STREAMED]: 'true' }
    const clauses = { name, provider: format ?? TABLE_FORMAT, options, properties, partitionedBy: partitionBy }
    const table = newTable(clauses, fields.map(asColumn), context)
    if (!addTable(table, context)) throw alreadyExists(table)
    catalog.changed()
  }
  const table = known ?? find()
  if (table?.kind !== 'table')
    throw new MillraceError('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', {
      operation: 'toTable',
      viewName: placeOf({ database: place.database.name, name: place.name }),
    })
  if (table.properties[STREAMED] !== 'true')
    throw unsupported(`a stream into the table ${placeOf(table)}, which is not of streams`)
  if (format !== undefined && format !== formatOf(table))
    throw unsupported(`the format ${format} for the table ${placeOf(table)}, which has ${formatOf(table)}`)
  refuseOtherPartitions(table, partitionBy)
  const divides = ({ name: column }: Field): boolean =>
    partitionBy.some((one) => one.toLowerCase() === column.toLowerCase())
  const ofStream = ({ name: column }: Field): readonly Field[] =>
    fields.filter((one) => one.name.toLowerCase() === column.toLowerCase())
  // Those of partitions come last in a table.
  const ordered = [...fields.filter((one) => !divides(one)), ...table.columns.filter(divides).flatMap(ofStream)]
  const isSame =
    ordered.length === table.columns.length &&
    ordered.every(({ name: column, type }, i) => {
      const own = table.columns[i]!
      return own.name.toLowerCase() === column.toLowerCase() && sameType(own.type, type)
    })
  if (!isSame) throw unsupported(`a stream of other columns than those of the table ${placeOf(table)}`)
  return table
}

const unsupported = (feature: string): MillraceError => new MillraceError('UNSUPPORTED_FEATURE', { feature })

/** Has the catalog know the partitions of a batch before their rows can be seen. */
export const notingPartitions =
  (table: TableEntry, catalog: SessionCatalog): ((folders: readonly string[]) => void) =>
  (folders) => {
    changeTable(table, (entry) => withPartitions(entry, folders), catalog.stored)
    catalog.changed()
  }
