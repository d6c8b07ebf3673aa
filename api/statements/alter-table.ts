import { type DataType, quotedTypeName, sameType } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn, TableEntry } from '../../connectors/catalog.js'
import { refuseTwice } from '../../planner/analyze/duplicates.js'
import { readName, readQualifiedName } from '../../planner/sql/expressions.js'
import {
  type ColumnDefinition,
  readColumnDefinition,
  readColumnDefinitions,
  readText,
} from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readDataType } from '../../planner/sql/types.js'
import { refuseUnstored } from '../new-table.js'
import { placeOf } from '../session-catalog.js'
import { foundAs, viewName } from './catalog-errors.js'
import { changedProperties, type PropertyChange, readPropertyChange } from './property-change.js'
import { renameRelation } from './rename-relation.js'
import { DONE, type StatementKind } from './statement.js'

export interface AlterTableStatement {
  readonly kind: 'alterTable'
  readonly name: readonly string[]
  readonly action: Action
}

type Action =
  | { readonly kind: 'rename'; readonly to: readonly string[] }
  | { readonly kind: 'properties'; readonly change: PropertyChange }
  | { readonly kind: 'addColumns'; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: 'alterColumn'; readonly column: string; readonly comment?: string; readonly type?: DataType }
  /** What Spark has and its tables of files do not do. */
  | { readonly kind: 'refused'; readonly operation: string }

export const alterTable: StatementKind<AlterTableStatement> = {
  read(tokens) {
    if (!tokens.accept('ALTER', 'TABLE')) return undefined
    const name = readQualifiedName(tokens, 'expected the name of the table')
    return { kind: 'alterTable', name, action: readAction(tokens) }
  },

  run({ name, action }, { catalog }) {
    const found = foundAs(name, catalog)
    if (found.kind !== 'table') {
      const parameters = { operation: OPERATIONS[action.kind], viewName: viewName(found, name) }
      throw new MillraceError('EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW', parameters)
    }
    catalog.forget(found)
    if (action.kind === 'rename') renameRelation(found, action.to, catalog)
    else catalog.stored.replace(found, altered(found, action))
    return DONE
  },
}

const OPERATIONS: Readonly<Record<Action['kind'], string>> = {
  rename: 'ALTER TABLE ... RENAME TO',
  properties: 'ALTER TABLE ... SET TBLPROPERTIES',
  addColumns: 'ALTER TABLE ... ADD COLUMNS',
  alterColumn: 'ALTER TABLE ... ALTER COLUMN',
  refused: 'ALTER TABLE',
}

/** @throws UNSUPPORTED_FEATURE */
function readAction(tokens: TokenStream): Action {
  const start = tokens.peek()
  if (tokens.accept('RENAME', 'TO')) return { kind: 'rename', to: readQualifiedName(tokens, 'expected the new name') }
  const change = readPropertyChange(tokens)
  if (change) return { kind: 'properties', change }
  if (tokens.accept('ADD', 'COLUMNS') || tokens.accept('ADD', 'COLUMN')) return readAddedColumns(tokens)
  if (tokens.accept('RENAME', 'COLUMN')) return readRefused(tokens, 'RENAME COLUMN')
  if (tokens.accept('DROP', 'COLUMN') || tokens.accept('DROP', 'COLUMNS')) return readRefused(tokens, 'DROP COLUMN')
  if (tokens.accept('REPLACE', 'COLUMNS')) return readRefused(tokens, 'REPLACE COLUMNS')
  if (tokens.accept('ALTER') || tokens.accept('CHANGE')) return readAlteredColumn(tokens)
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

function readAlteredColumn(tokens: TokenStream): Action {
  const start = tokens.peek()
  tokens.accept('COLUMN')
  const column = readName(tokens, 'expected the name of a column')
  if (tokens.accept('COMMENT'))
    return { kind: 'alterColumn', column, comment: readText(tokens, 'expected the comment') }
  if (tokens.accept('TYPE')) return { kind: 'alterColumn', column, type: readDataType(tokens) }
  throw tokens.unsupported('ALTER COLUMN of anything but its comment', start)
}

/** @throws COLUMN_ALREADY_EXISTS, UNSUPPORTED_FEATURE.TABLE_OPERATION, NOT_SUPPORTED_CHANGE_COLUMN, UNRESOLVED_COLUMN.* */
function altered(table: TableEntry, action: Exclude<Action, { readonly kind: 'rename' }>): TableEntry {
  switch (action.kind) {
    case 'properties':
      return { ...table, properties: changedProperties(table.properties, action.change) }
    case 'addColumns': {
      const columns = [...table.columns, ...action.columns]
      refuseTwice(columns)
      for (const { name, type } of action.columns) refuseUnstored(name, type)
      return { ...table, columns }
    }
    case 'alterColumn':
      return { ...table, columns: withColumn(table, action) }
    case 'refused':
      throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', {
        tableName: placeOf(table),
        operation: action.operation,
      })
  }
}

function withColumn(
  table: TableEntry,
  { column, comment, type }: Extract<Action, { readonly kind: 'alterColumn' }>,
): readonly CatalogColumn[] {
  const at = table.columns.findIndex(({ name }) => name.toLowerCase() === column.toLowerCase())
  const before = table.columns[at]
  if (before === undefined) {
    const proposal = table.columns.map(({ name }) => quotedName(name)).join(', ')
    throw new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName: quotedName(column), proposal })
  }
  if (type !== undefined && !sameType(type, before.type)) {
    throw new MillraceError('NOT_SUPPORTED_CHANGE_COLUMN', {
      table: placeOf(table),
      originName: quotedName(before.name),
      originType: quotedTypeName(before.type),
      newName: quotedName(before.name),
      newType: quotedTypeName(type),
    })
  }
  return table.columns.with(at, comment === undefined ? before : { ...before, comment })
}
