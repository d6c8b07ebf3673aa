import { MillraceError } from '../../common/errors/millrace-error.js'
import type { TableEntry } from '../../connectors/catalog.js'
import { refuseTwice } from '../../planner/analyze/names/duplicates.js'
import { readQualifiedName } from '../../planner/sql/expressions.js'
import {
  type ColumnDefinition,
  readColumnDefinition,
  readColumnDefinitions,
  readText,
} from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { placeOf } from '../catalog/catalog-names.js'
import { withoutStatistics } from '../catalog/changed-table.js'
import { ofTable, refuseGenerated, refuseUnstored } from '../catalog/new-table.js'
import { partitionColumns } from '../catalog/partitions.js'
import { checkDefaults } from '../write/default-values.js'
import { acceptColumnAction, alteredColumn, type ColumnAction, withColumn } from './alter-column.js'
import { acceptPartitionAction, alterPartitions, type PartitionAction } from './alter-partitions.js'
import { foundAs, viewName } from './catalog-errors.js'
import { changedProperties, type PropertyChange, readPropertyChange } from './property-change.js'
import { renameRelation } from './rename-relation.js'
import { repairPartitions } from './repair-table.js'
import { DONE, doneAfter, type StatementKind } from './statement.js'
import { readDefaultCollation } from './table-clauses.js'

export interface AlterTableStatement {
  readonly kind: 'alterTable'
  readonly name: readonly string[]
  readonly action: Action
}

type Action =
  | { readonly kind: 'rename'; readonly to: readonly string[] }
  | { readonly kind: 'properties'; readonly change: PropertyChange }
  | { readonly kind: 'addColumns'; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'collation'; readonly collation: string }
  | ColumnAction
  | PartitionAction
  | { readonly kind: 'recoverPartitions' }
  | { readonly kind: 'setLocation'; readonly location: string }
  /** What Spark has and its tables of files do not do. */
  | { readonly kind: 'refused'; readonly operation: string }

