import type { KnownPartitions } from '../../connectors/api.js'
import type { RelationCatalog, TableEntry, TableStatistics } from '../../connectors/catalog.js'
import { tableNotFound } from '../../planner/analyze/catalog.js'
import { readingOptions } from '../../planner/analyze/text-formats/table-options.js'
import type { UnresolvedRelation } from '../../planner/plan/unresolved/relation.js'

type DataSource = Extract<UnresolvedRelation, { kind: 'dataSource' }>

/** What the connectors call the data source that the statement of a table names. */
export const formatOf = ({ provider }: Pick<TableEntry, 'provider'>): string => provider.toLowerCase()

/** The files of a table. */
export const filesOf = ({ location, options, columns, ...table }: TableEntry): DataSource => ({
  kind: 'dataSource',
  format: formatOf(table),
  options: readingOptions(formatOf(table), options),
  paths: [location],
  schema: { fields: columns.map(({ defaultText: _, ...column }) => column) },
  streaming: false,
})

export const bucketsOf = ({ buckets }: TableEntry): Pick<TableEntry, 'buckets'> => (buckets ? { buckets } : {})

/** What a table of the catalog is read as. */
export const tableRelation = (table: TableEntry): UnresolvedRelation => ({
  ...filesOf(table),
  ...bucketsOf(table),
  ...(table.statistics ? { statistics: knownStatistics(table.statistics) } : {}),
  ...(table.partitionedBy ? { partitions: knownPartitions(table) } : {}),
})

function knownStatistics({ bytes, rows, columns = {} }: TableStatistics): NonNullable<DataSource['statistics']> {
  const entries = Object.entries(columns)
  return {
    bytes,
    ...(rows === undefined ? {} : { rows }),
    ranges: Object.fromEntries(entries.flatMap(([name, { range }]) => (range ? [[name, range]] : []))),
    distinct: Object.fromEntries(entries.map(([name, { distinct }]) => [name, distinct])),
  }
}

/** What the catalog knows of the partitions of a table. */
const knownPartitions = ({
  database,
  name,
  partitionedBy = [],
  partitions = [],
}: TableEntry): NonNullable<DataSource['partitions']> => ({
  columns: partitionedBy,
  folders: partitions.map(({ folder }) => folder),
  table: [database, name],
})

/** The same of a table that is read again, as the catalog knows it now. @throws TABLE_OR_VIEW_NOT_FOUND */
export function currentPartitions({ table: place }: KnownPartitions, stored: RelationCatalog): KnownPartitions {
  const [databaseName, name] = place!
  const database = stored.database(databaseName)
  const table = database && stored.relation(database, name)
  if (table?.kind === 'table') return knownPartitions(table)
  throw tableNotFound({ kind: 'table', name: [databaseName, name] }, [])
}
