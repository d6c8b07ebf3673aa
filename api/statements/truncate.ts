import { MillraceError } from '../../common/errors/millrace-error.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import { acceptPartitionSpec, type PartitionSpec } from '../../planner/sql/partition-spec.js'
import { placeOf } from '../catalog/catalog-names.js'
import { matchingPartitions, specTexts } from '../catalog/partitions.js'
import { removeRows } from '../write/insert-rows.js'
import { tableCalled } from './catalog-errors.js'
import { doneAfter, type StatementContext, type StatementKind } from './statement.js'

export interface TruncateStatement {
  readonly kind: 'truncate'
  readonly name: readonly string[]
  readonly partition?: PartitionSpec
}

/** TRUNCATE TABLE: its rows are replaced by none; partitions stay. */
export const truncate: StatementKind<TruncateStatement> = {
  read(tokens) {
    if (!tokens.accept('TRUNCATE', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    const partition = acceptPartitionSpec(tokens)
    return { kind: 'truncate', name, ...(partition ? { partition } : {}) }
  },

  run: (statement, context) => doneAfter(truncateTable(statement, context)),
}

async function truncateTable(
  { name, partition }: TruncateStatement,
  { catalog, engine }: StatementContext,
): Promise<void> {
  const table = tableCalled(name, 'TRUNCATE TABLE', catalog)
  if (partition && table.partitionedBy === undefined)
    throw new MillraceError('_LEGACY_ERROR_TEMP_1267', { tableIdentWithDB: placeOf(table) })
  const texts = await specTexts(table, partition ?? [], engine)
  await removeRows(table, matchingPartitions(table, texts), { catalog, engine })
}