export const alterTable: StatementKind<AlterTableStatement> = {
  read(tokens) {
    if (!tokens.accept('ALTER', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    return { kind: 'alterTable', name, action: readAction(tokens) }
  },

  run({ name, action }, context) {
    const { catalog } = context
    const found = foundAs(name, catalog)
    if (found.kind !== 'table') {
      const parameters = { operation: OPERATIONS[action.kind], viewName: viewName(found, name) }
      // A view has neither partitions nor a folder.
      const isOfPartitions =
        'specs' in action || action.kind === 'renamePartition' || action.kind === 'recoverPartitions'
      const isOfTables = isOfPartitions || action.kind === 'setLocation'
      throw new MillraceError(`EXPECT_TABLE_NOT_VIEW.${isOfTables ? 'NO_ALTERNATIVE' : 'USE_ALTER_VIEW'}`, parameters)
    }
    if (action.kind === 'addPartitions' || action.kind === 'dropPartitions' || action.kind === 'renamePartition')
      return doneAfter(alterPartitions(found, action, context))
    if (action.kind === 'recoverPartitions') {
      const operation = 'ALTER TABLE RECOVER PARTITIONS'
      repairPartitions(found, { operation, adds: true, drops: false }, catalog)
      return DONE
    }
    if (action.kind === 'alterColumn' && action.defaultText) {
      const { defaultText } = action
      const columns = withColumn(found, action.column, (column) => ({ ...column, defaultText }))
      const changed = columns.filter((column, i) => column !== found.columns[i])
      const checked = checkDefaults(changed, 'ALTER TABLE ALTER COLUMN', context.engine)
      return doneAfter(checked.then(() => catalog.stored.replace(found, { ...found, columns })))
    }
    catalog.forget(found)
    if (action.kind === 'setLocation') {
      catalog.stored.replace(found, catalog.stored.withFolder(movedTable(found, action.location)))
      return DONE
    }
    if (action.kind === 'rename') renameRelation(found, action.to, catalog)
    else catalog.stored.replace(found, altered(found, action))
    return DONE
  },
}

const OPERATIONS: Readonly<Record<Action['kind'], string>> = {
  rename: 'ALTER TABLE ... RENAME TO',
  properties: 'ALTER TABLE ... SET TBLPROPERTIES',
  addColumns: 'ALTER TABLE ... ADD COLUMNS',
  collation: 'ALTER TABLE ... DEFAULT COLLATION',
  alterColumn: 'ALTER TABLE ... ALTER COLUMN',
  addPartitions: 'ALTER TABLE ... ADD PARTITION ...',
  dropPartitions: 'ALTER TABLE ... DROP PARTITION ...',
  renamePartition: 'ALTER TABLE ... RENAME TO PARTITION',
  recoverPartitions: 'ALTER TABLE ... RECOVER PARTITIONS',
  setLocation: 'ALTER TABLE ... SET LOCATION ...',
  refused: 'ALTER TABLE',
}

/** @throws UNSUPPORTED_FEATURE */
function readAction(tokens: TokenStream): Action {
  const start = tokens.peek()
  if (tokens.accept('RENAME', 'TO')) return { kind: 'rename', to: readQualifiedName(tokens, 'expected the new name') }
  const change = readPropertyChange(tokens)
  if (change) return { kind: 'properties', change }
  if (tokens.accept('RECOVER', 'PARTITIONS')) return { kind: 'recoverPartitions' }
  if (tokens.accept('SET', 'LOCATION'))
    return { kind: 'setLocation', location: readText(tokens, 'expected the folder in quotes') }
  if (tokens.accept('DEFAULT', 'COLLATION')) return { kind: 'collation', collation: readDefaultCollation(tokens) }
  const partitions = acceptPartitionAction(tokens)
  if (partitions) return partitions
  if (tokens.accept('ADD', 'COLUMNS') || tokens.accept('ADD', 'COLUMN')) return readAddedColumns(tokens)
  if (tokens.accept('RENAME', 'COLUMN')) return readRefused(tokens, 'RENAME COLUMN')
  if (tokens.accept('DROP', 'COLUMN') || tokens.accept('DROP', 'COLUMNS')) return readRefused(tokens, 'DROP COLUMN')
  if (tokens.accept('REPLACE', 'COLUMNS')) return readRefused(tokens, 'REPLACE COLUMNS')
  const column = acceptColumnAction(tokens)
  if (column) return column
  throw tokens.unsupported(`ALTER TABLE … ${[start.match, tokens.peek(1).match].join(' ')}`, start)
}

function readAddedColumns(tokens: TokenStream): Action {
  const columns = tokens.at('(') ? readColumnDefinitions(tokens) : tokens.list(() => readColumnDefinition(tokens))
  for (const word of ['FIRST', 'AFTER']) if (tokens.at(word)) throw tokens.unsupported(`ADD COLUMN … ${word}`)
  return { kind: 'addColumns', columns }
}

/** The rest of the statement counts for nothing, as it is refused whatever it is. */
function readRefused(tokens: TokenStream, operation: string): Action {
  while (tokens.peek().kind !== 'end' && !tokens.at(';')) tokens.next()
  return { kind: 'refused', operation }
}

/**
 * A table that lies in a folder which others may use, too: DROP leaves that where it is, and the one that the table had before.
 * @throws UNSUPPORTED_FEATURE for one in partitions, whose folders would stay behind
 */
function movedTable(table: TableEntry, location: string): TableEntry {
  if (table.partitionedBy)
    throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'SET LOCATION of a partitioned table' })
  return { ...withoutStatistics(table), location, isExternal: true }
}

/** @throws COLUMN_ALREADY_EXISTS, UNSUPPORTED_FEATURE.TABLE_OPERATION, NOT_SUPPORTED_CHANGE_COLUMN, UNRESOLVED_COLUMN.* */
function altered(
  table: TableEntry,
  action: Exclude<Action, PartitionAction | { readonly kind: 'rename' | 'recoverPartitions' | 'setLocation' }>,
): TableEntry {
  switch (action.kind) {
    case 'properties':
      return { ...table, properties: changedProperties(table.properties, action.change) }
    case 'addColumns': {
      const partitioned = partitionColumns(table)
      const own = table.columns.slice(0, table.columns.length - partitioned.length)
      const columns = [...own, ...action.columns.map((column) => ofTable(column, table)), ...partitioned]
      refuseTwice(columns)
      for (const { name, type, defaultText } of action.columns) {
        refuseUnstored(name, type)
        // The rows that are there would have to get it.
        if (defaultText !== undefined)
          throw new MillraceError('UNSUPPORTED_FEATURE', { feature: 'ADD COLUMNS with a DEFAULT' })
      }
      refuseGenerated(action.columns, table)
      return { ...table, columns }
    }
    case 'collation':
      return { ...table, collation: action.collation }
    case 'alterColumn':
      return { ...table, columns: withColumn(table, action.column, (column) => alteredColumn(table, column, action)) }
    case 'refused':
      throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', {
        tableName: placeOf(table),
        operation: action.operation,
      })
  }
}
