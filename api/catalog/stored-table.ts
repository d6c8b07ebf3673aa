import type { PartitionEntry, TableEntry, TableStatistics } from '../../connectors/catalog.js'
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
  ...(table.partitionedBy ? { partitions: knownPartitions(table.partitionedBy, table.partitions) } : {}),
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

const knownPartitions = (
  columns: readonly string[],
  partitions: readonly PartitionEntry[] = [],
): NonNullable<DataSource['partitions']> => ({
  columns,
  folders: partitions.map(({ folder }) => folder),
})
