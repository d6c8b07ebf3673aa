import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableEntry } from '../../connectors/catalog.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { placeOf } from '../catalog/catalog-names.js'
import { changeTable, withoutPartitions, withPartitions } from '../catalog/changed-table.js'
import type { SessionCatalog } from '../catalog/session-catalog.js'
import { tableCalled } from './catalog-errors.js'
import { DONE, type StatementKind } from './statement.js'

export interface RepairTableStatement {
  readonly kind: 'repairTable'
  readonly name: readonly string[]
  /** Whether folders that nobody knows become partitions. */
  readonly adds: boolean
  /** Whether partitions go whose folders are not there. */
  readonly drops: boolean
}

/** MSCK REPAIR TABLE: the catalog learns which folders of partitions there are. */
export const repairTable: StatementKind<RepairTableStatement> = {
  read(tokens) {
    if (!tokens.accept('MSCK', 'REPAIR', 'TABLE') && !tokens.accept('REPAIR', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    const syncs = tokens.accept('SYNC', 'PARTITIONS')
    const drops = !syncs && tokens.accept('DROP', 'PARTITIONS')
    if (!syncs && !drops) tokens.accept('ADD', 'PARTITIONS')
    return { kind: 'repairTable', name, adds: !drops, drops: syncs || drops }
  },

  run({ name, adds, drops }, { catalog }) {
    repairPartitions(
      tableCalled(name, 'MSCK REPAIR TABLE', catalog),
      { operation: 'MSCK REPAIR TABLE', adds, drops },
      catalog,
    )
    return DONE
  },
}

interface Repair {
  readonly operation: string
  readonly adds: boolean
  readonly drops: boolean
}

/** @throws NOT_A_PARTITIONED_TABLE */
export function repairPartitions(table: TableEntry, { operation, adds, drops }: Repair, catalog: SessionCatalog): void {
  if (table.partitionedBy === undefined)
    throw new MillraceError('NOT_A_PARTITIONED_TABLE', { operation, tableIdentWithDB: placeOf(table) })
  const repaired = (entry: TableEntry): TableEntry => {
    const there = new Set(catalog.stored.partitionFolders(entry))
    const gone = drops
      ? (entry.partitions ?? []).map(({ folder }) => folder).filter((folder) => !there.has(folder))
      : []
    return withoutPartitions(withPartitions(entry, adds ? [...there] : []), new Set(gone))
  }
  changeTable(table, repaired, catalog.stored)
  catalog.changed()
}
