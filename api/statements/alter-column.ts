import { type DataType, declaredTypeName } from '../../columnar/types.js'
import { MillraceError } from '../../common/errors/millrace-error.js'
import { quotedName } from '../../common/errors/quoting.js'
import type { CatalogColumn, TableEntry } from '../../connectors/catalog.js'
import { readName } from '../../planner/sql/expressions.js'
import { readColumnDefinition, readExpressionText, readText } from '../../planner/sql/statement-parts.js'
import type { TokenStream } from '../../planner/sql/token-stream.js'
import { readDeclaredType } from '../../planner/sql/types.js'
import { placeOf } from '../catalog/catalog-names.js'

/** What ALTER TABLE … ALTER COLUMN, or CHANGE COLUMN, does to a column. */
export interface ColumnAction {
  readonly kind: 'alterColumn'
  readonly column: string
  readonly comment?: string
  readonly type?: DataType
  /** None takes the default away. */
  readonly defaultText?: string | null
  /** What Spark has and its tables of files do not do. */
  readonly refused?: string
}

/** Takes nothing when something else comes. @throws _LEGACY_ERROR_TEMP_0034 for a new name, UNSUPPORTED_FEATURE */
export function acceptColumnAction(tokens: TokenStream): ColumnAction | undefined {
  const start = tokens.peek()
  const changes = tokens.accept('CHANGE')
  if (!changes && !tokens.accept('ALTER')) return undefined
  tokens.accept('COLUMN')
  const kind = 'alterColumn'
  const column = readName(tokens, 'expected the name of a column')
  if (tokens.accept('COMMENT')) return { kind, column, comment: readText(tokens, 'expected the comment') }
  if (tokens.accept('TYPE')) return { kind, column, type: readDeclaredType(tokens) }
  if (tokens.accept('SET', 'DEFAULT')) return { kind, column, defaultText: readExpressionText(tokens) }
  if (tokens.accept('DROP', 'DEFAULT')) return { kind, column, defaultText: null }
  if (tokens.accept('SET', 'NOT', 'NULL') || tokens.accept('DROP', 'NOT', 'NULL'))
    return { kind, column, refused: 'ALTER COLUMN ... SET NOT NULL' }
  const isFirst = tokens.accept('FIRST')
  if (isFirst || tokens.accept('AFTER')) {
    if (!isFirst) readName(tokens, 'expected the name of a column')
    return { kind, column, refused: 'ALTER COLUMN ... FIRST | AFTER' }
  }
  if (!changes) throw tokens.unsupported('this change of a column', start)
  const { name, type, comment } = readColumnDefinition(tokens)
  if (name.toLowerCase() === column.toLowerCase()) return { kind, column, type, ...(comment ? { comment } : {}) }
  const parameters = {
    operation: 'Renaming column',
    command: 'ALTER COLUMN',
    msg: ', please run RENAME COLUMN instead',
  }
  throw new MillraceError('_LEGACY_ERROR_TEMP_0034', parameters, { origin: tokens.originFrom(start) })
}

/** @throws NOT_SUPPORTED_CHANGE_COLUMN, UNSUPPORTED_FEATURE.TABLE_OPERATION */
export function alteredColumn(
  table: TableEntry,
  before: CatalogColumn,
  { comment, type, defaultText, refused }: ColumnAction,
): CatalogColumn {
  if (refused !== undefined)
    throw new MillraceError('UNSUPPORTED_FEATURE.TABLE_OPERATION', { tableName: placeOf(table), operation: refused })
  if (type !== undefined && declaredTypeName(type) !== declaredTypeName(before.type)) {
    throw new MillraceError('NOT_SUPPORTED_CHANGE_COLUMN', {
      table: placeOf(table),
      originName: quotedName(before.name),
      originType: `"${declaredTypeName(before.type).toUpperCase()}"`,
      newName: quotedName(before.name),
      newType: `"${declaredTypeName(type).toUpperCase()}"`,
    })
  }
  const { defaultText: old, ...rest } = before
  const kept = defaultText === undefined ? old : (defaultText ?? undefined)
  return {
    ...rest,
    ...(comment === undefined ? {} : { comment }),
    ...(kept === undefined ? {} : { defaultText: kept }),
  }
}

/** The columns of a table with another one in the place of one. @throws UNRESOLVED_COLUMN.WITH_SUGGESTION */
export function withColumn(
  { columns }: TableEntry,
  name: string,
  change: (column: CatalogColumn) => CatalogColumn,
): readonly CatalogColumn[] {
  const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
  const before = columns[at]
  if (before) return columns.with(at, change(before))
  const proposal = columns.map((column) => quotedName(column.name)).join(', ')
  throw new MillraceError('UNRESOLVED_COLUMN.WITH_SUGGESTION', { objectName: quotedName(name), proposal })
}
