import { MillraceError } from '../../common/errors/millrace-error.js'
import type { CatalogRelation, PartitionEntry, RelationCatalog, TableEntry } from '../../connectors/catalog.js'

/** How often a table is read again when other sessions change it at the same moment. */
const MOST_TRIES = 50

/** The table as it is now, if under another name; undefined when it was dropped. */
function currentTable(table: TableEntry, stored: RelationCatalog): TableEntry | undefined {
  const database = stored.database(table.database)
  if (database?.id !== table.databaseId) return undefined
  const isSame = (one: CatalogRelation | undefined): one is TableEntry =>
    one?.kind === 'table' && one.location === table.location
  const byName = stored.relation(database, table.name)
  return isSame(byName) ? byName : stored.relations(database).find(isSame)
}

/**
 * Changes a table whoever else changes it, as changes of partitions and statistics do not contradict others. @returns false when it was dropped
 * @throws CONCURRENT_CATALOG_CHANGE when others change it all the time
 */
export function changeTable(
  table: TableEntry,
  change: (table: TableEntry) => TableEntry,
  stored: RelationCatalog,
): boolean {
  for (let tries = 1; ; tries++) {
    const current = currentTable(table, stored)
    if (current === undefined) return false
    const changed = change(current)
    if (changed === current) return true
    try {
      stored.replace(current, changed)
      return true
    } catch (error) {
      const isConflict = MillraceError.is(error) && error.condition === 'CONCURRENT_CATALOG_CHANGE'
      if (!isConflict || tries === MOST_TRIES) throw error
    }
  }
}

/** The table with partitions that it may have already. */
export function withPartitions(table: TableEntry, folders: readonly string[]): TableEntry {
  const before = table.partitions ?? []
  const known = new Set(before.map(({ folder }) => folder))
  const added = folders.filter((folder) => !known.has(folder))
  if (added.length === 0) return table
  const createdMs = Date.now()
  const all = [...before, ...added.map((folder): PartitionEntry => ({ folder, createdMs }))]
  return { ...table, partitions: all.toSorted((a, b) => (a.folder < b.folder ? -1 : 1)) }
}

export function withoutPartitions(table: TableEntry, folders: ReadonlySet<string>): TableEntry {
  const before = table.partitions ?? []
  const partitions = before.filter(({ folder }) => !folders.has(folder))
  return partitions.length === before.length ? table : { ...table, partitions }
}

/** The table after its rows changed: what was counted of it is not true any more. */
export function withoutStatistics(table: TableEntry): TableEntry {
  const { statistics, ...rest } = table
  return statistics === undefined ? table : rest
}
