import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableEntry } from '../../connectors/catalog.js'
import { type PartitionSpec, readFullPartitionSpec } from '../../planner/sql/partition-spec.js'
import { acceptIfExists, acceptIfNotExists } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { changeTable, withoutPartitions, withPartitions } from '../catalog/changed-table.js'
import { folderOf, partitionCalled, partitionNames, refuseUnpartitioned, specTexts } from '../catalog/partitions.js'
import { movePartition, removeRows } from '../write/insert-rows.js'
import type { StatementContext } from './statement.js'

/** What ALTER TABLE does to the partitions of a table. */
export type PartitionAction =
  | { readonly kind: 'addPartitions'; readonly specs: readonly PartitionSpec[]; readonly ifNotExists: boolean }
  | { readonly kind: 'dropPartitions'; readonly specs: readonly PartitionSpec[]; readonly ifExists: boolean }
  | { readonly kind: 'renamePartition'; readonly from: PartitionSpec; readonly to: PartitionSpec }

/** Takes nothing when something else comes. @throws UNSUPPORTED_FEATURE for partitions that lie elsewhere */
export function acceptPartitionAction(tokens: TokenStream): PartitionAction | undefined {
  const start = tokens.peek()
  if (tokens.at('PARTITION', '(')) {
    const from = readFullPartitionSpec(tokens)
    if (!tokens.accept('RENAME', 'TO')) throw tokens.unsupported('ALTER TABLE … PARTITION … SET', start)
    return { kind: 'renamePartition', from, to: readFullPartitionSpec(tokens) }
  }
  if (tokens.at('ADD', 'PARTITION') || tokens.at('ADD', 'IF')) {
    tokens.next()
    const ifNotExists = acceptIfNotExists(tokens)
    const specs: PartitionSpec[] = []
    do {
      specs.push(readFullPartitionSpec(tokens))
      if (tokens.at('LOCATION')) throw tokens.unsupported('partitions outside of the folder of their table')
    } while (tokens.at('PARTITION'))
    return { kind: 'addPartitions', specs, ifNotExists }
  }
  if (!tokens.at('DROP', 'PARTITION') && !tokens.at('DROP', 'IF', 'EXISTS', 'PARTITION')) return undefined
  tokens.next()
  const ifExists = acceptIfExists(tokens)
  const specs = tokens.list(() => readFullPartitionSpec(tokens))
  tokens.accept('PURGE')
  return { kind: 'dropPartitions', specs, ifExists }
}

const ACTIONS: Readonly<Record<PartitionAction['kind'], string>> = {
  addPartitions: 'ALTER TABLE ADD PARTITION',
  dropPartitions: 'ALTER TABLE DROP PARTITION',
  renamePartition: 'ALTER TABLE RENAME PARTITION',
}

/** @throws PARTITIONS_NOT_FOUND, PARTITIONS_ALREADY_EXIST, _LEGACY_ERROR_TEMP_1232, _LEGACY_ERROR_TEMP_1251 */
export async function alterPartitions(
  table: TableEntry,
  action: PartitionAction,
  context: StatementContext,
): Promise<void> {
  refuseUnpartitioned(table, ACTIONS[action.kind])
  switch (action.kind) {
    case 'addPartitions':
      return addPartitions(table, action, context)
    case 'dropPartitions':
      return dropPartitions(table, action, context)
    case 'renamePartition':
      return renamePartition(table, action, context)
  }
}

async function addPartitions(
  table: TableEntry,
  { specs, ifNotExists }: Extract<PartitionAction, { kind: 'addPartitions' }>,
  { catalog, engine }: StatementContext,
): Promise<void> {
  const wanted = await Promise.all(specs.map((spec) => specTexts(table, spec, engine)))
  const folders = wanted.map((texts) => folderOf(table, texts))
  const add = (entry: TableEntry): TableEntry => {
    const known = new Set(entry.partitions?.map(({ folder }) => folder))
    const there = wanted.filter((_, i) => known.has(folders[i]!))
    if (there.length > 0 && !ifNotExists)
      throw new MillraceError('PARTITIONS_ALREADY_EXIST', partitionNames(table, there))
    return withPartitions(entry, folders)
  }
  changeTable(table, add, catalog.stored)
  catalog.changed()
}

/** Rows first, which is one moment: a process that is killed leaves a partition without rows. */
async function dropPartitions(
  table: TableEntry,
  { specs, ifExists }: Extract<PartitionAction, { kind: 'dropPartitions' }>,
  context: StatementContext,
): Promise<void> {
  const { catalog, engine } = context
  const wanted = await Promise.all(specs.map((spec) => specTexts(table, spec, engine)))
  const isThere = (folder: string): boolean => table.partitions?.some((one) => one.folder === folder) ?? false
  const isMissing = wanted.map((texts) => texts.size < table.partitionedBy!.length || !isThere(folderOf(table, texts)))
  const missing = wanted.filter((_, i) => isMissing[i])
  if (missing.length > 0 && !ifExists) throw new MillraceError('PARTITIONS_NOT_FOUND', partitionNames(table, missing))
  const dropped = wanted.filter((_, i) => !isMissing[i]).map((texts) => partitionCalled(table, texts))
  if (!table.isExternal) await removeRows(table, dropped, context)
  const folders = new Set(dropped.map(({ folder }) => folder))
  changeTable(table, (entry) => withoutPartitions(entry, folders), catalog.stored)
  catalog.changed()
}

async function renamePartition(
  table: TableEntry,
  { from, to }: Extract<PartitionAction, { kind: 'renamePartition' }>,
  context: StatementContext,
): Promise<void> {
  const [before, after] = [await specTexts(table, from, context.engine), await specTexts(table, to, context.engine)]
  const { folder } = partitionCalled(table, before)
  const target = folderOf(table, after)
  if (table.partitions!.some((one) => one.folder === target))
    throw new MillraceError('PARTITIONS_ALREADY_EXIST', partitionNames(table, [after]))
  await movePartition(table, { folder, texts: after }, context)
}
